import type { ReservedSql } from "@/db/client";
import { isUnderWay } from "@/lib/billing/invoice/invoice-status";
import { openOrderDueOn, orderVoidAt } from "@/lib/billing/suspension/order-void-days";
import type { World } from "@/lib/billing/world";
import type { ServiceId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { may, mayPay } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor, ServiceRow } from "./shapes";
import { portalWorld } from "./world";

/** All services of a customer: what runs first by expiry, what has ended last; and whether the member may change them. */
export function listServices(
  actor: CustomerActor,
  world: World = portalWorld(),
): Promise<{ services: ServiceRow[]; canChange: boolean; canPay: boolean }> {
  const today = { now: world.clock.now(), timeZone: world.timeZone };
  return readAs(world, actor, async (sql) => {
    const [canChange, canPay, services] = await Promise.all([
      may(sql, actor, "services.change"),
      mayPay(sql, actor),
      readServiceRows(sql, actor, today),
    ]);
    return { services, canChange, canPay };
  });
}

/** All services as a list shows them, or the one that is asked for. */
export async function readServiceRows(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  today: { now: Date; timeZone: string },
  id: ServiceId | null = null,
): Promise<ServiceRow[]> {
  const { now } = today;
  const rows = await sql`
    select s.id, s.label, s.state, s.currency, s.expires_at, s.is_auto_renew, s.cancel_requested_at is not null as is_ending,
      p.name, p.term_unit, p.term_count, (
        select price_minor from plan_prices x where x.plan_id = s.plan_id and x.currency = s.currency
          and x.valid_from <= ${now} order by valid_from desc limit 1) as price_minor, (
        select i.number from invoice_lines l join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
        where l.customer_id = s.customer_id and l.service_id = s.id and i.state = 'open'
        order by i.due_on limit 1) as open_number, exists (
        select from invoice_lines l join invoice_claims c on c.customer_id = l.customer_id and c.invoice_id = l.invoice_id
        where l.customer_id = s.customer_id and l.service_id = s.id and ${isUnderWay(sql)}) as is_being_paid, ${openOrderDueOn(sql)} as order_due_on
    from services s join plans p on p.id = s.plan_id
    where s.customer_id = ${customerId} and (${id}::uuid is null or s.id = ${id}::uuid)
    order by s.state in ('terminated', 'canceled'), s.expires_at nulls first, s.id limit 500`;
  return rows.map((row) => ({
    id: row.id as ServiceId,
    label: row.label,
    planName: row.name,
    state: row.state,
    price: row.price_minor === null ? null : money(row.price_minor, row.currency),
    term: { unit: row.term_unit, count: row.term_count },
    expiresAt: row.expires_at,
    isAutoRenew: row.is_auto_renew,
    isEnding: row.is_ending,
    isRenewable:
      (row.state === "active" || row.state === "suspended") && !row.is_ending && row.price_minor > 0n,
    openInvoiceNumber: row.open_number,
    isBeingPaid: row.is_being_paid,
    orderDueOn: row.order_due_on,
    voidsAt: row.order_due_on && orderVoidAt(row.order_due_on, today),
  }));
}
