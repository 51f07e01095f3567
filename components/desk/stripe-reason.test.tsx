import { readFileSync } from "node:fs";
import { NextIntlClientProvider } from "next-intl";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import en from "@/app/messages/en.json";
import zh from "@/app/messages/zh.json";
import { StripeReason, StripeStatus } from "@/components/desk/stripe-reason";
import { TaskWords } from "@/components/desk/task-words";

const messages = { en, zh } as const;

function said(locale: "en" | "zh", what: React.ReactNode): string {
  return renderToStaticMarkup(
    <NextIntlClientProvider locale={locale} messages={messages[locale]} timeZone="UTC">
      {what}
    </NextIntlClientProvider>,
  ).replace(/<[^>]*>/g, "|");
}

/** Every code that the judges of what Stripe says give staff, read from their source. */
const judged = [
  "payment/judge.ts",
  "payment/judge-intent.ts",
  "payment/reached.ts",
  "payment/settle.ts",
  "refund/judge-refund.ts",
  "dispute/judge-dispute.ts",
  "dispute/settle-dispute.ts",
].flatMap((file) => {
  const source = readFileSync(new URL(`../../lib/billing/${file}`, import.meta.url), "utf8");
  return [
    ...source.matchAll(/"([a-z_]*_(?:differs|missing|otherwise|object_paid)|paid_without_charge)"/g),
  ].map(([, code]) => code);
});

describe.each(["en", "zh"] as const)("in %s", (locale) => {
  it.each([...new Set(judged)])("%s has words, and stays beside them", (code = "") => {
    const words = said(locale, <StripeReason code={code} />);
    expect(words).toContain(code);
    expect(words.replaceAll("|", "").length).toBeGreaterThan(code.length);
  });

  it("a state that is new at Stripe is named, and so is one that is known", () => {
    expect(said(locale, <StripeReason code="session_status_paused" />)).toMatch(
      /paused.*session_status_paused/,
    );
    expect(said(locale, <StripeStatus status="requires_action" />)).not.toContain("requires_action");
    expect(said(locale, <StripeStatus status="paused" />)).toContain("paused");
  });

  it.each(["payment_quarantined", "refund_quarantined", "dispute_quarantined"])(
    "a task of %s says what does not fit",
    (kind) => {
      const task = { kind, subject: "payment", subjectId: "1", detail: { reason: "amount_differs" } };
      const words = said(locale, <TaskWords task={task} />);
      expect(words).toContain(messages[locale].stripeReason.amount_differs);
    },
  );
});
