import fc from "fast-check";
import { expect, test } from "vitest";
import { money } from "@/lib/kernel/money";
import { mailOf } from "./layout";

const letter = {
  locale: "en",
  recipient: { name: "Pond Ltd", email: "pond@example.com" },
  host: { name: "Ducky Cloud", url: "https://portal.example.com" },
  subject: "Subject",
  intro: "The intro.",
  link: { label: "Open", url: "https://portal.example.com/invoices" },
  rows: [{ title: "web-1", detail: "INV-1", amount: "$10.00" }],
  payLinks: [
    {
      amount: money(1_000n, "USD"),
      url: "https://portal.example.com/pay/abc",
      copyUrl: "https://portal.example.com/pay/copy",
      isFromBalance: true,
    },
  ],
  note: "First line.\nSecond line.",
};

test("a letter says each of its parts once, in text and in HTML", async () => {
  const { html = "", text } = await mailOf(letter);
  for (const part of ["The intro.", "First line.\nSecond line.", "web-1", "INV-1"]) {
    expect(html.split(part)).toHaveLength(2);
    expect(text.split(part)).toHaveLength(2);
  }
  expect(html.split("Pay $10.00 from balance</span>")).toHaveLength(2);
  // The button, and its address to be copied.
  expect(html.split("https://portal.example.com/pay/abc")).toHaveLength(4);
  expect(html.split(">Open<")).toHaveLength(2);
  expect(text).toContain("Pay $10.00 from balance: https://portal.example.com/pay/abc");
});

test("a row without an amount is named alone: nothing ends in a colon", async () => {
  const rows = [{ title: "web-1", detail: "Its renewal was canceled.", amount: "" }];
  const { text } = await mailOf({ ...letter, rows });
  expect(text).toContain("\nweb-1\nIts renewal was canceled.\n");
  expect(text).not.toMatch(/: *$/m);
});

test("copies have a link of their own, which says nothing of a balance, and the inbox has none", async () => {
  const recipient = {
    ...letter.recipient,
    copies: ["Books@example.com", "pond@example.com", "books@example.com"],
  };
  const {
    copies,
    text,
    html,
    inboxText = "",
    link,
  } = await mailOf({ ...letter, recipient, copyNote: "Other." });
  expect(copies?.addresses).toEqual(["books@example.com"]);
  for (const one of [copies?.text ?? "", copies?.html ?? ""]) {
    expect(one).toContain("https://portal.example.com/pay/copy");
    expect(one).not.toContain("/pay/abc");
    expect(one).not.toContain("balance");
    expect(one).toContain("Other.");
  }
  expect(text + html).not.toContain("/pay/copy");
  expect(inboxText).not.toContain("/pay/");
  expect(link).toBe("https://portal.example.com/invoices");
});

test("a letter in HTML holds nothing but its markup: no text stands beside its elements", async () => {
  const { html = "" } = await mailOf(letter);
  const between = html
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<p[ >][\s\S]*?<\/p>/g, "")
    .replace(/<title>[\s\S]*?<\/title>/, "");
  expect(between.replace(/<[^>]*>/g, "").trim()).toBe("");
});

test("a letter in HTML says its language, and leaves every colour but its button's to dark mode", async () => {
  const { html = "" } = await mailOf({ ...letter, locale: "zh" });
  expect(html).toMatch(/<html [^>]*lang="zh-Hans"/);
  expect(html).not.toContain('lang="en"');
  expect(html).toContain('<meta name="color-scheme" content="light dark"/>');
  expect(html.match(/[^-]color:#\w+/g)).toEqual([";color:#ffffff"]);
  expect(html.match(/background(-color)?:[^;"]+/g)).toEqual(["background:#1f4fd1"]);
});

test("nobody's text becomes markup in a letter, wherever it stands", async () => {
  const plain = elements((await mailOf(letter)).html);
  const odd = fc.string({
    unit: fc.constantFrom("<", ">", '"', "'", "&", "/", "=", "!", "-", "\n", "a", "<b>", "<!--", "{x}", "\0"),
  });
  await fc.assert(
    fc.asyncProperty(odd, odd, odd, odd, async (name, intro, label, note) => {
      const { html } = await mailOf({
        ...letter,
        recipient: { ...letter.recipient, name },
        host: { ...letter.host, name: note },
        subject: label,
        intro,
        link: { label, url: `https://portal.example.com/?x=${intro}` },
        rows: [{ title: name, detail: `INV ${note}`, amount: intro }],
        payLinks: letter.payLinks.map((line) => ({
          ...line,
          url: `https://portal.example.com/pay/${label}`,
        })),
        note,
      });
      expect(elements(html)).toEqual(plain);
    }),
    { numRuns: 200 },
  );
});

/** The names of all elements and comments, in their order. */
function elements(html = ""): string[] {
  return html.match(/<(!--|\/?[a-z]+)/gi) ?? [];
}
