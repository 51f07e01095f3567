import { createTranslator } from "next-intl";
import { describe, expect, it, vi } from "vitest";
import en from "@/app/messages/en.json";
import zh from "@/app/messages/zh.json";
import { cancelRefusalSentence, tellCancelled } from "@/components/invoice/cancel-tell";
import { newId, type PaymentId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { ok } from "@/lib/kernel/result";
import type { CancelRefusal } from "@/lib/portal/cancel-invoice";

const messages = { en, zh };
let locale: keyof typeof messages = "en";

vi.mock("next-intl/server", () => ({
  getLocale: async () => locale,
  getTranslations: async (namespace: "cancel") =>
    createTranslator({ locale, messages: messages[locale], namespace }),
}));

/** One of each: the compiler says when one is missing. */
const refusals: { [Code in CancelRefusal["code"]]: Extract<CancelRefusal, { code: Code }> } = {
  not_allowed: { code: "not_allowed" },
  invoice_not_found: { code: "invoice_not_found" },
  invoice_not_open: { code: "invoice_not_open", number: "INV-1", state: "paid" },
  cancel_is_for_staff: { code: "cancel_is_for_staff", number: "INV-1" },
  later_term_paid: { code: "later_term_paid", number: "INV-2" },
  paid_meanwhile: { code: "paid_meanwhile" },
  payment_in_progress: { code: "payment_in_progress", paymentId: newId<PaymentId>() },
};

describe("a refusal to cancel", () => {
  it("is a whole sentence in both languages", async () => {
    const closed = (["void", "written_off"] as const).map((state) => ({
      ...refusals.invoice_not_open,
      state,
    }));
    for (const refusal of [...Object.values(refusals), ...closed]) {
      locale = "en";
      expect(await cancelRefusalSentence(refusal), refusal.code).toMatch(/^[A-Z][^{}<>]{15,}\.$/);
      locale = "zh";
      expect(await cancelRefusalSentence(refusal), refusal.code).toMatch(
        /^[^{}<>]*\p{Script=Han}[^{}<>]*。$/u,
      );
    }
  });
});

describe("an invoice that was cancelled", () => {
  const order = { number: "INV-1", also: [], returned: money(0n, "USD"), isRenewal: false };

  it("is told in one sentence, and no more than happened", async () => {
    locale = "en";
    expect(await tellCancelled(ok(order))).toEqual(
      ok({ done: "Invoice INV-1 is canceled, and nothing is owed on it any more." }),
    );
  });

  it("tells what came back, what went with it, and when its service ends", async () => {
    locale = "en";
    const renewal = { ...order, also: ["INV-2"], returned: money(400n, "USD"), isRenewal: true };
    const told = await tellCancelled(ok(renewal));
    expect(told.ok && told.value.done).toBe(
      "Invoice INV-1 is canceled, and nothing is owed on it any more. Canceled with it: INV-2. " +
        "$4.00 is on your balance again. The service is not renewed. Unless you renew it, it is suspended, and later deleted permanently.",
    );
  });
});
