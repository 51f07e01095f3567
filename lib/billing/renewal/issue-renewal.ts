import type { Database } from "@/db/client";
import { type CustomerId, newId, type RenewalId, type ServiceId } from "@/lib/kernel/id";
import { type IssuedInvoice, issueInvoices } from "../invoice/issue-invoices";
import { pricedPlan } from "../service/order-service";
import type { World } from "../world";
import { renewalDraft } from "./renewal-draft";

/**
 * Issues the invoice of a service's next term: its dates fixed and printed, the price that of the term's start. Once
 * per (service, term): null if that term has its renewal already, or the service runs no more.
 */
export async function issueRenewal(
  world: World,
  database: Database,
  { customerId, serviceId }: { customerId: CustomerId; serviceId: ServiceId },
): Promise<IssuedInvoice | null> {
  const now = world.clock.now();
  const [invoice] = await issueInvoices(world, database, customerId, async ({ sql }) => {
    const [service] = await sql`
      select case when next_plan_at <= expires_at then next_plan_id else plan_id end as plan_id, label, currency,
        anchor_day, expires_at
      from services
      where customer_id = ${customerId} and id = ${serviceId} and state in ('active', 'suspended')
        and cancel_requested_at is null for update`;
    if (!service) return [];
    const startsAt: Date = service.expires_at;
    const plan = await pricedPlan(sql, service.plan_id, service.currency, startsAt);
    const renewalId = newId<RenewalId>(world.clock);
    const made = await sql`
      insert into renewals (customer_id, id, service_id, term_starts_at, state)
      values (${customerId}, ${renewalId}, ${serviceId}, ${startsAt}, 'due')
      on conflict (customer_id, service_id, term_starts_at) do nothing returning 1`;
    if (made.length === 0) return [];
    const { plan_id: planId, label, currency, anchor_day: anchorDay } = service;
    const next = { id: serviceId, planId, label, anchorDay };
    return [
      renewalDraft(
        { renewalId, service: next, plan, currency, priceMinor: plan.priceMinor, startsAt },
        now,
        world.timeZone,
      ),
    ];
  });
  return invoice ?? null;
}
