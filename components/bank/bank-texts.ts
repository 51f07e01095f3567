import { getTranslations } from "next-intl/server";
import type { BankFormTexts } from "@/components/bank/bank-payment-form";

const codes = [
  "fault",
  "lost",
  "signed_out",
  "not_allowed",
  "foreign_origin",
  "invalid_input",
  "amount_missing",
  "amount_malformed",
  "amount_negative",
  "amount_ambiguous",
  "amount_too_precise",
  "amount_too_large",
  "amount_zero",
  "value_date_malformed",
  "value_date_in_future",
  "bank_reference_missing",
  "bank_text_too_long",
  "receipt_id_malformed",
  "receipt_id_used",
  "receipt_elsewhere",
  "receipt_unmatched",
  "receipt_not_found",
  "receipt_assigned",
  "receipt_returned",
  "reason_missing",
  "reason_too_long",
  "customer_not_found",
  "customer_closed_bank",
  "invoice_not_found",
  "currencies_differ",
] as const;

const words = [
  "amount",
  "currency",
  "valueDate",
  "valueDateHint",
  "reference",
  "referenceHint",
  "sender",
  "senderHint",
  "for",
  "forHint",
  "chosenSum",
  "submit",
  "askConfirm",
  "askKeep",
  "again",
  "donePaid",
  "donePartly",
  "doneBalance",
  "doneUnmatched",
  "another",
] as const;

/** The words of the forms about money that came by bank, with a sentence for each refusal that they may meet. */
export async function bankTexts(): Promise<BankFormTexts> {
  const [t, refusals] = await Promise.all([getTranslations("bank"), getTranslations("staffRefusal")]);
  const said = Object.fromEntries(words.map((word) => [word, String(t.raw(word))]));
  const refused = Object.fromEntries(codes.map((code) => [code, String(refusals.raw(code))]));
  // A closed customer is told of otherwise here: the money is there, and has to go somewhere.
  return { ...refused, ...said, customer_closed: refused.customer_closed_bank } as unknown as BankFormTexts;
}
