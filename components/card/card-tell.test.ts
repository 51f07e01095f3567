import { createTranslator } from "next-intl";
import { expect, it, vi } from "vitest";
import en from "@/app/messages/en.json";
import zh from "@/app/messages/zh.json";
import { cardRefusalSentence } from "@/components/card/card-tell";
import type { AddCardRefusal } from "@/lib/portal/add-card";

let locale: "en" | "zh" = "en";

vi.mock("next-intl/server", () => ({
  getLocale: async () => locale,
  getTranslations: async (namespace: "cardRefusal") =>
    createTranslator({ locale, messages: locale === "en" ? en : (zh as typeof en), namespace }),
}));

const refusals: { [C in AddCardRefusal["code"]]: Extract<AddCardRefusal, { code: C }> } = {
  not_allowed: { code: "not_allowed" },
  card_not_found: { code: "card_not_found" },
  card_removed: { code: "card_removed", last4: "4242" },
  card_expired: { code: "card_expired", last4: "4242" },
  gateway_refused: { code: "gateway_refused" },
  gateway_unreachable: { code: "gateway_unreachable" },
  too_many_card_pages: { code: "too_many_card_pages", retryAfterSeconds: 61 },
};

it("a refusal about a card is a whole sentence in both languages", async () => {
  for (const refusal of Object.values(refusals)) {
    locale = "en";
    expect(await cardRefusalSentence(refusal), refusal.code).toMatch(/^[A-Z][^{}<>]{15,}\.$/);
    locale = "zh";
    expect(await cardRefusalSentence(refusal), refusal.code).toMatch(/^[^{}<>]*\p{Script=Han}[^{}<>]*。$/u);
  }
});
