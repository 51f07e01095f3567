import { transact } from "@/db/transaction";
import type { CustomerId, ServiceId } from "@/lib/kernel/id";
import { Decision } from "../decision";
import { write } from "../payment/write";
import { lockBalances, serviceRecordOf } from "../scene";
import type { World } from "../world";
import { isNotParked, orPark } from "./park-customer";

/**
 * Ends services whose last paid term is over and which the customer has cancelled to that day (domain.md, States). One
 * transaction a service; what is done is no longer found, so it may run twice or be killed anywhere. A customer whose data
 * is odd is parked for staff, and the others' go on. Returns how many ended.
 */
export async function endCancelled(world: World, most = 1_000): Promise<number> {
  const { sql } = world.jobs;
  let ended = 0;
  for (;;) {
    const rows = await sql`
      select s.customer_id, s.id from services s
      where s.cancel_requested_at is not null and s.state in ('active', 'suspended')
        and s.expires_at <= ${world.clock.now()} and ${isNotParked(sql, "s.customer_id")}
      order by s.customer_id, s.id limit ${most}`;
    for (const row of rows) {
      if ((await orPark(world, row.customer_id, () => endOne(world, row.customer_id, row.id))) === true)
        ended += 1;
    }
    // Whatever was listed has ended, here or by another worker, or its customer is parked: none is listed again.
    if (rows.length < most) return ended;
  }
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
