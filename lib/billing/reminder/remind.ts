import { calendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { willBeCharged } from "../auto-pay/will-be-charged";
import { daysFromDue } from "../invoice/days-from-due";
import type { World } from "../world";
import { type NewReminder, recordReminders } from "./record-reminders";
import { hostReminderDays, planReminderDays, reminderSpan } from "./reminder-days";
import { type Remindable, toTell } from "./stages";

/**
 * Reminds of open invoices that were issued since, or have reached a stage (domain.md, A5): each (kind, invoice, stage) once,
 * whoever runs at once; after a pause only the latest. Returns how many stages were recorded.
 */
export async function remindOfInvoices(world: World, customersMost = 200): Promise<number> {
  let recorded = 0;
  let after: CustomerId | null = null;
  const today = calendarDay(world.clock.now(), world.timeZone);
  const ofHost = await hostReminderDays(world.jobs.sql);
  const { last } = await reminderSpan(world.jobs.sql, ofHost);
  for (;;) {
    const open: OpenInvoice[] = await remindable(world, { ofHost, last }, after, customersMost);
    const end = open.at(-1);
    if (!end) return recorded;
    recorded += await recordReminders(world, today, open.flatMap(remindersOf));
    after = end.customerId;
  }
}

interface OpenInvoice extends Remindable {
  customerId: CustomerId;
  id: InvoiceId;
}

/** Of the next customers, the open invoices that no payment is paying and of which not everything was told. */
async function remindable(
  world: World,
  { ofHost, last }: { ofHost: readonly number[]; last: number },
  after: CustomerId | null,
  customersMost: number,
): Promise<OpenInvoice[]> {
  const { clock, timeZone, jobs } = world;
  const { sql } = jobs;
  const now = clock.now();
  const today = calendarDay(now, timeZone);
  const rows = await sql`
    with open as materialized (
      select i.customer_id, i.id, i.due_on,
        ${willBeCharged(sql, now, timeZone)} as is_charged,
        coalesce(${planReminderDays(sql)}, ${sql.json([...ofHost])}::jsonb) as days,
        (select min(r.created_at) from reminders r where r.customer_id = i.customer_id and r.kind = 'invoice_issued'
          and r.subject_id = i.id) as issue_told_at,
        (select max(r.stage) from reminders r where r.customer_id = i.customer_id and r.kind = 'invoice_due'
          and r.subject_id = i.id) as last_due
      from invoices i
      join customers c on c.id = i.customer_id and c.closed_at is null
      where i.state = 'open' and i.customer_id > ${after ?? "00000000-0000-0000-0000-000000000000"}
        and not exists (select from invoice_claims k where k.customer_id = i.customer_id and k.invoice_id = i.id)
    ), waiting as (
      select * from open o where o.issue_told_at is null
        or (o.due_on >= ${today}::date - ${last}::int - 60 and coalesce(o.last_due, -10000) < (
          select max(day::int) from jsonb_array_elements_text(o.days) as day where day::int <= ${today}::date - o.due_on))
    ), chosen as (
      select distinct customer_id from waiting order by customer_id limit ${customersMost}
    )
    select o.* from waiting o join chosen using (customer_id) order by o.customer_id, o.due_on, o.id`;
  return rows.map((row) => ({
    customerId: row.customer_id,
    id: row.id,
    daysFromDue: daysFromDue(row.due_on, now, timeZone),
    isCharged: row.is_charged,
    issueTold: row.issue_told_at && daysFromDue(row.due_on, row.issue_told_at, timeZone),
    lastDue: row.last_due,
    stages: row.days,
  }));
}

function remindersOf(invoice: OpenInvoice): NewReminder[] {
  const { customerId, id: subjectId } = invoice;
  const { isIssue, stage } = toTell(invoice);
  return [
    ...(isIssue ? [{ customerId, subjectId, kind: "invoice_issued" as const }] : []),
    ...(stage === null ? [] : [{ customerId, subjectId, kind: "invoice_due" as const, stage }]),
  ];
}
