import { transact } from "@/db/transaction";
import { type CalendarDay, calendarDay, daysBetween } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { renewsByItself, willBeCharged } from "../auto-pay/will-be-charged";
import { readDebtsOf } from "../payment/debt";
import type { World } from "../world";
import { recordReminders } from "./record-reminders";

const firstDay = "1970-01-01" as CalendarDay;

/**
 * Tells customers whose balance misses more for what renews than the last mail said (domain.md, A5): it fell, or another
 * invoice was issued. Once a day at most; recorded with the first invoice that waits for it, under the day. Returns how many
 * were recorded.
 */
export async function remindOfShortfalls(world: World, customersMost = 500): Promise<number> {
  const today = calendarDay(world.clock.now(), world.timeZone);
  let recorded = 0;
  let after: CustomerId | null = null;
  for (;;) {
    const waiting: Waiting[] = await toldInvoices(world, after, customersMost);
    const end = waiting.at(-1);
    if (!end) return recorded;
    const customers = [...new Set(waiting.map((one) => one.customerId))];
    const debts = await transact(world.jobs, {}, ({ sql }) => readDebtsOf(sql, customers));
    const risen = waiting.filter(({ customerId, currency, missingMinor, toldMinor }) => {
      const debtMinor = debts.get(customerId)?.get(currency) ?? 0n;
      return missingMinor + debtMinor > 0n && missingMinor + debtMinor > toldMinor;
    });
    recorded += await recordReminders(
      world,
      today,
      risen.map(({ customerId, invoiceId }) => ({
        customerId,
        kind: "shortfall",
        subjectId: invoiceId,
        stage: daysBetween(firstDay, today),
      })),
    );
    after = end.customerId;
  }
}

interface Waiting {
  customerId: CustomerId;
  currency: Currency;
  /** The first due of them. */
  invoiceId: InvoiceId;
  /** What is open less what is available; may be negative. */
  missingMinor: bigint;
  /** What the last mail about any of them said that is missing. */
  toldMinor: bigint;
}

async function toldInvoices(
  world: World,
  after: CustomerId | null,
  customersMost: number,
): Promise<Waiting[]> {
  const { sql } = world.jobs;
  const rows = await sql`
    with open as materialized (
      select i.customer_id, i.id, i.currency, i.due_on,
        i.total_minor - i.amount_paid_minor - i.amount_credited_minor as remaining_minor
      from invoices i
      join customers c on c.id = i.customer_id and c.closed_at is null
      where i.state = 'open' and i.origin = 'renewal' and i.customer_id > ${after ?? "00000000-0000-0000-0000-000000000000"}
        and not ${willBeCharged(sql, world.clock.now(), world.timeZone)} and ${renewsByItself(sql)}
        and not exists (select from invoice_claims k where k.customer_id = i.customer_id and k.invoice_id = i.id)
    ), chosen as (
      select distinct customer_id from open order by customer_id limit ${customersMost}
    ), sums as (
      select o.customer_id, o.currency, sum(o.remaining_minor)::bigint as open_minor, array_agg(o.id order by o.due_on, o.id) as ids
      from open o join chosen using (customer_id) group by o.customer_id, o.currency
    )
    select s.customer_id, s.currency, s.ids[1] as invoice_id,
      s.open_minor - coalesce(b.posted_minor - b.held_minor, 0) as missing_minor,
      coalesce((t.shortfalls ->> s.currency)::bigint, 0) as told_minor
    from sums s
    left join balances b on b.customer_id = s.customer_id and b.currency = s.currency
    join lateral (
      select n.shortfalls from reminders r
      join notices n on n.customer_id = r.customer_id and n.id = r.outbox_id and n.state in ('sent', 'bounced', 'undeliverable')
      where r.customer_id = s.customer_id and r.subject_id = any(s.ids)
        and r.kind in ('invoice_issued', 'invoice_due', 'shortfall')
      order by n.created_at desc limit 1) t on true
    order by s.customer_id, s.currency`;
  return rows.map((row) => ({
    customerId: row.customer_id,
    currency: row.currency,
    invoiceId: row.invoice_id,
    missingMinor: row.missing_minor,
    toldMinor: row.told_minor,
  }));
}
