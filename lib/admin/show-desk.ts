import { money } from "@/lib/kernel/money";
import { notClosable } from "./close-task";
import type { Desk, StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

const rowsMost = 100;

/** What wants a person. Every role of staff may look. */
export async function showDesk(_actor: StaffActor, world: StaffWorld = staffWorld()): Promise<Desk> {
  const { sql } = world.staff;
  const [tasks, events, payments] = await Promise.all([
    sql`
      select t.*, i.number as invoice_number, p.id as payment_id, p.state as payment_state, c.name, case when not c.is_house then c.reference end as reference from tasks t join customers c on c.id = t.customer_id
      left join invoices i on t.subject = 'invoice' and i.customer_id = t.customer_id and i.id::text = t.subject_id
      left join payments p on t.subject = 'payment' and p.customer_id = t.customer_id and p.id::text = t.subject_id
      where t.done_at is null order by t.id desc limit ${rowsMost}`,
    sql`
      select e.id, e.type, r.reason, e.received_at from event_runs r join stripe_events e on e.id = r.event_id
      where r.state = 'parked' order by e.received_at desc limit ${rowsMost}`,
    sql`
      select p.id, p.customer_id, c.name, case when not c.is_house then c.reference end as reference, p.state, p.currency, p.card_minor, p.created_at, p.next_poll_at
      from payments p join customers c on c.id = p.customer_id
      where p.next_poll_at is not null order by p.created_at desc limit ${rowsMost}`,
  ]);
  return {
    tasks: tasks.map((row) => ({
      id: row.id,
      customerId: row.customer_id,
      customerName: row.name,
      customerReference: row.reference,
      kind: row.kind,
      subject: row.subject,
      subjectId: row.subject_id,
      invoiceNumber: row.invoice_number,
      paymentId: row.payment_id,
      mayClose: notClosable(row.kind, row.payment_state) === null,
      detail: row.detail,
      createdAt: row.created_at,
    })),
    events: events.map((row) => ({
      id: row.id,
      type: row.type,
      reason: row.reason,
      receivedAt: row.received_at,
    })),
    payments: payments.map((row) => ({
      id: row.id,
      customerId: row.customer_id,
      customerName: row.name,
      customerReference: row.reference,
      state: row.state,
      byCard: money(row.card_minor, row.currency),
      createdAt: row.created_at,
      nextPollAt: row.next_poll_at,
    })),
  };
}
