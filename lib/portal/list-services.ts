import type { Row } from "postgres";
import type { ReservedSql } from "@/db/client";
import { isUnderWay } from "@/lib/billing/invoice/invoice-status";
import { priceChange, priceOfTerm, readListPrices } from "@/lib/billing/renewal/term-prices";
import { openOrderDueOn, orderVoidAt } from "@/lib/billing/suspension/order-void-days";
import type { World } from "@/lib/billing/world";
import type { PlanId, ServiceId } from "@/lib/kernel/id";
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
      s.anchor_day, s.plan_id, p.name, p.term_unit, p.term_count, n.id as next_plan_id, n.term_unit as next_unit,
      n.term_count as next_count, (
        select t.starts_at from terms t where t.customer_id = s.customer_id and t.service_id = s.id
          and t.starts_at <= ${now} order by t.starts_at desc limit 1) as runs_since, (
        select coalesce(json_agg(json_build_object('from', l.term_starts_at, 'to', l.term_ends_at, 'net', l.net_minor::text)), '[]')
        from invoice_lines l join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
        where l.customer_id = s.customer_id and l.service_id = s.id and l.kind = 'renewal' and i.state = 'open') as billed, (
        select i.number from invoice_lines l join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
        where l.customer_id = s.customer_id and l.service_id = s.id and i.state = 'open'
        order by i.due_on limit 1) as open_number, exists (
        select from invoice_lines l join invoice_claims c on c.customer_id = l.customer_id and c.invoice_id = l.invoice_id
        where l.customer_id = s.customer_id and l.service_id = s.id and ${isUnderWay(sql)}) as is_being_paid, ${openOrderDueOn(sql)} as order_due_on
    from services s join plans p on p.id = s.plan_id
    join plans n on n.id = case when s.next_plan_at <= s.expires_at then s.next_plan_id else s.plan_id end
    where s.customer_id = ${customerId} and (${id}::uuid is null or s.id = ${id}::uuid)
    order by s.state in ('terminated', 'canceled'), s.expires_at nulls first, s.id limit 500`;
  const pricesOf = await readListPrices(
    sql,
    rows.flatMap((row) => [row.plan_id as PlanId, row.next_plan_id as PlanId]),
  );
  return rows.map((row) => ({
    id: row.id as ServiceId,
    label: row.label,
    planName: row.name,
    state: row.state,
    ...pricesShown(row, pricesOf, today),
    term: { unit: row.term_unit, count: row.term_count },
    expiresAt: row.expires_at,
    isAutoRenew: row.is_auto_renew,
    isEnding: row.is_ending,
    openInvoiceNumber: row.open_number,
    isBeingPaid: row.is_being_paid,
    orderDueOn: row.order_due_on,
    voidsAt: row.order_due_on && orderVoidAt(row.order_due_on, today),
  }));
}

/** What it costs now and from when something else, by the rule of the renewal run; and whether it can be renewed by hand. */
function pricesShown(
  row: Row,
  pricesOf: Awaited<ReturnType<typeof readListPrices>>,
  { now, timeZone }: { now: Date; timeZone: string },
): Pick<ServiceRow, "price" | "nextPrice" | "isRenewable"> {
  const { currency, expires_at: expiresAt, anchor_day: anchorDay } = row;
  const own = pricesOf(row.plan_id, currency);
  const current = priceOfTerm(own, row.runs_since ?? now) ?? priceOfTerm(own, now);
  const price = current && money(current.priceMinor, currency);
  const goesOn = (row.state === "active" || row.state === "suspended") && !row.is_ending;
  if (!goesOn || expiresAt === null || anchorDay === null)
    return { price, nextPrice: null, isRenewable: false };
  const prices = pricesOf(row.next_plan_id, currency);
  const term = { unit: row.next_unit, count: row.next_count };
  const billed = (row.billed as { from: string; to: string; net: string }[]).map(({ from, to, net }) => ({
    startsAt: new Date(from),
    endsAt: new Date(to),
    priceMinor: BigInt(net),
  }));
  const change = priceChange(
    { expiresAt, anchorDay, term, prices, billed },
    { priceMinor: current?.priceMinor ?? null, term: { unit: row.term_unit, count: row.term_count } },
    timeZone,
  );
  return {
    price,
    nextPrice: change && { price: money(change.priceMinor, currency), term, at: change.at },
    isRenewable: (priceOfTerm(prices, expiresAt)?.priceMinor ?? 0n) > 0n,
  };
}
