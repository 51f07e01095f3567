import type { ReservedSql } from "@/db/client";
import type { CustomerId } from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";
import { renewsByItself } from "../auto-pay/will-be-charged";
import { readDebts } from "./debt";

/** What the balance is short of for the renewals that wait for it, and their numbers, oldest due first. */
export interface StillShort {
  amount: Money;
  numbers: string[];
}

/**
 * What is still missing for all open renewals of services that renew by themselves, after money arrived (domain.md,
 * Renewing: "The receipt says ... what is still short"); null if nothing is. Without locks: to tell.
 */
export async function readStillShort(
  sql: ReservedSql,
  customerId: CustomerId,
  currency: Currency,
): Promise<StillShort | null> {
  const [rows, [balance], debts] = await Promise.all([
    sql`
      select i.number, i.total_minor - i.amount_paid_minor - i.amount_credited_minor as remaining_minor from invoices i
      where i.customer_id = ${customerId} and i.state = 'open' and i.currency = ${currency} and ${renewsByItself(sql)}
        and not exists (select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id)
      order by i.due_on, i.id`,
    sql`
      select posted_minor - held_minor as available_minor from balances
      where customer_id = ${customerId} and currency = ${currency}`,
    readDebts(sql, customerId),
  ]);
  const waitingMinor = rows.reduce((total, row) => total + (row.remaining_minor as bigint), 0n);
  const availableMinor =
    ((balance?.available_minor as bigint | undefined) ?? 0n) - (debts.get(currency) ?? 0n);
  const shortMinor = waitingMinor - availableMinor;
  if (rows.length === 0 || shortMinor <= 0n) return null;
  return { amount: money(shortMinor, currency), numbers: rows.map((row) => row.number) };
}
