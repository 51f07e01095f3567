import { transact } from "@/db/transaction";
import type { CustomerId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { Decision } from "../decision";
import { settleWhatWaits } from "../payment/settle-what-waits";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { isNotParked, orPark } from "./park-customer";

/**
 * Tries the balance for every open auto-renew invoice that it covers (domain.md, Renewing: "the daily run also tries").
 * Money that arrives settles them at once, so there is work here only where something else changed: a claim that ended in
 * a crash, a service that renews by itself again. One transaction a customer; one whose data is odd is parked for staff, and
 * the others go on. Returns how many invoices were paid.
 */
export async function settleCovered(world: World): Promise<number> {
  let paid = 0;
  for (const { customerId, currency } of await coveredCustomers(world)) {
    const settled = await orPark(world, customerId, () => settleOne(world, customerId, currency));
    if (settled !== "parked") paid += settled;
  }
  return paid;
}

interface Covered {
  customerId: CustomerId;
  currency: Currency;
}

/** Customers who have an invoice that would renew by itself, and the money for it. */
async function coveredCustomers(world: World): Promise<Covered[]> {
  const { sql } = world.jobs;
  const rows = await sql`
    select distinct i.customer_id, i.currency from invoices i
    join balances b on b.customer_id = i.customer_id and b.currency = i.currency
      and b.posted_minor - b.held_minor >= i.total_minor - i.amount_paid_minor - i.amount_credited_minor
    where i.state = 'open' and i.origin = 'renewal'
      and ${isNotParked(sql, "i.customer_id")}
      and not exists (select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id)
      and not exists (
        select from invoice_lines l join services s on s.customer_id = l.customer_id and s.id = l.service_id
        where l.customer_id = i.customer_id and l.invoice_id = i.id
          and (not s.is_auto_renew or s.state not in ('active', 'suspended') or s.expires_at <> l.term_starts_at))
    order by i.customer_id, i.currency limit 10000`;
  return rows.map((row) => ({ customerId: row.customer_id, currency: row.currency }));
}

function settleOne(world: World, customerId: CustomerId, currency: Currency): Promise<number> {
  return transact(world.jobs, { customerId }, async (tx) => {
    const { clock, timeZone } = world;
    const balances = await lockBalances(tx.sql, customerId);
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "system" as const, userId: null };
    const decision = new Decision(context, balances);
    await settleWhatWaits(tx, decision, currency);
    return decision.invoicesPaid.length;
  });
}
