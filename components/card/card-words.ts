import { getTranslations } from "next-intl/server";
import type { CardChoiceTexts, ChargeableCard } from "@/components/payment/card-choice";
import { methodsLine } from "@/components/payment/method-words";
import type { CardView } from "@/lib/portal/shapes";

/** As they write themselves; a brand that is not here is shown as Stripe calls it. */
const brands: Record<string, string> = {
  amex: "American Express",
  cartes_bancaires: "Cartes Bancaires",
  diners: "Diners Club",
  discover: "Discover",
  eftpos_au: "eftpos",
  jcb: "JCB",
  link: "Link",
  mastercard: "Mastercard",
  unionpay: "UnionPay",
  visa: "Visa",
};

export function brandName(brand: string): string {
  return brands[brand] ?? brand;
}

/** Saved cards as a form offers them. */
export async function chargeable(cards: readonly CardView[]): Promise<ChargeableCard[]> {
  const t = await getTranslations("cards");
  return cards.map(({ id, brand, last4 }) => ({
    id,
    name: t("ending", { brand: brandName(brand), last4 }),
  }));
}

export async function cardChoiceTexts(pageMethods: readonly string[]): Promise<CardChoiceTexts> {
  const t = await getTranslations("pay");
  return {
    withWhat: t("withWhat"),
    newCard: t("newCard"),
    saveCard: t("saveCard"),
    methods: await methodsLine(pageMethods),
    methodsKept: await methodsLine(["card"]),
    newNote: t("cardNote"),
    savedNote: t("savedCardNote"),
  };
}
