import { describe, expect, it } from "vitest";
import { chooseLocale } from "@/app/messages/locale";

describe("the language of a page", () => {
  it("is the one that was chosen, whatever the browser asks for", () => {
    expect(chooseLocale("zh", "en-GB,en;q=0.9")).toBe("zh");
  });

  it("is else the browser's first that we speak, by its weights and then its order", () => {
    expect(chooseLocale(undefined, "fr-FR,zh-CN;q=0.8,en;q=0.7")).toBe("zh");
    expect(chooseLocale(undefined, "zh;q=0.3, en-US;q=0.9")).toBe("en");
    expect(chooseLocale(undefined, "zh-TW,en")).toBe("zh");
  });

  it("does not speak what the browser refuses", () => {
    expect(chooseLocale(undefined, "zh;q=0, en;q=0.1")).toBe("en");
  });

  it("is English for anything else", () => {
    for (const header of [null, "", "fr", ";;;,,,q=", "*"])
      expect(chooseLocale(undefined, header)).toBe("en");
    expect(chooseLocale("../../etc/passwd", null)).toBe("en");
  });
});
