import type { Database } from "@/db/client";
import { constraintName, type Transaction, transact } from "@/db/transaction";
import type { BankReceiptId, CustomerId, InvoiceId, UserId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { Decision } from "../decision";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { type BankReceipt, receiptRow } from "./decide-bank-payment";
import { isRegisteredMeanwhile, knownReceipt, registerReceipt } from "./receipt-registry";
import {
  type BankPaymentRecorded,
  type BankPaymentRefusal,
  bookBankPayment,
  closeOpenPayments,
} from "./record-bank-payment";
import { write } from "./write";

/** The house's own customer: what belongs to no customer is booked on it (domain.md, The ledger). */
export const houseCustomerId = "00000000-0000-7000-8000-000000000001" as CustomerId;

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
        detail: { receiptId: receipt.id, reference: receipt.reference },
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
  | { code: "receipt_assigned"; customerName: string };

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
  await closeOpenPayments(world, { customerId, invoiceIds });
  return transact(
    database,
    { customerId },
    async (tx): Promise<Result<BankPaymentRecorded, AssignRefusal>> => {
      // Balances first, in their order; the receipt's row after them decides who of two is first.
      for (const id of [houseCustomerId, customerId].sort()) await lockBalances(tx.sql, id);
      const [row] = await tx.sql`
      select currency, amount_minor, value_date::text, reference, sender, assigned_at from bank_receipts
      where customer_id = ${houseCustomerId} and id = ${receiptId} for update`;
      if (!row) return refuse({ code: "receipt_not_found" });
      if (row.assigned_at) {
        return refuse({ code: "receipt_assigned", customerName: await ownerOf(tx, receiptId) });
      }
      const receipt: BankReceipt = {
        id: receiptId,
        amount: money(row.amount_minor, row.currency),
        valueDate: row.value_date,
        reference: row.reference,
        sender: row.sender,
        userId,
      };
      const booked = await bookBankPayment(world, tx, { customerId, receipt, invoiceIds });
      if (!booked.ok) return refuse(booked.refusal as AssignRefusal);
      await reverse(world, tx, receipt, customerId);
      return booked;
    },
  );
}

/** The house's side of an assignment: out of suspense as it came in, its task done. */
async function reverse(world: World, tx: Transaction, receipt: BankReceipt, to: CustomerId): Promise<void> {
  const decision = await houseDecision(world, tx, receipt.userId);
  const now = decision.context.now;
  decision.book(receipt.amount.currency).transfer({
    debit: "suspense",
    credit: "bank",
    amountMinor: receipt.amount.minor,
    reason: "bank_assigned",
    bankReceiptId: receipt.id,
    valueDate: receipt.valueDate,
  });
  decision.record({
    subject: "customer",
    subjectId: houseCustomerId,
    verb: "bank_assigned",
    detail: { receiptId: receipt.id, customerId: to },
    isVisible: false,
  });
  write(tx, houseCustomerId, decision);
  tx.write(tx.sql`
    update bank_receipts set assigned_at = ${now} where customer_id = ${houseCustomerId} and id = ${receipt.id}`);
  tx.write(tx.sql`
    update tasks set done_at = ${now}
    where customer_id = ${houseCustomerId} and kind = 'suspense' and subject_id = ${receipt.id} and done_at is null`);
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
