import type { ReservedSql } from "@/db/client";
import { ensureHouse, houseCustomerId } from "@/lib/billing/house";
import { type CustomerId, type UserId, uuidv7 } from "@/lib/kernel/id";
import type { StaffWorld } from "./world";

interface Act {
  /** Null for what is the house's own: its staff and its settings. */
  customerId: CustomerId | null;
  userId: UserId;
  verb: string;
  detail: Record<string, string>;
}

/** Adds to the record what a person of the staff did, in the transaction that does it. Customers do not see it. */
export async function recordActivity(
  world: Pick<StaffWorld, "clock">,
  sql: ReservedSql,
  { customerId, userId, verb, detail }: Act,
): Promise<void> {
  const now = world.clock.now();
  const subject = customerId ?? houseCustomerId;
  if (customerId === null) await ensureHouse(sql, now);
  await sql`
    insert into activities (customer_id, id, occurred_at, actor, user_id, subject, subject_id, verb, detail, is_visible)
    values (${subject}, ${uuidv7(world.clock)}, ${now}, 'staff', ${userId}, 'customer', ${subject}, ${verb},
      ${sql.json(detail)}, false)`;
}

/** What somebody of the staff is called, for what is written to others. */
export async function nameOfStaff(sql: ReservedSql, userId: UserId): Promise<string> {
  const [row] = await sql<{ name: string }[]>`select name from users where id = ${userId}`;
  return row?.name ?? "";
}
