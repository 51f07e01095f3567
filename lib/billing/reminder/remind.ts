import { type BulkWrite, bulkStatement } from "@/db/bulk-statement";
import { transact } from "@/db/transaction";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { type CustomerId, type InvoiceId, uuidv7 } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { renewsByItself, willBeCharged } from "../auto-pay/will-be-charged";
import { daysFromDue, dueIn } from "../invoice/days-from-due";
import type { Topic } from "../topics";
import type { World } from "../world";
import { hostReminderDays, planReminderDays, reminderSpan } from "./reminder-days";
import { stageToSend } from "./stages";

/**
 * Reminds of open invoices that have reached a stage (domain.md, Reminding): each (kind, invoice, stage) once, whoever runs
 * at once; after a pause only the latest. One row of the outbox for all that a customer hears of in a currency at this
 * moment; what the mail says is computed when it is sent. Returns how many stages were recorded.
 */
export async function remindOfInvoices(world: World, customersMost = 200): Promise<number> {
  let recorded = 0;
  let after: CustomerId | null = null;
  const ofHost = await hostReminderDays(world.jobs.sql);
  const { first } = await reminderSpan(world.jobs.sql, ofHost);
  for (;;) {
    const open: OpenInvoice[] = await remindable(world, { ofHost, first }, after, customersMost);
    const last = open.at(-1);
    if (!last) return recorded;
    recorded += await record(world, open);
    after = last.customerId;
  }
}

interface OpenInvoice {
  customerId: CustomerId;
  id: InvoiceId;
  currency: Currency;
  dueOn: CalendarDay;
  isAutoRenew: boolean;
  isCharged: boolean;
  lastDue: number | null;
  lastLow: number | null;
  /** Days from due on which it is reminded of, its plan's or the host's. */
  stages: readonly number[];
}

/** Open invoices around their due date that no payment is paying, of the next customers. */
async function remindable(
  world: World,
  { ofHost, first }: { ofHost: readonly number[]; first: number },
  after: CustomerId | null,
  customersMost: number,
): Promise<OpenInvoice[]> {
  const until = dueIn(-first, world.clock.now(), world.timeZone);
  const rows = await world.jobs.sql`
    with open as materialized (
      select i.customer_id, i.id, i.currency, i.due_on,
        ${willBeCharged(world.jobs.sql, world.clock.now(), world.timeZone)} as is_charged,
        ${renewsByItself(world.jobs.sql)} as is_auto_renew,
        coalesce(${planReminderDays(world.jobs.sql)}, ${world.jobs.sql.json([...ofHost])}::jsonb) as days
      from invoices i
      join customers c on c.id = i.customer_id and c.closed_at is null
      where i.state = 'open' and i.due_on <= ${until}
        and i.customer_id > ${after ?? "00000000-0000-0000-0000-000000000000"}
        and not exists (select from invoice_claims k where k.customer_id = i.customer_id and k.invoice_id = i.id)
    ), waiting as (
      select * from open o where not exists (select from reminders r where r.customer_id = o.customer_id
        and r.kind = 'invoice_due' and r.subject_id = o.id and r.stage >= (o.days ->> -1)::int)
    ), chosen as (
      select distinct customer_id from waiting order by customer_id limit ${customersMost}
    )
    select o.customer_id, o.id, o.currency, o.due_on, o.is_charged, o.is_auto_renew, o.days,
      (select max(stage) from reminders r where r.customer_id = o.customer_id and r.kind = 'invoice_due'
        and r.subject_id = o.id) as last_due,
      (select max(stage) from reminders r where r.customer_id = o.customer_id and r.kind = 'balance_low'
        and r.subject_id = o.id) as last_low
    from waiting o join chosen using (customer_id) order by o.customer_id, o.due_on, o.id`;
  return rows.map((row) => ({
    customerId: row.customer_id,
    id: row.id,
    currency: row.currency,
    dueOn: row.due_on,
    isAutoRenew: row.is_auto_renew,
    isCharged: row.is_charged,
    lastDue: row.last_due,
    lastLow: row.last_low,
    stages: row.days,
  }));
}

async function record(world: World, open: readonly OpenInvoice[]): Promise<number> {
  const now = world.clock.now();
  const outbox = new Map<
    string,
    { id: string; customer_id: CustomerId; topic: Topic; payload: object; created_at: Date }
  >();
  const reminders = open.flatMap((invoice) => {
    const { customerId, currency } = invoice;
    const due = stageToSend({ ...invoice, daysFromDue: daysFromDue(invoice.dueOn, now, world.timeZone) });
    if (!due) return [];
    const key = `${customerId} ${currency}`;
    const row = outbox.get(key) ?? {
      id: uuidv7(world.clock),
      customer_id: customerId,
      topic: "reminder",
      payload: {},
      created_at: now,
    };
    outbox.set(key, row);
    return [
      {
        customer_id: customerId,
        id: uuidv7(world.clock),
        kind: due.kind,
        subject_id: invoice.id,
        stage: due.stage,
        outbox_id: row.id,
        created_at: now,
      },
    ];
  });
  if (reminders.length === 0) return 0;
  await transact(world.jobs, {}, ({ sql }) =>
    bulkStatement(sql, [
      { write: outboxAdded, rows: [...outbox.values()] },
      { write: remindersAdded, rows: reminders },
    ]),
  );
  return reminders.length;
}

export const outboxAdded: BulkWrite = {
  name: "reminder_outbox_added",
  columns: "customer_id uuid, id uuid, topic text, payload jsonb, created_at timestamptz",
  isCounted: false,
  text: `
    insert into outbox (customer_id, id, topic, payload, created_at)
    select customer_id, id, topic, payload, created_at from $rows`,
};

/** A stage that another worker has recorded meanwhile stays theirs; a mail of ours without any is not sent. */
export const remindersAdded: BulkWrite = {
  name: "reminders_added",
  columns:
    "customer_id uuid, id uuid, kind text, subject_id uuid, stage integer, outbox_id uuid, created_at timestamptz",
  isCounted: false,
  text: `
    insert into reminders (customer_id, id, kind, subject_id, stage, outbox_id, created_at)
    select customer_id, id, kind, subject_id, stage, outbox_id, created_at from $rows
    on conflict (customer_id, kind, subject_id, stage) do nothing`,
};
