import { type BulkWrite, bulkStatement } from "@/db/bulk-statement";
import { transact } from "@/db/transaction";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { type CustomerId, type InvoiceId, uuidv7 } from "@/lib/kernel/id";
import type { World } from "../world";

/** A stage that a customer is to hear of in the day's mail. */
export type NewReminder = { customerId: CustomerId; subjectId: string } & (
  | { kind: "invoice_issued" }
  /** In days from due, or from the stop: negative ahead of it. */
  | { kind: "invoice_due" | "suspension_ahead" | "termination_ahead"; stage: number }
  /** The day on which it was found, or the card's last. */
  | { kind: "shortfall" | "card_expiring" | "card_expired"; day: CalendarDay }
);

/**
 * Puts stages into the one mail of reminding that a customer gets on a day (domain.md, A5): one row of the outbox for each
 * customer and day, whoever runs at once. What the mail says is computed when it is sent. Once it is sent, nothing more is
 * recorded for that day. Returns how many stages were recorded, without those that another worker has.
 */
export async function recordReminders(
  world: World,
  today: CalendarDay,
  reminders: readonly NewReminder[],
): Promise<number> {
  if (reminders.length === 0) return 0;
  const now = world.clock.now();
  const customers = [...new Set(reminders.map(({ customerId }) => customerId))];
  await transact(world.jobs, {}, ({ sql }) =>
    bulkStatement(sql, [
      {
        write: mailAdded,
        rows: customers.map((customerId) => ({
          customer_id: customerId,
          id: uuidv7(world.clock),
          remind_on: today,
          created_at: now,
        })),
      },
    ]),
  );
  const rows = reminders.map((reminder) => ({
    customer_id: reminder.customerId,
    id: uuidv7(world.clock),
    kind: reminder.kind,
    subject_id: reminder.subjectId,
    stage: "stage" in reminder ? reminder.stage : null,
    day: "day" in reminder ? reminder.day : null,
    remind_on: today,
    created_at: now,
  }));
  return transact(world.jobs, {}, async ({ sql }) => {
    await bulkStatement(sql, [{ write: reminderAdded, rows }]);
    const [added] = await sql`
      select count(*)::int as count from reminders
      where customer_id = any(${customers}::uuid[]) and id = any(${rows.map(({ id }) => id)}::uuid[])`;
    return added?.count ?? 0;
  });
}

/** That an invoice's own mail, the row `outboxId`, tells of its issue: the morning does not tell of it again. */
export async function recordIssueTold(
  world: World,
  { customerId, outboxId, invoiceId }: { customerId: CustomerId; outboxId: string; invoiceId: InvoiceId },
): Promise<void> {
  await world.jobs.sql`
    insert into reminders (customer_id, id, kind, subject_id, outbox_id, created_at)
    values (${customerId}, ${uuidv7(world.clock)}, 'invoice_issued', ${invoiceId}, ${outboxId}, ${world.clock.now()})
    on conflict on constraint reminders_stage_key do nothing`;
}

/** A customer has one mail of a day; another worker may have made it. */
const mailAdded: BulkWrite = {
  name: "reminder_mail_added",
  columns: "customer_id uuid, id uuid, remind_on date, created_at timestamptz",
  isCounted: false,
  text: `
    insert into outbox (customer_id, id, topic, payload, remind_on, created_at)
    select customer_id, id, 'reminder', '{}'::jsonb, remind_on, created_at from $rows
    on conflict (customer_id, remind_on) where remind_on is not null do nothing`,
};

/** A stage that another worker has recorded stays theirs; a mail that has gone out takes no more. */
const reminderAdded: BulkWrite = {
  name: "reminders_of_a_day_added",
  columns:
    "customer_id uuid, id uuid, kind text, subject_id uuid, stage integer, day date, remind_on date, created_at timestamptz",
  isCounted: false,
  text: `
    insert into reminders (customer_id, id, kind, subject_id, stage, day, outbox_id, created_at)
    select t.customer_id, t.id, t.kind, t.subject_id, t.stage, t.day, o.id, t.created_at from $rows
    join outbox o on o.customer_id = t.customer_id and o.remind_on = t.remind_on and o.handled_at is null
    on conflict on constraint reminders_stage_key do nothing`,
};
