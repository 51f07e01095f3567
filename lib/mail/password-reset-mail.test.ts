import { describe, expect, test } from "vitest";
import en from "./messages/en.json";
import zh from "./messages/zh.json";
import { passwordResetMail } from "./password-reset-mail";

const about = {
  locale: "en",
  recipient: { name: "Ann", email: "ann@example.com" },
  host: { name: "Ducky Cloud", url: "https://billing.ducky.example" },
  url: "https://billing.ducky.example/reset/abc",
  minutes: 30,
};

describe("the mail about a forgotten password", () => {
  test("is short, with its one link on a line of its own", async () => {
    const { to, subject, text } = await passwordResetMail(about);
    expect(to).toEqual({ name: "Ann", address: "ann@example.com" });
    expect(subject).toBe("Choose a new password for Ducky Cloud");
    expect(text.split("\n")).toContain(about.url);
    expect(text).toContain("30 minutes");
    expect(text).toContain("Hello Ann,");
  });

  test("speaks the person's language, and English where it does not", async () => {
    expect((await passwordResetMail({ ...about, locale: "zh" })).text).toContain("30 分钟内有效");
    expect((await passwordResetMail({ ...about, locale: "xx" })).text).toContain("30 minutes");
    expect((await passwordResetMail({ ...about, locale: "constructor" })).text).toContain("30 minutes");
  });

  test("takes a person's name for words, whatever it is", async () => {
    const name = 'Ann\r\nBcc: x@example.com <img src=x onerror="1"> {name} <b>';
    const mail = await passwordResetMail({ ...about, recipient: { name, email: "ann@example.com" } });
    expect(mail.to).toMatchObject({ name: 'Ann Bcc: x@example.com <img src=x onerror="1"> {name} <b>' });
    expect(mail.html).toContain("&lt;img src=x onerror=&quot;1&quot;&gt; {name} &lt;b&gt;");
    expect(mail.html).not.toContain("<img");
  });
});

test("each language has the same messages", () => {
  expect(keysOf(zh)).toEqual(keysOf(en));
});

function keysOf(part: object): string[] {
  return Object.entries(part).flatMap(([key, value]) =>
    typeof value === "object" ? keysOf(value).map((rest) => `${key}.${rest}`) : [key],
  );
}
