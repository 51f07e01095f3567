import type { ReservedSql } from "@/db/client";
import { receiptOf } from "@/lib/billing/payment/receipt";
import { type CustomerId, isUuid, type PaymentId } from "@/lib/kernel/id";
import { subtract, zero } from "@/lib/kernel/money";
import { billToIn, customerIn } from "./read-facts";
import type { ReceiptFacts } from "./shapes";

/**
 * What a payment settled; null if the customer has no such payment, or it has not succeeded. What it brought to the
 * balance is told less what paid debt and what was settled from there at once.
 */
export async function readReceiptFacts(
  sql: ReservedSql,
  customerId: CustomerId,
  paymentId: string,
): Promise<Omit<ReceiptFacts, "number"> | null> {
  if (!isUuid(paymentId)) return null;
  const [[row], receipt] = await Promise.all([
    sql`
      select p.currency, p.state, p.ended_at, c.locale, c.reference, c.name, c.email, c.country, c.address, c.tax_id
      from payments p join customers c on c.id = p.customer_id
      where p.customer_id = ${customerId} and p.id = ${paymentId}`,
    receiptOf(sql, customerId, paymentId as PaymentId),
  ]);
  if (!row || !receipt || row.state !== "succeeded") return null;
  const spent = [receipt.toDebt, ...receipt.settled.map(({ amount }) => amount)];
  const waiting = spent.reduce(subtract, receipt.toBalance);
  return {
    paymentId,
    paidAt: row.ended_at,
    ...customerIn(row),
    billTo: billToIn(row),
    settled: [...receipt.paid, ...receipt.settled],
    fromBalance: receipt.fromBalance,
    byCard: receipt.byCard,
    byBank: receipt.byBank,
    toBalance: waiting.minor > 0n ? waiting : zero(row.currency),
    toDebt: receipt.toDebt,
    services: receipt.services,
  };
}
