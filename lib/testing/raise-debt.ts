import type postgres from "postgres";
import { type CustomerId, newId } from "@/lib/kernel/id";

/** Debt as a lost dispute leaves it, without the dispute: for tests of what is shown, whose books are not asked. */
export async function raiseDebt(
  owner: postgres.Sql<{ bigint: bigint }>,
  customerId: CustomerId,
  minor: bigint,
): Promise<void> {
  await owner`
    insert into balances (customer_id, currency) values (${customerId}, 'USD') on conflict do nothing`;
  await owner`
    insert into transfers (customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, occurred_at, value_date)
    select ${customerId}, ${newId()}, 'USD', 1000000, 'posted', 'customer_debt', 'disputed', ${String(minor)}, 'dispute_lost',
      now(), now()::date`;
}
