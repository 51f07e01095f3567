import type { ReservedSql } from "@/db/client";
import { receiptOf } from "@/lib/billing/payment/receipt";
import { type CustomerId, isUuid, type PaymentId } from "@/lib/kernel/id";
import { subtract, zero } from "@/lib/kernel/money";
import { customerIn, moneyIn } from "./read-facts";
import type { ReceiptFacts } from "./shapes";

/**
 * What a payment settled; null if the customer has no such payment, or it has not succeeded. What it brought to the
 * balance is told less what was settled from there at once.
 */
export async function readReceiptFacts(
  sql: ReservedSql,
  customerId: CustomerId,
  paymentId: string,
): Promise<ReceiptFacts | null> {
  if (!isUuid(paymentId)) return null;
  const [[row], [bank], receipt] = await Promise.all([
    sql`
      select p.currency, p.state, p.ended_at, c.locale, c.reference, c.name, c.email, c.country
      from payments p join customers c on c.id = p.customer_id
      where p.customer_id = ${customerId} and p.id = ${paymentId}`,
    sql`
      select coalesce(sum(amount_minor), 0)::bigint as minor from allocations
      where customer_id = ${customerId} and payment_id = ${paymentId} and source = 'bank'`,
    receiptOf(sql, customerId, paymentId as PaymentId),
  ]);
  if (!row || !receipt || row.state !== "succeeded") return null;
  const waiting = receipt.settled.reduce((rest, { amount }) => subtract(rest, amount), receipt.toBalance);
  return {
    paymentId,
    paidAt: row.ended_at,
    ...customerIn(row),
    billTo: { name: row.name, email: row.email, country: row.country },
    settled: [...receipt.paid, ...receipt.settled],
    fromBalance: receipt.fromBalance,
    byCard: receipt.byCard,
    byBank: moneyIn(row.currency)(bank?.minor ?? 0n),
    toBalance: waiting.minor > 0n ? waiting : zero(row.currency),
    services: receipt.services,
  };
}
