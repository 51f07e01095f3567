import type { ReservedSql } from "@/db/client";
import type { World } from "@/lib/billing/world";
import { newId } from "@/lib/kernel/id";
import type { CustomerActor } from "./shapes";

/**
 * Of two who change the members at once the second waits here, and then reads what the first left. The customer's row
 * stands for all of its members: also for those who are only joining.
 */
export function lockMembers(sql: ReservedSql, { customerId }: Pick<CustomerActor, "customerId">) {
  return sql`select from customers where id = ${customerId} for no key update`.execute();
}

/** What members did among themselves, in the customer's record. */
export function recordOfMember(
  world: Pick<World, "clock">,
  sql: ReservedSql,
  { customerId, userId }: Pick<CustomerActor, "customerId" | "userId">,
  verb: string,
  detail: object,
) {
  return sql`
    insert into activities (customer_id, id, occurred_at, actor, user_id, subject, subject_id, verb, detail, is_visible)
    values (${customerId}, ${newId(world.clock)}, ${world.clock.now()}, 'customer', ${userId}, 'customer', ${customerId},
      ${verb}, ${JSON.stringify(detail)}::text::jsonb, true)`;
}
