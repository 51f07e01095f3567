import { createTranslator } from "next-intl";
import { describe, expect, it, vi } from "vitest";
import en from "@/app/messages/en.json";
import zh from "@/app/messages/zh.json";
import { newId, type PaymentId } from "@/lib/kernel/id";
import type { CancelServiceRefusal } from "@/lib/portal/cancel-service";
import { endRefusalSentence, tellServiceCancelled } from "./end-tell";

const messages = { en, zh };
let locale: "en" | "zh" = "en";

vi.mock("next-intl/server", () => ({
  getLocale: async () => locale,
  getTimeZone: async () => "Europe/Berlin",
  getTranslations: async (namespace: "serviceEnd") =>
    createTranslator({ locale, messages: messages[locale], namespace }),
}));

/** One of each: the compiler says when one is missing. */
const refusals: { [Code in CancelServiceRefusal["code"]]: Extract<CancelServiceRefusal, { code: Code }> } = {
  not_allowed: { code: "not_allowed" },
  service_not_found: { code: "service_not_found" },
  service_not_running: { code: "service_not_running", state: "terminated" },
  term_begun: { code: "term_begun", number: "INV-1" },
  payment_in_progress: { code: "payment_in_progress", paymentId: newId<PaymentId>() },
};

describe("a refusal to end a service", () => {
  it("is a whole sentence in both languages", async () => {
    for (const refusal of Object.values(refusals)) {
      locale = "en";
      expect(await endRefusalSentence(refusal), refusal.code).toMatch(/^[A-Z][^{}<>]{15,}\.$/);
      locale = "zh";
      expect(await endRefusalSentence(refusal), refusal.code).toMatch(/^[^{}<>]*\p{Script=Han}[^{}<>]*。$/u);
    }
  });
});

describe("a cancelled service", () => {
  it("is told with its last day in the billing time zone, and what is not owed any more", async () => {
    locale = "en";
    const endsAt = new Date("2026-04-10T22:30:00Z");
    expect(await tellServiceCancelled({ ok: true, value: { endsAt, voided: ["INV-1"] } })).toEqual({
      ok: true,
      value: {
        done: "It runs until 11 Apr 2026 and then ends. Invoice INV-1 is canceled, and nothing is owed on it.",
      },
    });
  });
});
