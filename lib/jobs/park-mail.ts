import { transact } from "@/db/transaction";
import { askAboutMail } from "@/lib/billing/reminder/ask-about-mail";
import type { World } from "@/lib/billing/world";
import { writeLog } from "@/lib/kernel/log";
import type { OutboxRow } from "./notices";

/** A mail that cannot be written so many times is parked for staff. */
export const faultsMost = 10;

/**
 * Does the work of one row. Should that throw, the others go on: the fault is counted, and after the last one the row
 * is parked and shown to staff, who may send it again. While the database is away the counting throws too.
 */
export async function orNoteFault<T>(
  world: World,
  row: OutboxRow,
  work: () => Promise<T>,
): Promise<T | "fault"> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : "fault";
    writeLog("error", "mail_fault", { outboxId: row.id, message });
    await noteFault(world, row);
    return "fault";
  }
}

async function noteFault(world: World, { customerId, id, topic }: OutboxRow): Promise<void> {
  const now = world.clock.now();
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    const [noted] = await sql`
      update outbox set faults = faults + 1, handled_at = case when faults + 1 >= ${faultsMost} then ${now}::timestamptz end
      where customer_id = ${customerId} and id = ${id} and handled_at is null returning handled_at`;
    if (!noted?.handled_at) return;
    // Nothing was written that could stand in the inbox; staff's "send again" needs a notice all the same.
    await sql`
      insert into notices (customer_id, id, topic, subject, body, link, state, created_at)
      values (${customerId}, ${id}, ${topic}, ${topic}, '', '', 'withdrawn', ${now})
      on conflict (customer_id, id) do update set state = 'withdrawn'`;
    await askAboutMail(sql, { customerId, noticeId: id, topic, why: "mail_fault", now });
  });
}
