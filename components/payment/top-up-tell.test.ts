import { createTranslator } from "next-intl";
import { describe, expect, it, vi } from "vitest";
import en from "@/app/messages/en.json";
import zh from "@/app/messages/zh.json";
import { topUpSentence } from "@/components/payment/top-up-tell";
import { newId, type PaymentId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import type { TopUpRefusal } from "@/lib/portal/top-up";

const messages = { en, zh };
let locale: keyof typeof messages = "en";

vi.mock("next-intl/server", () => ({
  getLocale: async () => locale,
  getTranslations: async (namespace: "topUpRefusal") =>
    createTranslator({ locale, messages: messages[locale], namespace }),
}));

const plan = { balanceMinor: "0", cardMinor: "2340", excessMinor: "0" };
const amount = money(2340n, "USD");

/** One of each: the compiler says when one is missing. */
const refusals: { [Code in TopUpRefusal["code"]]: Extract<TopUpRefusal, { code: Code }> } = {
  not_allowed: { code: "not_allowed" },
  invoice_not_found: { code: "invoice_not_found" },
  nothing_chosen: { code: "nothing_chosen" },
  too_many_invoices: { code: "too_many_invoices", most: 100 },
  currencies_differ: { code: "currencies_differ" },
  invoice_not_open: { code: "invoice_not_open", number: "INV-1", state: "paid" },
  line_not_completable: { code: "line_not_completable", number: "INV-1" },
  balance_too_low: { code: "balance_too_low", shortBy: amount },
  amount_missing: { code: "amount_missing" },
  amount_malformed: { code: "amount_malformed" },
  amount_negative: { code: "amount_negative" },
  amount_ambiguous: { code: "amount_ambiguous" },
  amount_too_precise: { code: "amount_too_precise", decimals: 2 },
  amount_too_large: { code: "amount_too_large", available: amount },
  plan_changed: { code: "plan_changed", plan, due: amount },
  payment_in_progress: { code: "payment_in_progress", paymentId: newId<PaymentId>() },
  charge_too_large: { code: "charge_too_large", most: amount },
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
  top_up_too_small: { code: "top_up_too_small", least: amount },
  top_up_too_large: { code: "top_up_too_large", most: amount },
  top_up_uneven: { code: "top_up_uneven", step: amount },
  too_many_top_ups: { code: "too_many_top_ups", most: 5 },
};

describe("a refusal to top up", () => {
  it("is a whole sentence in both languages, with what it is about", async () => {
    for (const refusal of Object.values(refusals)) {
      locale = "en";
      expect(await topUpSentence(refusal), refusal.code).toMatch(/^[A-Z][^{}<>]{14,}\.$/);
      locale = "zh";
      expect(await topUpSentence(refusal), refusal.code).toMatch(/^[^{}<>]*\p{Script=Han}[^{}<>]*。$/u);
    }
  });

  it("names the least, the most and the step, and an amount that is too large by itself", async () => {
    locale = "en";
    for (const code of ["top_up_too_small", "top_up_too_large", "top_up_uneven"] as const) {
      expect(await topUpSentence(refusals[code])).toContain("$23.40");
    }
    expect(await topUpSentence({ code: "amount_too_large", limit: amount })).toContain(
      "more than can be paid at once",
    );
    expect(await topUpSentence({ code: "payment_ended", state: "succeeded" })).toContain("succeeded");
  });
});
