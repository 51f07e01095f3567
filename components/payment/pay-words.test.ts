import { createTranslator } from "next-intl";
import { describe, expect, it, vi } from "vitest";
import en from "@/app/messages/en.json";
import zh from "@/app/messages/zh.json";
import { offerOf, refusalSentence } from "@/components/payment/pay-words";
import { newId, type PaymentId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import type { PayRefusal } from "@/lib/portal/shapes";

const messages = { en, zh };
let locale: keyof typeof messages = "en";

vi.mock("next-intl/server", () => ({
  getLocale: async () => locale,
  getTranslations: async (namespace: "pay" | "refusal") =>
    createTranslator({ locale, messages: messages[locale], namespace }),
}));

const plan = { balanceMinor: "0", cardMinor: "2340", excessMinor: "0" };
const due = money(2340n, "USD");

/** One of each: the compiler says when one is missing. */
const refusals: { [Code in PayRefusal["code"]]: Extract<PayRefusal, { code: Code }> } = {
  not_allowed: { code: "not_allowed" },
  invoice_not_found: { code: "invoice_not_found" },
  nothing_chosen: { code: "nothing_chosen" },
  too_many_invoices: { code: "too_many_invoices", most: 100 },
  currencies_differ: { code: "currencies_differ" },
  invoice_not_open: { code: "invoice_not_open", number: "INV-1", state: "paid" },
  line_not_completable: { code: "line_not_completable", number: "INV-1" },
  balance_too_low: { code: "balance_too_low", shortBy: due },
  amount_malformed: { code: "amount_malformed" },
  amount_too_large: { code: "amount_too_large", available: due },
  plan_changed: { code: "plan_changed", plan, due },
  payment_in_progress: { code: "payment_in_progress", paymentId: newId<PaymentId>() },
  charge_too_large: { code: "charge_too_large", most: due },
  amount_not_charged: { code: "amount_not_charged" },
  payment_id_used: { code: "payment_id_used" },
  payment_not_found: { code: "payment_not_found" },
  too_many_unfinished: { code: "too_many_unfinished", most: 30, retryAfterSeconds: 90 },
  payment_asked_often: { code: "payment_asked_often", retryAfterSeconds: 90 },
  payment_ended: { code: "payment_ended", state: "expired" },
  gateway_refused: { code: "gateway_refused" },
  gateway_unreachable: { code: "gateway_unreachable" },
  service_not_found: { code: "service_not_found" },
  service_not_renewable: { code: "service_not_renewable" },
  renewal_being_paid: { code: "renewal_being_paid" },
  card_not_found: { code: "card_not_found" },
  card_removed: { code: "card_removed", last4: "4242" },
  card_expired: { code: "card_expired", last4: "4242" },
  card_declined: { code: "card_declined", reason: "insufficient_funds" },
};

describe("a refusal to pay", () => {
  it("is a whole sentence in both languages, with what it is about", async () => {
    for (const refusal of Object.values(refusals)) {
      locale = "en";
      expect(await refusalSentence(refusal), refusal.code).toMatch(/^[A-Z][^{}<>]{15,}\.$/);
      locale = "zh";
      expect(await refusalSentence(refusal), refusal.code).toMatch(/^[^{}<>]*\p{Script=Han}[^{}<>]*。$/u);
    }
  });

  it("names what is missing, and tells what an invoice or a payment has become", async () => {
    locale = "en";
    expect(await refusalSentence(refusals.balance_too_low)).toContain("$23.40");
    expect(await refusalSentence({ ...refusals.invoice_not_open, state: "void" })).toContain("canceled");
    expect(await refusalSentence({ ...refusals.invoice_not_open, state: "written_off" })).toContain("closed");
    expect(await refusalSentence({ ...refusals.payment_ended, state: "succeeded" })).toContain("succeeded");
  });
});

describe("a plan in words", () => {
  it("says on its button exactly what is taken from where", async () => {
    locale = "en";
    const button = async (balanceMinor: string, cardMinor: string) =>
      (await offerOf({ balanceMinor, cardMinor, excessMinor: "0" }, "USD", null)).button;
    expect(await button("1200", "800")).toBe("Pay $12.00 from balance and $8.00 by card");
    expect(await button("2000", "0")).toBe("Pay $20.00 from balance");
    expect(await button("0", "2000")).toBe("Pay $20.00 by card");
  });

  it("tells before it is agreed to that the card takes more, or the balance gives less", async () => {
    locale = "en";
    const more = await offerOf({ balanceMinor: "0", cardMinor: "50", excessMinor: "30" }, "USD", null);
    expect(more.notes.join(" ")).toContain("$0.30 too much is charged");
    const shown = { balanceMinor: "970", cardMinor: "50", excessMinor: "0" };
    const less = await offerOf(shown, "USD", money(1000n, "USD"));
    expect(less.notes.join(" ")).toContain("only $9.70 instead of $10.00");
  });
});
