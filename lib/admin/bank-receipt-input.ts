import type { BankReceipt } from "@/lib/billing/payment/decide-bank-payment";
import { calendarDay, parseCalendarDay } from "@/lib/kernel/calendar";
import { type BankReceiptId, parseId } from "@/lib/kernel/id";
import { isCurrency, type MoneyRefusal, parseMoney } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { StaffActor } from "./shapes";
import type { StaffWorld } from "./world";

/** As the form has it: what is written on the host's bank statement. */
export interface ReceiptInput {
  /** Made by the form, so that sending it twice is one receipt. */
  receiptId: string;
  currency: string;
  amount: string;
  /** YYYY-MM-DD. */
  valueDate: string;
  reference: string;
  sender: string;
}

/** The longest that a bank passes on (SEPA's remittance information). */
export const bankTextMost = 140;

export type ReceiptRefusal =
  | MoneyRefusal
  | { code: "receipt_id_malformed" }
  | { code: "amount_zero" }
  | { code: "value_date_malformed" }
  /** The bank has it only from a later day on. */
  | { code: "value_date_in_future" }
  | { code: "bank_reference_missing" }
  | { code: "bank_text_too_long"; most: number };

/** The receipt that a form describes, or what is wrong with it. Spaces in the texts count once. */
export function receiptIn(
  world: StaffWorld,
  actor: StaffActor,
  input: ReceiptInput,
): Result<BankReceipt, ReceiptRefusal> {
  const id = parseId<BankReceiptId>(input.receiptId);
  if (!id) return refuse({ code: "receipt_id_malformed" });
  if (!isCurrency(input.currency)) return refuse({ code: "amount_malformed" });
  const amount = parseMoney(input.amount, input.currency);
  if (!amount.ok) return amount;
  if (amount.value.minor === 0n) return refuse({ code: "amount_zero" });
  const valueDate = parseCalendarDay(input.valueDate.trim());
  if (!valueDate) return refuse({ code: "value_date_malformed" });
  if (valueDate > calendarDay(world.clock.now(), world.timeZone))
    return refuse({ code: "value_date_in_future" });
  const [reference, sender] = [trimmed(input.reference), trimmed(input.sender)];
  if (reference === "") return refuse({ code: "bank_reference_missing" });
  if ([reference, sender].some((text) => text.length > bankTextMost)) {
    return refuse({ code: "bank_text_too_long", most: bankTextMost });
  }
  return ok({ id, amount: amount.value, valueDate, reference, sender, userId: actor.userId });
}

function trimmed(text: string): string {
  return text.replaceAll(/[\s\0]+/g, " ").trim();
}
