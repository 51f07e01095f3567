import { getTranslations } from "next-intl/server";
import type { DraftFormTexts } from "@/components/draft/draft-form";

const codes = [
  "fault",
  "lost",
  "signed_out",
  "not_allowed",
  "foreign_origin",
  "invalid_input",
  "customer_not_found",
  "customer_closed",
  "draft_changed",
  "draft_gone",
  "draft_issued",
  "draft_no_lines",
  "draft_not_positive",
  "draft_tax_negative",
  "draft_currency_unknown",
  "draft_too_many_lines",
  "due_days_malformed",
  "note_too_long",
  "line_description_missing",
  "line_description_too_long",
  "line_quantity_malformed",
  "line_amount_malformed",
  "line_amount_too_large",
  "line_tax_malformed",
] as const;

const words = [
  "dueDays",
  "dueDaysHint",
  "note",
  "noteHint",
  "lines",
  "line",
  "kind",
  "item",
  "discount",
  "description",
  "quantity",
  "unit",
  "taxRate",
  "addLine",
  "removeLine",
  "save",
  "unsaved",
] as const;

/** The words of the form of an invoice by hand, with a sentence for each refusal that it may meet. */
export async function draftTexts(): Promise<DraftFormTexts> {
  const [t, refusals] = await Promise.all([getTranslations("draft"), getTranslations("staffRefusal")]);
  const said = Object.fromEntries(words.map((word) => [word, String(t.raw(word))]));
  const refused = Object.fromEntries(codes.map((code) => [code, String(refusals.raw(code))]));
  return { ...refused, ...said } as unknown as DraftFormTexts;
}
