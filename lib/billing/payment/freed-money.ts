import type { Transaction } from "@/db/transaction";
import type { DisputeId, PaymentId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { Decision } from "../decision";
import { disputesOf, onInvoicesOf, refundedOf } from "./charge-left";

/** What a decision does with the money of one charge. Minor units. */
export interface FreedMoney {
  /** Came to the balance: it is there, and nothing has been paid from it yet. */
  readonly arrivedMinor: bigint;
  /** By so much less of the charge is on invoices or refunded to its card. */
  readonly standsLessMinor: bigint;
  /** The dispute that is decided with it: its own money is settled there. */
  readonly exceptDispute?: DisputeId;
}

/** A charge that was disputed, as it stood before the decision. Minor units. */
export interface DisputedCharge {
  readonly amountMinor: bigint;
  /** On invoices, or refunded to its card. */
  readonly standsMinor: bigint;
  readonly disputes: readonly DisputedPart[];
}

export interface DisputedPart {
  readonly id: DisputeId;
  readonly state: "open" | "won" | "lost";
  /** Taken by the bank, and not given back. */
  readonly outMinor: bigint;
  readonly byHostMinor: bigint;
  readonly heldMinor: bigint;
}

/** What becomes of money that a disputed charge frees. Minor units. */
export interface KeptMoney {
  /** Of losses that the host bears, now the customer's: from the balance, or as debt where nothing is available. */
  readonly losses: readonly { disputeId: DisputeId; amountMinor: bigint }[];
  /** Held for disputes that are open. */
  readonly holds: readonly { disputeId: DisputeId; amountMinor: bigint }[];
}

/**
 * What a disputed charge frees goes first to the loss that the host still bears of it, then it is held for its open
 * disputes; the rest goes its usual way (domain.md, A18). Where nothing arrived though less of the charge stands, as when
 * a refund fails that was never taken from the balance, the host bears no more than if that refund had never been. Pure.
 */
export function keepOf(charge: DisputedCharge, freed: FreedMoney): KeptMoney {
  const { arrivedMinor, standsLessMinor, exceptDispute } = freed;
  const disputes = charge.disputes.filter(({ id }) => id !== exceptDispute);
  const lost = disputes.filter(({ state }) => state === "lost");
  const borneMinor = sumOf(lost, ({ byHostMinor }) => byHostMinor);
  const standsMinor = charge.standsMinor - standsLessMinor;
  const overlapMinor = standsMinor + sumOf(lost, ({ outMinor }) => outMinor) - charge.amountMinor;
  const mostMinor = standsLessMinor > arrivedMinor ? least(standsMinor, overlapMinor) : borneMinor;
  const staysMinor = atLeastNothing(least(borneMinor - arrivedMinor, mostMinor));
  const losses = share(
    borneMinor - staysMinor,
    lost.map(({ id, byHostMinor }) => ({ id, roomMinor: byHostMinor })),
  );
  const freedMinor = arrivedMinor > standsLessMinor ? arrivedMinor : standsLessMinor;
  const open = disputes.filter(({ state }) => state === "open");
  const holds = share(
    atLeastNothing(freedMinor - (borneMinor - staysMinor)),
    open.map(({ id, outMinor, heldMinor }) => ({ id, roomMinor: outMinor - heldMinor })),
  );
  return { losses, holds };
}

/**
 * Keeps what this decision frees of disputed charges, before anything is paid from it. Whatever may free money of a charge
 * says so to its decision (`Decision.free`) and calls this before it pays anything and before it is written.
 */
export async function keepFreedMoney(tx: Transaction, decision: Decision): Promise<void> {
  const freed = decision.takeFreed();
  if (freed.size === 0) return;
  for (const { paymentId, currency, charge } of await readDisputed(tx, decision, [...freed.keys()])) {
    const money = freed.get(paymentId);
    if (money) keep(decision, paymentId, currency, keepOf(charge, money));
  }
}

function keep(decision: Decision, paymentId: PaymentId, currency: Currency, kept: KeptMoney): void {
  const book = decision.book(currency);
  let [takenMinor, owedMinor, heldMinor] = [0n, 0n, 0n];
  for (const { disputeId, amountMinor } of kept.losses) {
    const fromBalance = least(amountMinor, book.availableMinor);
    const entry = { credit: "dispute_loss", disputeId, reason: "dispute_loss_recovered" } as const;
    if (fromBalance > 0n) book.transfer({ ...entry, debit: "customer_balance", amountMinor: fromBalance });
    const owed = amountMinor - fromBalance;
    if (owed > 0n) book.transfer({ ...entry, debit: "customer_debt", amountMinor: owed });
    takenMinor += fromBalance;
    owedMinor += owed;
  }
  for (const { disputeId, amountMinor } of kept.holds) {
    const held = least(amountMinor, book.availableMinor);
    if (held > 0n) book.hold({ disputeId, amountMinor: held });
    heldMinor += held;
  }
  decision.noteKept(takenMinor + heldMinor);
  if (takenMinor + owedMinor + heldMinor === 0n) return;
  decision.record({
    subject: "payment",
    subjectId: paymentId,
    verb: "dispute_kept",
    detail: {
      amountMinor: (takenMinor + owedMinor + heldMinor).toString(),
      heldMinor: heldMinor.toString(),
      debtMinor: owedMinor.toString(),
      currency,
    },
  });
}

/** The charges of these payments that were ever disputed, under the balance's lock. */
async function readDisputed(
  { sql }: Transaction,
  { context: { customerId } }: Decision,
  paymentIds: readonly PaymentId[],
): Promise<{ paymentId: PaymentId; currency: Currency; charge: DisputedCharge }[]> {
  const rows = await sql`
    select c.id as charge_id, c.payment_id, c.currency, c.amount_minor,
      ${refundedOf(sql, sql`c`)} + ${onInvoicesOf(sql, sql`c`)} as stands, o.*
    from charges c cross join lateral (${disputesOf(sql, sql`c`)}) o
    where c.customer_id = ${customerId} and c.payment_id = any(${[...paymentIds]}::uuid[])
    order by c.id, o.id`;
  const charges = new Map<string, { paymentId: PaymentId; currency: Currency; charge: DisputedCharge }>();
  for (const row of rows) {
    const part: DisputedPart = {
      id: row.id,
      state: row.state,
      outMinor: row.out,
      byHostMinor: row.by_host,
      heldMinor: row.held,
    };
    const known = charges.get(row.charge_id)?.charge;
    charges.set(row.charge_id, {
      paymentId: row.payment_id,
      currency: row.currency,
      charge: {
        amountMinor: row.amount_minor,
        standsMinor: row.stands,
        disputes: [...(known?.disputes ?? []), part],
      },
    });
  }
  return [...charges.values()];
}

/** An amount over rooms, each filled before the next. */
function share(
  amountMinor: bigint,
  rooms: readonly { id: DisputeId; roomMinor: bigint }[],
): { disputeId: DisputeId; amountMinor: bigint }[] {
  let left = amountMinor;
  return rooms.flatMap(({ id, roomMinor }) => {
    const part = least(left, roomMinor);
    if (part <= 0n) return [];
    left -= part;
    return [{ disputeId: id, amountMinor: part }];
  });
}

function sumOf<T>(items: readonly T[], minorOf: (item: T) => bigint): bigint {
  return items.reduce((total, item) => total + minorOf(item), 0n);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function atLeastNothing(minor: bigint): bigint {
  return minor > 0n ? minor : 0n;
}
