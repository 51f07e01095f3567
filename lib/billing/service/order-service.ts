import type { Database } from "@/db/client";
import type { TermLength } from "@/lib/kernel/calendar";
import { type CustomerId, newId, type PlanId, type ServiceId } from "@/lib/kernel/id";
import { type Currency, money } from "@/lib/kernel/money";
import { dueIn } from "../invoice/days-from-due";
import { type IssuedInvoice, issueInvoices } from "../invoice/issue-invoices";
import type { World } from "../world";

/** How long an order may be paid before it is past due. */
const orderDueDays = 7;

/**
 * Orders a service: it stands pending with its first invoice, and is activated when that is paid. Throws if the plan
 * has no price in the currency: what can be ordered is shown with its price.
 */
export async function orderService(
  world: World,
  database: Database,
  order: { customerId: CustomerId; planId: PlanId; label: string; currency: Currency; isAutoRenew: boolean },
): Promise<{ serviceId: ServiceId; invoice: IssuedInvoice }> {
  const now = world.clock.now();
  const serviceId = newId<ServiceId>(world.clock);
  const [invoice] = await issueInvoices(world, database, order.customerId, async ({ sql }) => {
    const plan = await pricedPlan(sql, order.planId, order.currency, now);
    await sql`
      insert into services (customer_id, id, plan_id, label, state, currency, is_auto_renew, created_at)
      values (${order.customerId}, ${serviceId}, ${order.planId}, ${order.label}, 'pending', ${order.currency},
        ${order.isAutoRenew}, ${now})`;
    return [
      {
        origin: "order" as const,
        currency: order.currency,
        summary: order.label,
        dueOn: dueIn(orderDueDays, now, world.timeZone),
        lines: [
          {
            kind: "order" as const,
            description: `${order.label}: ${plan.name}`,
            quantity: 1,
            unit: money(plan.priceMinor, order.currency),
            service: { id: serviceId, planId: order.planId, term: plan.term },
          },
        ],
      },
    ];
  });
  if (!invoice) throw new Error("an order has its invoice");
  return { serviceId, invoice };
}

export interface PricedPlan {
  name: string;
  term: TermLength;
  leadDays: number;
  priceMinor: bigint;
}

/** A plan with its net price at an instant (the term's start). Minor units. */
export async function pricedPlan(
  sql: Parameters<Parameters<typeof issueInvoices>[3]>[0]["sql"],
  planId: PlanId,
  currency: Currency,
  at: Date,
): Promise<PricedPlan> {
  const [row] = await sql`
    select p.name, p.term_unit, p.term_count, p.lead_days, (
      select price_minor from plan_prices x where x.plan_id = p.id and x.currency = ${currency} and x.valid_from <= ${at}
      order by valid_from desc limit 1) as price_minor
    from plans p where p.id = ${planId}`;
  if (!row || row.price_minor === null) throw new Error(`the plan has no price in ${currency}`);
  return {
    name: row.name,
    term: { unit: row.term_unit, count: row.term_count },
    leadDays: row.lead_days,
    priceMinor: row.price_minor,
  };
}
