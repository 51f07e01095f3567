import { transact } from "@/db/transaction";
import type { CustomerId, ServiceId } from "@/lib/kernel/id";
import { Decision } from "../decision";
import { write } from "../payment/write";
import { lockBalances, serviceRecordOf } from "../scene";
import type { World } from "../world";

/**
 * Ends services whose last paid term is over and which the customer has cancelled to that day (domain.md, States). One
 * transaction a service; what is done is no longer found, so it may run twice or be killed anywhere. Returns how many ended.
 */
export async function endCancelled(world: World): Promise<number> {
  const rows = await world.jobs.sql`
    select customer_id, id from services
    where cancel_requested_at is not null and state in ('active', 'suspended') and expires_at <= ${world.clock.now()}
    order by customer_id, id limit 1000`;
  let ended = 0;
  for (const row of rows) {
    if (await endOne(world, row.customer_id, row.id)) ended += 1;
  }
  return ended;
}

function endOne(world: World, customerId: CustomerId, serviceId: ServiceId): Promise<boolean> {
  return transact(world.jobs, { customerId }, async (tx) => {
    const now = world.clock.now();
    const balances = await lockBalances(tx.sql, customerId);
    const [row] = await tx.sql`
      select id, plan_id, label, state, is_auto_renew, anchor_day, expires_at from services
      where customer_id = ${customerId} and id = ${serviceId} and cancel_requested_at is not null
        and state in ('active', 'suspended') and expires_at <= ${now} for update`;
    if (!row) return false;
    const service = serviceRecordOf(row);
    const { clock, timeZone } = world;
    const context = { customerId, now, clock, timeZone, actor: "system" as const, userId: null };
    const decision = new Decision(context, balances);
    decision.see({ invoices: [], lines: [], services: [service] });
    decision.changeService({ ...service, state: "canceled" });
    decision.record({ subject: "service", subjectId: serviceId, verb: "service_ended" });
    decision.tell("service.canceled", { serviceId });
    write(tx, customerId, decision);
    return true;
  });
}
