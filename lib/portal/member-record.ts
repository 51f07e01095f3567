import type { ReservedSql } from "@/db/client";
import type { World } from "@/lib/billing/world";
import { newId } from "@/lib/kernel/id";
import type { CustomerActor } from "./shapes";

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
