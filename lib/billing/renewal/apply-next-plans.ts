import { bulkStatement } from "@/db/bulk-statement";
import type { ReservedSql, Sql } from "@/db/client";
import { transact } from "@/db/transaction";
import { type CustomerId, uuidv7 } from "@/lib/kernel/id";
import { changePartsOfMany } from "../change-parts";
import { noChanges } from "../changes";
import type { World } from "../world";
import { isNotParked, isOfTheData, orPark } from "./park-customer";

const batchMost = 500;

/**
 * Gives services the plan that was chosen for a term, once that term has begun and is paid: until then they have what
 * they had. Safe to run twice and in two workers: what is done is chosen no more. Where a batch fails for what is in it,
 * its customers are taken one by one, and whoever spoils it is parked for staff. Returns how many were changed.
 */
export async function applyNextPlans(world: World): Promise<number> {
  let total = 0;
  for (;;) {
    const changed = await applyBatch(world, null).catch((error) => {
      if (isOfTheData(error)) return applyEach(world);
      throw error;
    });
    total += changed;
    if (changed < batchMost) return total;
  }
}

async function applyEach(world: World): Promise<number> {
  const { sql } = world.jobs;
  const customers = await sql`
    select distinct s.customer_id from services s where ${isDue(sql, world.clock.now())}
    order by s.customer_id limit ${batchMost}`;
  let total = 0;
  for (const { customer_id: customerId } of customers) {
    const changed = await orPark(world, customerId, () => applyBatch(world, customerId));
    if (changed !== "parked") total += changed;
  }
  return total;
}

function isDue<S extends Sql | ReservedSql>(sql: S, now: Date) {
  return sql`s.next_plan_id is not null and s.next_plan_at <= ${now} and s.expires_at > s.next_plan_at
    and s.state in ('active', 'suspended') and ${isNotParked(sql, "s.customer_id")}`;
}

/** Of all customers, or of one. */
function applyBatch(world: World, customerId: CustomerId | null): Promise<number> {
  const now = world.clock.now();
  return transact(world.jobs, {}, async ({ sql }) => {
    const due = await sql`
      select s.customer_id, s.id, s.next_plan_id, o.name as from_name, n.name as to_name from services s
      join plans o on o.id = s.plan_id join plans n on n.id = s.next_plan_id
      where ${isDue(sql, now)} ${customerId ? sql`and s.customer_id = ${customerId}` : sql``}
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
