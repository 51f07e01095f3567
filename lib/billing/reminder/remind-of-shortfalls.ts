import { transact } from "@/db/transaction";
import { type CalendarDay, calendarDay } from "@/lib/kernel/calendar";
import type { CustomerId } from "@/lib/kernel/id";
import type { World } from "../world";
import { hasRisen, readWaitingRenewals, type WaitingRenewals } from "./missing-for-renewals";
import { type NewReminder, recordReminders } from "./record-reminders";

/**
 * Tells customers whose balance misses more for renewals than the last mail said (domain.md, A5), for another reason than that
 * one was issued: of that the mail tells anyway. Once a day at most; recorded under the day, with the last due of the renewals that
 * wait, since the mail names those due before it as well. Returns how many were recorded.
 */
export async function remindOfShortfalls(world: World, customersMost = 500): Promise<number> {
  const today = calendarDay(world.clock.now(), world.timeZone);
  let recorded = 0;
  let after: CustomerId | null = null;
  for (;;) {
    const customers: CustomerId[] = await renewing(world, after, customersMost);
    const last = customers.at(-1);
    if (!last) return recorded;
    const waiting = await transact(world.jobs, {}, ({ sql }) => readWaitingRenewals(world, sql, customers));
    const risen = waiting.filter(hasRisen).flatMap((one) => reminderOf(one, today));
    recorded += await recordReminders(world, today, risen);
    after = last;
  }
}

/** The next customers who have a renewal open. */
async function renewing(world: World, after: CustomerId | null, most: number): Promise<CustomerId[]> {
  const rows = await world.jobs.sql`
    select distinct i.customer_id from invoices i
    join customers c on c.id = i.customer_id and c.closed_at is null
    where i.state = 'open' and i.origin = 'renewal'
      and i.customer_id > ${after ?? "00000000-0000-0000-0000-000000000000"}
    order by i.customer_id limit ${most}`;
  return rows.map((row) => row.customer_id);
}

function reminderOf({ customerId, renewals }: WaitingRenewals, today: CalendarDay): NewReminder[] {
  const last = renewals.at(-1);
  if (!last) return [];
  return [{ customerId, kind: "shortfall", subjectId: last.id, day: today }];
}
