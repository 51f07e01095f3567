import { NextIntlClientProvider } from "next-intl";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import en from "@/app/messages/en.json";
import zh from "@/app/messages/zh.json";
import { TaskWords } from "@/components/desk/task-words";
import { differenceKinds } from "@/lib/billing/reconciliation/difference-tasks";

const messages = { en, zh } as const;

const charge = { amountMinor: "210000", currency: "USD", reason: "amount" };
const day = { day: "2026-03-05", currency: "USD", stripeMinor: "210000", booksMinor: "200000" };
const detail: Record<string, string> = { ...charge, ...day, stripeFeeMinor: "8800", booksFeeMinor: "8700" };

function said(locale: "en" | "zh", kind: string, more: Record<string, string> = {}): string {
  const task = { kind, subject: "stripe_object", subjectId: "ch_1", detail: { ...detail, ...more } };
  const markup = renderToStaticMarkup(
    <NextIntlClientProvider locale={locale} messages={messages[locale]} timeZone="UTC">
      <TaskWords task={task} />
    </NextIntlClientProvider>,
  );
  return markup.replace(/<[^>]*>/g, "");
}

describe("what the nightly comparison asks of staff", () => {
  it.each(["en", "zh"] as const)("has a sentence for each kind in %s", (locale) => {
    const sentences = differenceKinds.map((kind) => said(locale, kind));
    expect(new Set(sentences).size).toBe(differenceKinds.length);
    for (const [at, kind] of differenceKinds.entries()) expect(sentences[at]).not.toContain(kind);
  });

  it("says both numbers of a day", () => {
    const words = said("en", "day_differs");
    for (const part of ["5 Mar 2026", "$2,100.00", "$88.00", "$2,000.00", "$87.00"])
      expect(words).toContain(part);
  });

  it("says what of a charge differs, how much Stripe took, and how it is found there", () => {
    for (const [reason, text] of [
      ["amount", "another amount"],
      ["currency", "another currency"],
      ["payment", "another payment"],
      ["fee", "another fee"],
    ] as const) {
      const words = said("en", "charge_differs", { reason });
      for (const part of [text, "$2,100.00", "ch_1"]) expect(words).toContain(part);
    }
  });

  it("counts what is others' on the account, and lists the first of it", () => {
    const ids = Array.from({ length: 22 }, (_, at) => `ch_${at}`).join(" ");
    const more = { count: "23", charges: "22", refunds: "1", disputes: "0", ids: `${ids} re_1` };
    const words = said("en", "strangers_at_stripe", more);
    for (const part of ["23 objects", "22 charges", "1 refund,", "0 disputes", "ch_19", "and 3 more"])
      expect(words).toContain(part);
    expect(words).not.toContain("ch_20");
    expect(said("zh", "strangers_at_stripe", more)).toContain("22 笔扣款");
  });

  it("shows smallest units in a currency that nobody here knows", () => {
    expect(said("en", "charge_of_stranger", { currency: "XOF" })).toContain("210000 XOF");
  });
});
