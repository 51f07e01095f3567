import { likeOf } from "@/db/like";
import type { CustomerId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { numberSearch } from "./number-search";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export interface FoundCustomer {
  id: CustomerId;
  reference: string;
  name: string;
  email: string;
  isClosed: boolean;
  /** On open invoices, and as debt; in the customer's own currency. */
  owed: Money;
  available: Money;
}

const rowsMost = 50;

/**
 * Customers whose name, e-mail address or reference contains the text, or one of whose invoices has that number; by
 * name, at most fifty: whoever looks for one writes more of it. Every role of staff may look.
 */
export async function findCustomers(
  _actor: StaffActor,
  { text }: { text: string },
  world: StaffWorld = staffWorld(),
): Promise<FoundCustomer[]> {
  const wanted = text.replaceAll("\0", "").trim().slice(0, 100);
  const like = likeOf(wanted) ?? "%";
  // The registry of numbers knows whose an invoice is, over all customers.
  const { series = null, sequence = null } = numberSearch(wanted) ?? {};
  const rows = await world.staff.sql`
    select c.id, c.reference, c.name, c.email, c.currency, c.closed_at,
      (coalesce((select sum(total_minor - amount_paid_minor - amount_credited_minor) from invoices i
        where i.customer_id = c.id and i.state = 'open' and i.currency = c.currency), 0)
        + coalesce((select sum(case when t.debit = 'customer_debt' then t.amount_minor else -t.amount_minor end)
          from transfers t where t.customer_id = c.id and t.currency = c.currency
            and (t.debit = 'customer_debt' or t.credit = 'customer_debt')), 0))::bigint as owed_minor,
      coalesce((select posted_minor - held_minor from balances b
        where b.customer_id = c.id and b.currency = c.currency), 0)::bigint as available_minor
    from customers c
    where not c.is_house and (normalize(c.name) ilike ${like} or normalize(c.email) ilike ${like} or normalize(c.reference) ilike ${like}
      or c.id in (select n.customer_id from invoice_numbers n
        where n.series in (select key from invoice_series where ${series}::text is null or key = ${series})
          and n.sequence = ${sequence}::bigint))
    order by c.name, c.id limit ${rowsMost}`;
  return rows.map((row) => ({
    id: row.id,
    reference: row.reference,
    name: row.name,
    email: row.email,
    isClosed: row.closed_at !== null,
    owed: money(row.owed_minor, row.currency),
    available: money(row.available_minor, row.currency),
  }));
}
