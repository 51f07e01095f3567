import { expect, test } from "vitest";
import { mailOf } from "./layout";

const letter = {
  locale: "en",
  recipient: { name: "Pond Ltd", email: "pond@example.com" },
  host: { name: "Ducky Cloud", url: "https://portal.example.com" },
  subject: "Subject",
  intro: "The intro.",
  link: { label: "Open", url: "https://portal.example.com/invoices" },
  payLinks: [{ number: "INV-1", url: "https://portal.example.com/pay/abc" }],
  note: "First line.\nSecond line.",
};

test("a letter says each of its parts once, in text and in HTML", () => {
  const { html = "", text } = mailOf(letter);
  for (const part of ["The intro.", "First line.\nSecond line."]) {
    expect(html.split(part)).toHaveLength(2);
    expect(text.split(part)).toHaveLength(2);
  }
  expect(html.split(">Open<")).toHaveLength(2);
  expect(html.split("https://portal.example.com/pay/abc")).toHaveLength(2);
});

test("a letter in HTML holds nothing but its markup: no text stands beside its elements", () => {
  const { html = "" } = mailOf(letter);
  const between = html.replace(/<p[ >][\s\S]*?<\/p>/g, "").replace(/<title>[\s\S]*?<\/title>/, "");
  expect(between.replace(/<[^>]*>/g, "").trim()).toBe("");
});
