import type { Database } from "@/db/client";
import { addDays, termEnd } from "@/lib/kernel/calendar";
import { type CustomerId, newId, type RenewalId, type ServiceId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { type IssuedInvoice, issueInvoices } from "../invoice/issue-invoices";
import { pricedPlan } from "../service/order-service";
import type { World } from "../world";

/** An invoice is due at expiry, but at least so many days after its issue (domain.md, Renewing). */
const dueAfterIssueDays = 3;

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
      select plan_id, label, currency, anchor_day, expires_at from services
      where customer_id = ${customerId} and id = ${serviceId} and state in ('active', 'suspended') for update`;
    if (!service) return [];
    const startsAt: Date = service.expires_at;
    const plan = await pricedPlan(sql, service.plan_id, service.currency, startsAt);
    const renewalId = newId<RenewalId>(world.clock);
    const made = await sql`
      insert into renewals (customer_id, id, service_id, term_starts_at, state)
      values (${customerId}, ${renewalId}, ${serviceId}, ${startsAt}, 'due')
      on conflict (customer_id, service_id, term_starts_at) do nothing returning 1`;
    if (made.length === 0) return [];
    const earliestDueAt = addDays(now, dueAfterIssueDays, world.timeZone);
    return [
      {
        origin: "renewal" as const,
        currency: service.currency,
        summary: service.label,
        dueAt: startsAt > earliestDueAt ? startsAt : earliestDueAt,
        lines: [
          {
            kind: "renewal" as const,
            description: `${service.label}: ${plan.name}`,
            quantity: 1,
            unit: money(plan.priceMinor, service.currency),
            service: { id: serviceId, planId: service.plan_id, term: plan.term },
            renewal: {
              id: renewalId,
              startsAt,
              endsAt: termEnd(startsAt, plan.term, service.anchor_day, world.timeZone),
            },
          },
        ],
      },
    ];
  });
  return invoice ?? null;
}
