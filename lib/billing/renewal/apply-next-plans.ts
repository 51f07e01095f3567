import { bulkStatement } from "@/db/bulk-statement";
import { transact } from "@/db/transaction";
import { uuidv7 } from "@/lib/kernel/id";
import { changePartsOfMany } from "../change-parts";
import { noChanges } from "../changes";
import type { World } from "../world";

const batchMost = 500;

/**
 * Gives services the plan that was chosen for a term, once that term has begun and is paid: until then they have what
 * they had. Safe to run twice and in two workers: what is done is chosen no more. Returns how many were changed.
 */
export async function applyNextPlans(world: World): Promise<number> {
  let total = 0;
  for (;;) {
    const changed = await applyBatch(world);
    total += changed;
    if (changed < batchMost) return total;
  }
}

function applyBatch(world: World): Promise<number> {
  const now = world.clock.now();
  return transact(world.jobs, {}, async ({ sql }) => {
    const due = await sql`
      select s.customer_id, s.id, s.next_plan_id, o.name as from_name, n.name as to_name from services s
      join plans o on o.id = s.plan_id join plans n on n.id = s.next_plan_id
      where s.next_plan_id is not null and s.next_plan_at <= ${now} and s.expires_at > s.next_plan_at
        and s.state in ('active', 'suspended')
      order by s.customer_id, s.id limit ${batchMost} for update of s skip locked`;
    if (due.length === 0) return 0;
    const named = JSON.stringify(due.map(({ customer_id, id }) => ({ customer_id, id })));
    await sql`
      update services s set plan_id = s.next_plan_id, next_plan_id = null, next_plan_at = null
      from json_to_recordset(${named}::text::json) as t(customer_id uuid, id uuid)
      where s.customer_id = t.customer_id and s.id = t.id`;
    const decided = due.map((row) => ({
      customerId: row.customer_id,
      changes: {
        ...noChanges(),
        activities: [
          {
            id: uuidv7(world.clock),
            occurred_at: now,
            actor: "system" as const,
            user_id: null,
            subject: "service" as const,
            subject_id: row.id as string,
            verb: "plan_changed",
            detail: { from: row.from_name as string, to: row.to_name as string, startsAt: now.toISOString() },
            is_visible: true,
          },
        ],
        outbox: [
          {
            id: uuidv7(world.clock),
            topic: "service.plan_changed" as const,
            payload: { serviceId: row.id as string, planId: row.next_plan_id as string },
            created_at: now,
          },
        ],
      },
    }));
    await bulkStatement(sql, changePartsOfMany(decided));
    return due.length;
  });
}
