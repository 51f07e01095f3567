import { describe, expect, test } from "vitest";
import { exampleMailNames, exampleMails } from "./examples";

const about = (locale: string) => ({
  locale,
  recipient: { name: "Ada", email: "ada@example.com" },
  host: { name: "Ducky Cloud", url: "https://billing.ducky.example" },
  timeZone: "UTC",
});

describe.each(exampleMailNames)("the mail %s", (name) => {
  test("says the same as text and as HTML, in both languages, with one main link and nothing left open", async () => {
    const subjectIn = async (locale: string) => {
      const { subject, text, html = "", link = "" } = await exampleMails[name](about(locale));
      expect(`${subject}\n${text}`).not.toMatch(/[{}]|undefined|NaN|\[object/);
      expect(link).toMatch(/^https:\/\/billing\.ducky\.example\//);
      expect(text).toContain(link);
      expect(html).toContain(link.replaceAll("&", "&amp;"));
      expect(html).not.toMatch(/<img|<script|<style|url\(|src=/);
      return subject;
    };
    const subjects = [await subjectIn("en"), await subjectIn("zh")];
    expect(subjects[1]).not.toBe(subjects[0]);
    expect(subjects[1]).toMatch(/\p{Script=Han}/u);
  });
});
