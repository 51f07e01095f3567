import type { ReservedSql } from "@/db/client";
import { isUnderWay } from "@/lib/billing/invoice/invoice-status";
import { pricedBy, readPricesOf } from "@/lib/billing/renewal/service-prices";
import { openOrderDueOn, orderVoidAt } from "@/lib/billing/suspension/order-void-days";
import type { World } from "@/lib/billing/world";
import type { ServiceId } from "@/lib/kernel/id";
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
  const priced = pricedBy(sql, today.now);
  const rows = await sql`
    select s.id, s.label, s.is_auto_renew, p.name, ${priced.columns}, (
        select i.number from invoice_lines l join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
        where l.customer_id = s.customer_id and l.service_id = s.id and i.state = 'open'
        order by i.due_on limit 1) as open_number, exists (
        select from invoice_lines l join invoice_claims c on c.customer_id = l.customer_id and c.invoice_id = l.invoice_id
        where l.customer_id = s.customer_id and l.service_id = s.id and ${isUnderWay(sql)}) as is_being_paid, ${openOrderDueOn(sql)} as order_due_on
    from services s join plans p on p.id = s.plan_id ${priced.join}
    where s.customer_id = ${customerId} and (${id}::uuid is null or s.id = ${id}::uuid)
    order by s.state in ('terminated', 'canceled'), s.expires_at nulls first, s.id limit 500`;
  const pricesOf = await readPricesOf(sql, rows, today);
  return rows.map((row) => ({
    id: row.id as ServiceId,
    label: row.label,
    planName: row.name,
    state: row.state,
    ...pricesOf(row),
    expiresAt: row.expires_at,
    isAutoRenew: row.is_auto_renew,
    isEnding: row.cancel_requested_at !== null,
    openInvoiceNumber: row.open_number,
    isBeingPaid: row.is_being_paid,
    orderDueOn: row.order_due_on,
    voidsAt: row.order_due_on && orderVoidAt(row.order_due_on, today),
  }));
}
