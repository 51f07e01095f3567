import type { Database } from "@/db/client";
import { constraintName, type Transaction, transact } from "@/db/transaction";
import type { BankReceiptId, CustomerId, InvoiceId, PaymentId, UserId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { Decision } from "../decision";
import { houseCustomerId } from "../house";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { type BankReceipt, receiptRow } from "./decide-bank-payment";
import { isRegisteredMeanwhile, knownReceipt, registerReceipt } from "./receipt-registry";
import {
  type BankPaymentRecorded,
  type BankPaymentRefusal,
  bookBankPayment,
  closeAll,
  paymentsInTheWay,
} from "./record-bank-payment";
import { write } from "./write";

export type UnmatchedRefusal = Extract<BankPaymentRefusal, { code: "receipt_elsewhere" | "receipt_id_used" }>;

/**
 * Records money whose sender nobody knows: on the house's customer, from bank to suspense, with an open task until it is
 * assigned. Recorded twice it is one receipt; `isNew` says whether this call did it.
 */
export async function recordUnmatchedReceipt(
  world: World,
  database: Database,
  receipt: BankReceipt,
): Promise<Result<{ isNew: boolean }, UnmatchedRefusal>> {
  const customerId = houseCustomerId;
  try {
    return await transact(database, { customerId }, async (tx) => {
      // Of two at once the second looks when the first is done.
      await lockBalances(tx.sql, customerId);
      const repeated = await recordedBefore(tx, receipt);
      if (repeated) return repeated;
      await makeHouse(world, tx, receipt);
      const decision = await houseDecision(world, tx, receipt.userId);
      const { amount, valueDate } = receipt;
      decision.book(amount.currency).transfer({
        debit: "bank",
        credit: "suspense",
        amountMinor: amount.minor,
        reason: "bank_unmatched",
        bankReceiptId: receipt.id,
        valueDate,
      });
      decision.changes.bank_receipts.push(receiptRow(decision, receipt, null));
      decision.askStaff("suspense", "bank_receipt", receipt.id, { reference: receipt.reference });
      decision.record({
        subject: "customer",
        subjectId: customerId,
        verb: "bank_unmatched",
        detail: { receiptId: receipt.id, reference: receipt.reference, ...amountOf(receipt) },
        isVisible: false,
      });
      registerReceipt(tx, receipt);
      write(tx, customerId, decision);
      return ok({ isNew: true });
    });
  } catch (error) {
    if (!isRegisteredMeanwhile(constraintName(error))) throw error;
    const repeated = await transact(database, { customerId }, (tx) => recordedBefore(tx, receipt));
    if (!repeated) throw error;
    return repeated;
  }
}

export type AssignRefusal =
  | Exclude<BankPaymentRefusal, UnmatchedRefusal | { code: "receipt_unmatched" }>
  | { code: "receipt_not_found" }
  /** Somebody was faster; whose it is now. */
  | { code: "receipt_assigned"; customerName: string }
  /** It was sent back. */
  | { code: "receipt_returned" };

/**
 * Gives a receipt to the customer who sent it: reversed on the house's customer and booked anew on theirs, with the
 * same value date, in one transaction (domain.md, The ledger). Of two at once one wins, the other is told.
 */
export async function assignReceipt(
  world: World,
  database: Database,
  wish: {
    receiptId: BankReceiptId;
    customerId: CustomerId;
    invoiceIds: readonly InvoiceId[];
    userId: UserId;
  },
): Promise<Result<BankPaymentRecorded, AssignRefusal>> {
  const { receiptId, customerId, invoiceIds, userId } = wish;
  const inTheWay = await transact(
    database,
    { customerId },
    async (tx): Promise<Result<PaymentId[], AssignRefusal>> => {
      for (const id of [houseCustomerId, customerId].sort()) await lockBalances(tx.sql, id);
      const found = await lockWaiting(tx, receiptId, userId);
      if (!found.ok) return found;
      const seen = await paymentsInTheWay(world, tx, { customerId, receipt: found.value, invoiceIds });
      return seen.ok ? seen : refuse(seen.refusal as AssignRefusal);
    },
  );
  if (!inTheWay.ok) return inTheWay;
  await closeAll(world, customerId, inTheWay.value);
  return transact(
    database,
    { customerId },
    async (tx): Promise<Result<BankPaymentRecorded, AssignRefusal>> => {
      // Balances first, in their order; the receipt's row after them decides who of two is first.
      for (const id of [houseCustomerId, customerId].sort()) await lockBalances(tx.sql, id);
      const found = await lockWaiting(tx, receiptId, userId);
      if (!found.ok) return found;
      const receipt = found.value;
      const booked = await bookBankPayment(world, tx, { customerId, receipt, invoiceIds });
      if (!booked.ok) return refuse(booked.refusal as AssignRefusal);
      await reverse(world, tx, receipt, { as: "bank_assigned", detail: { customerId } });
      return booked;
    },
  );
}

export type ReturnRefusal = Extract<
  AssignRefusal,
  { code: "receipt_not_found" | "receipt_assigned" | "receipt_returned" }
>;

/**
 * Books that money of an unknown sender, or for a customer who is closed, was sent back where it came from, with a
 * reason: out of suspense and off the bank, of today. Of two at once, or beside an assignment, one wins and the other is
 * told.
 */
export async function returnReceipt(
  world: World,
  database: Database,
  wish: { receiptId: BankReceiptId; reason: string; userId: UserId },
): Promise<Result<undefined, ReturnRefusal>> {
  const { receiptId, reason, userId } = wish;
  const scope = { customerId: houseCustomerId };
  return transact(database, scope, async (tx): Promise<Result<undefined, ReturnRefusal>> => {
    await lockBalances(tx.sql, houseCustomerId);
    const found = await lockWaiting(tx, receiptId, userId);
    if (!found.ok) return found;
    await reverse(world, tx, found.value, { as: "bank_returned", detail: { reason } });
    return ok();
  });
}

/** The receipt, if it still waits; its row's lock decides who of two is first. */
async function lockWaiting(
  tx: Transaction,
  receiptId: BankReceiptId,
  userId: UserId,
): Promise<Result<BankReceipt, ReturnRefusal>> {
  const [row] = await tx.sql`
    select currency, amount_minor, value_date::text, reference, sender, assigned_at, returned_at from bank_receipts
    where customer_id = ${houseCustomerId} and id = ${receiptId} for update`;
  if (!row) return refuse({ code: "receipt_not_found" });
  if (row.returned_at) return refuse({ code: "receipt_returned" });
  if (row.assigned_at) {
    return refuse({ code: "receipt_assigned", customerName: await ownerOf(tx, receiptId) });
  }
  return ok({
    id: receiptId,
    amount: money(row.amount_minor, row.currency),
    valueDate: row.value_date,
    reference: row.reference,
    sender: row.sender,
    userId,
  });
}

/** How a receipt leaves the house's customer. */
interface Leaving {
  as: "bank_assigned" | "bank_returned";
  detail: Record<string, string>;
}

/** Out of suspense as it came in, or of today if the money was sent back; its task is done. */
async function reverse(
  world: World,
  tx: Transaction,
  receipt: BankReceipt,
  { as, detail }: Leaving,
): Promise<void> {
  const decision = await houseDecision(world, tx, receipt.userId);
  const { now } = decision.context;
  const isAssigned = as === "bank_assigned";
  decision.book(receipt.amount.currency).transfer({
    debit: "suspense",
    credit: "bank",
    amountMinor: receipt.amount.minor,
    reason: as,
    bankReceiptId: receipt.id,
    ...(isAssigned && { valueDate: receipt.valueDate }),
  });
  decision.record({
    subject: "customer",
    subjectId: houseCustomerId,
    verb: as,
    detail: { receiptId: receipt.id, ...amountOf(receipt), ...detail },
    isVisible: false,
  });
  write(tx, houseCustomerId, decision);
  tx.write(tx.sql`
    update bank_receipts set assigned_at = ${isAssigned ? now : null}, returned_at = ${isAssigned ? null : now}
    where customer_id = ${houseCustomerId} and id = ${receipt.id}`);
  tx.write(tx.sql`
    update tasks set done_at = ${now}
    where customer_id = ${houseCustomerId} and kind = 'suspense' and subject_id = ${receipt.id} and done_at is null`);
}

/** As the record names it. */
function amountOf({ amount }: Pick<BankReceipt, "amount">) {
  return { amountMinor: amount.minor.toString(), currency: amount.currency };
}

async function houseDecision(world: World, tx: Transaction, userId: UserId): Promise<Decision> {
  const { clock, timeZone } = world;
  const balances = await lockBalances(tx.sql, houseCustomerId);
  const context = {
    customerId: houseCustomerId,
    now: clock.now(),
    clock,
    timeZone,
    actor: "staff" as const,
    userId,
  };
  return new Decision(context, balances);
}

/** The house's customer is made when the first money needs it. */
async function makeHouse(world: World, tx: Transaction, { amount }: BankReceipt): Promise<void> {
  await tx.sql`
    insert into customers (id, reference, name, email, country, currency, is_house, created_at)
    values (${houseCustomerId}, 'HOUSE', 'House', 'house@localhost', 'US', ${amount.currency}, true, ${world.clock.now()})
    on conflict (id) do nothing`;
}

async function recordedBefore(
  tx: Transaction,
  receipt: BankReceipt,
): Promise<Result<{ isNew: boolean }, UnmatchedRefusal> | null> {
  const known = await knownReceipt(tx.sql, receipt);
  if (!known) return null;
  if (!known.isSame) return refuse({ code: "receipt_id_used" });
  if (known.customerId !== null)
    return refuse({ code: "receipt_elsewhere", customerName: known.customerName });
  return ok({ isNew: false });
}

async function ownerOf(tx: Transaction, receiptId: BankReceiptId): Promise<string> {
  const [row] = await tx.sql`
    select c.name from bank_receipts r join customers c on c.id = r.customer_id
    where r.id = ${receiptId} and not c.is_house`;
  return row?.name ?? "";
}
