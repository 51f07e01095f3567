import type { ReservedSql, Sql } from "@/db/client";
import { constraintName, sqlState } from "@/db/transaction";
import { AssertionFailure } from "@/lib/kernel/assert";
import { type CustomerId, newId, type TaskId } from "@/lib/kernel/id";
import { writeLog } from "@/lib/kernel/log";
import type { World } from "../world";

/**
 * Whether work failed for what is in it, and not because the database is away: what a constraint, a cast or an
 * assertion of ours refused. Anything else is thrown on, and the next run finds the same work.
 */
export function isOfTheData(error: unknown): boolean {
  if (error instanceof AssertionFailure || error instanceof RangeError) return true;
  return /^(22|23|P0)/.test(sqlState(error) ?? "");
}

/** That staff have not still to look at the customer whose id stands in this column, such as `s.customer_id`. */
export function isNotParked<S extends Sql | ReservedSql>(sql: S, column: `${string}.customer_id`) {
  return sql`not exists (select from tasks where tasks.customer_id = ${sql(column)} and tasks.kind = 'renewal_parked'
    and tasks.subject_id = ${sql(column)}::text and tasks.done_at is null)`;
}

/** Does a customer's part of a job; if their data is odd, they are parked for staff, and the answer is "parked". */
export async function orPark<T>(
  world: World,
  customerId: CustomerId,
  work: () => Promise<T>,
): Promise<T | "parked"> {
  try {
    return await work();
  } catch (error) {
    if (!isOfTheData(error)) throw error;
    await parkCustomer(world, customerId, error);
    return "parked";
  }
}

/** The next runs pass the customer by until staff have closed the task. */
export async function parkCustomer(world: World, customerId: CustomerId, error: unknown): Promise<void> {
  const reason = constraintName(error) ?? sqlState(error) ?? "fault";
  const message = error instanceof Error ? error.message : String(error);
  writeLog("error", "renewal_parked", { customerId, reason, message });
  await world.jobs.sql`
    insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
    select ${customerId}, ${newId<TaskId>(world.clock)}, 'renewal_parked', 'customer', ${customerId}::text,
      jsonb_build_object('reason', ${reason}::text), ${world.clock.now()}
    where not exists (select from tasks where customer_id = ${customerId} and kind = 'renewal_parked'
      and subject_id = ${customerId}::text and done_at is null)`;
}
