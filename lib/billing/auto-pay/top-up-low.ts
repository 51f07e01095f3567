import type { CustomerId } from "@/lib/kernel/id";
import { isOfTheData, parkCustomer } from "../renewal/park-customer";
import type { World } from "../world";
import { charge } from "./charge";
import { startAutoTopUp } from "./start-auto-top-up";

/** Tops up, for customers who turned it on, what fell below their threshold. Returns how many cards were charged. */
export async function topUpLow(world: World, most = 500): Promise<number> {
  const rows = await world.jobs.sql`
    select t.customer_id, t.currency from auto_top_ups t
    join auto_charges a on a.customer_id = t.customer_id and a.stopped_at is null
    join customers c on c.id = t.customer_id and c.closed_at is null
    left join balances b on b.customer_id = t.customer_id and b.currency = t.currency
    where t.is_on and coalesce(b.posted_minor - b.held_minor, 0) < t.threshold_minor
      and not exists (select from payments p where p.customer_id = t.customer_id and p.kind = 'top_up'
        and p.origin = 'auto' and p.currency = t.currency
        and (p.ended_at is null or (p.state <> 'succeeded' and p.created_at > ${anHourAgo(world)})))
      and not exists (select from tasks k where k.customer_id = t.customer_id and k.kind = 'renewal_parked'
        and k.subject_id = t.customer_id::text and k.done_at is null)
    order by t.customer_id, t.currency limit ${most}`;
  let charged = 0;
  for (const { customer_id, currency } of rows) {
    const customerId = customer_id as CustomerId;
    try {
      const paymentId = await startAutoTopUp(world, { customerId, currency, invoiceIds: null });
      if (!paymentId) continue;
      charged += 1;
      await charge(world, { customerId, paymentId });
    } catch (error) {
      if (!isOfTheData(error)) throw error;
      await parkCustomer(world, customerId, error);
    }
  }
  return charged;
}

function anHourAgo({ clock }: World): Date {
  return new Date(clock.now().getTime() - 3_600_000);
}
