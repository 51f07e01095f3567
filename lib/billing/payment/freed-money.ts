import type { Transaction } from "@/db/transaction";
import type { ChargeId, PaymentId } from "@/lib/kernel/id";
import { type Currency, least } from "@/lib/kernel/money";
import type { Decision } from "../decision";
import { disputesOf, onInvoicesOf, refundedOf } from "./charge-left";
import { type DisputedCharge, type DisputedPart, type KeptMoney, keepOf } from "./keep-freed";

/**
 * Keeps what this decision frees of disputed charges, before anything is paid from it. Whatever may free money of a charge
 * says so to its decision (`Decision.free`) and calls this before it pays anything and before it is written.
 */
export async function keepFreedMoney(tx: Transaction, decision: Decision): Promise<void> {
  const freed = decision.takeFreed();
  if (freed.size === 0) return;
  for (const [chargeId, { paymentId, currency, charge }] of await readDisputed(tx, decision, [
    ...freed.keys(),
  ])) {
    const money = freed.get(chargeId);
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

/** Those of these charges that were ever disputed, under the balance's lock. */
async function readDisputed(
  { sql }: Transaction,
  { context: { customerId } }: Decision,
  chargeIds: readonly ChargeId[],
): Promise<ReadonlyMap<ChargeId, { paymentId: PaymentId; currency: Currency; charge: DisputedCharge }>> {
  const rows = await sql`
    select c.id as charge_id, c.payment_id, c.currency, c.amount_minor,
      ${refundedOf(sql, sql`c`)} + ${onInvoicesOf(sql, sql`c`)} as stands, o.*
    from charges c cross join lateral (${disputesOf(sql, sql`c`)}) o
    where c.customer_id = ${customerId} and c.id = any(${[...chargeIds]}::uuid[])
    order by c.id, o.id`;
  const charges = new Map<ChargeId, { paymentId: PaymentId; currency: Currency; charge: DisputedCharge }>();
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
  return charges;
}
