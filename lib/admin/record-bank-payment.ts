import { mayStaff } from "@/lib/auth/staff-rights";
import * as bank from "@/lib/billing/payment/record-bank-payment";
import { recordUnmatchedReceipt, type UnmatchedRefusal } from "@/lib/billing/payment/unmatched-receipt";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { type ReceiptInput, type ReceiptRefusal, receiptIn } from "./bank-receipt-input";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type RecordBankRefusal = ReceiptRefusal | bank.BankPaymentRefusal | { code: "not_allowed" };

/** What of it an invoice gets. */
export interface Laid {
  number: string;
  amount: Money;
}

/** What became of the money, for a sentence. `isNew` is false if this receipt was recorded before. */
export interface RecordedBankPayment {
  isNew: boolean;
  paid: Laid[];
  partly: Laid[];
  toBalance: Money | null;
}

/** Records a payment by bank of a known customer, for the chosen invoices or for none; from finance on. */
export async function recordBankPayment(
  actor: StaffActor,
  input: ReceiptInput & { customerId: CustomerId; invoiceIds: readonly InvoiceId[] },
  world: StaffWorld = staffWorld(),
): Promise<Result<RecordedBankPayment, RecordBankRefusal>> {
  if (!mayStaff(actor.role, "bank.record")) return refuse({ code: "not_allowed" });
  const receipt = receiptIn(world, actor, input);
  if (!receipt.ok) return receipt;
  const { customerId, invoiceIds } = input;
  const recorded = await bank.recordBankPayment(world, world.staff, {
    customerId,
    receipt: receipt.value,
    invoiceIds,
  });
  return recorded.ok ? ok(toldOf(recorded.value, receipt.value.amount)) : recorded;
}

/** What recording it would do as things stand, with the customer's name: asked before it is recorded; from finance on. */
export async function previewBankPayment(
  actor: StaffActor,
  input: ReceiptInput & { customerId: CustomerId; invoiceIds: readonly InvoiceId[] },
  world: StaffWorld = staffWorld(),
): Promise<Result<RecordedBankPayment & { amount: Money; customerName: string }, RecordBankRefusal>> {
  if (!mayStaff(actor.role, "bank.record")) return refuse({ code: "not_allowed" });
  const receipt = receiptIn(world, actor, input);
  if (!receipt.ok) return receipt;
  const { customerId, invoiceIds } = input;
  const wish = { customerId, receipt: receipt.value, invoiceIds };
  const preview = await bank.previewBankPayment(world, world.staff, wish);
  if (!preview.ok) return preview;
  const [customer] = await world.staff.sql`select name from customers where id = ${customerId}`;
  const { amount } = receipt.value;
  return ok({ ...toldOf(preview.value, amount), amount, customerName: customer?.name ?? "" });
}

/** Records money whose sender nobody knows yet; from finance on. */
export async function recordUnmatched(
  actor: StaffActor,
  input: ReceiptInput,
  world: StaffWorld = staffWorld(),
): Promise<Result<{ isNew: boolean }, ReceiptRefusal | UnmatchedRefusal | { code: "not_allowed" }>> {
  if (!mayStaff(actor.role, "bank.record")) return refuse({ code: "not_allowed" });
  const receipt = receiptIn(world, actor, input);
  return receipt.ok ? recordUnmatchedReceipt(world, world.staff, receipt.value) : receipt;
}

export function toldOf({ laid }: bank.BankPaymentRecorded, amount: Money): RecordedBankPayment {
  const numbers = (isPaid: boolean) =>
    (laid?.onInvoices ?? [])
      .filter((one) => one.isPaid === isPaid)
      .map(({ number, amountMinor }) => ({ number, amount: money(amountMinor, amount.currency) }));
  return {
    isNew: laid !== null,
    paid: numbers(true),
    partly: numbers(false),
    toBalance: laid && laid.toBalanceMinor > 0n ? money(laid.toBalanceMinor, amount.currency) : null,
  };
}
