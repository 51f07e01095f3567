import type { ReservedSql } from "@/db/client";
import type { CustomerId, PaymentId } from "@/lib/kernel/id";
import { type Currency, least } from "@/lib/kernel/money";
import type { Decision } from "../decision";

/** What a customer owes in each currency in which they owe anything. Minor units. */
export async function readDebts(sql: ReservedSql, customerId: CustomerId): Promise<Map<Currency, bigint>> {
  return (await readDebtsOf(sql, [customerId])).get(customerId) ?? new Map();
}

/** The same of several customers at once. */
export async function readDebtsOf(
  sql: ReservedSql,
  customerIds: readonly CustomerId[],
): Promise<Map<CustomerId, Map<Currency, bigint>>> {
  const rows = await sql`
    select customer_id, currency,
      sum(case when debit = 'customer_debt' then amount_minor else -amount_minor end)::bigint as minor
    from transfers
    where customer_id = any(${[...customerIds]}::uuid[]) and (debit = 'customer_debt' or credit = 'customer_debt')
    group by customer_id, currency`;
  const debts = new Map<CustomerId, Map<Currency, bigint>>();
  for (const row of rows) {
    const own = debts.get(row.customer_id) ?? new Map<Currency, bigint>();
    debts.set(row.customer_id, own.set(row.currency, row.minor));
  }
  return debts;
}

/** What a customer owes for money that their bank took back, as the ledger has it. Minor units, never negative. */
export async function readDebt(
  sql: ReservedSql,
  customerId: CustomerId,
  currency: Currency,
): Promise<bigint> {
  const [row] = await sql`
    select coalesce(sum(case when debit = 'customer_debt' then amount_minor else -amount_minor end), 0)::bigint as minor
    from transfers
    where customer_id = ${customerId} and currency = ${currency}
      and (debit = 'customer_debt' or credit = 'customer_debt')`;
  return row?.minor ?? 0n;
}

/**
 * Pays debt from what is available, before any invoice (domain.md, The ledger). Whoever owes therefore has nothing
 * available, so that only what raises the balance has to think of it. `owedMinor` is what stood before this decision.
 * The money of `sourcePaymentId`, which brought some, goes first and its transfer carries it, so that its receipt says so;
 * what a hold released meanwhile pays is a transfer of its own.
 */
export function payDebt(
  decision: Decision,
  currency: Currency,
  owedMinor: bigint,
  sourcePaymentId: PaymentId | null = null,
): void {
  const book = decision.book(currency);
  const debtMinor = owedMinor + book.debtRaisedMinor;
  const { availableMinor } = book;
  const amountMinor = least(debtMinor, availableMinor);
  if (amountMinor <= 0n) return;
  const broughtMinor = sourcePaymentId ? least(amountMinor, book.broughtMinor(sourcePaymentId)) : 0n;
  const pay = { debit: "customer_balance", credit: "customer_debt", reason: "debt_paid" } as const;
  if (broughtMinor > 0n) book.transfer({ ...pay, amountMinor: broughtMinor, paymentId: sourcePaymentId });
  const restMinor = amountMinor - broughtMinor;
  if (restMinor > 0n) book.transfer({ ...pay, amountMinor: restMinor });
  decision.record({
    subject: "balance",
    subjectId: decision.context.customerId,
    verb: "debt_paid",
    detail: { amountMinor: amountMinor.toString(), currency },
  });
}
