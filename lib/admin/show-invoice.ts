import { type InvoiceStatus, isUnderWay, statusOf } from "@/lib/billing/invoice/invoice-status";
import { type InvoiceLineView, readInvoiceLines } from "@/lib/billing/invoice/read-lines";
import type { InvoiceStep } from "@/lib/billing/outlook/next-invoice-steps";
import { readInvoiceSteps } from "@/lib/billing/outlook/read-invoice-steps";
import { nextIssue } from "@/lib/billing/renewal/renewal-days";
import { type CalendarDay, calendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId, PaymentId } from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";
import { activityOf, type ListedActivity } from "./list-activities";
import type { PaymentState, StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** A payment that planned something for the invoice, and what it moved to it. */
export interface InvoicePayment {
  id: PaymentId;
  funding: "card" | "balance" | "combined" | "bank";
  origin: "customer" | "link" | "staff" | "auto";
  state: PaymentState;
  planned: Money;
  /** Net of what was taken back. */
  allocated: Money;
  createdAt: Date;
}

export interface StaffInvoice {
  id: InvoiceId;
  customerId: CustomerId;
  customerName: string;
  customerReference: string;
  isClosed: boolean;
  number: string;
  summary: string;
  note: string;
  origin: "order" | "renewal" | "manual";
  status: InvoiceStatus;
  isOpen: boolean;
  /** It was paid for, its service could not take what it brings, and staff were asked. */
  isStuck: boolean;
  issuedAt: Date;
  dueOn: CalendarDay;
  /** Of an open renewal: when its term is due if it is cancelled and billed again, and when its service ends otherwise: at once where its paid term is over. */
  ifVoided: { dueOn: CalendarDay; endsAt: Date; endsAtOnce: boolean; label: string } | null;
  paidAt: Date | null;
  billTo: { name: string; email: string; country: string; address?: string | null; taxId?: string | null };
  net: Money;
  tax: Money;
  total: Money;
  paid: Money;
  credited: Money;
  remaining: Money;
  lines: InvoiceLineView[];
  payments: InvoicePayment[];
  creditNotes: { number: string; reason: string; note: string; total: Money; issuedAt: Date }[];
  reminders: { stage: number; createdAt: Date }[];
  /** What happens next and when, if nobody does anything; nothing while a payment is under way. */
  next: InvoiceStep[];
  /** All that was done to it, the newest first. */
  activities: ListedActivity[];
}

/** An invoice with all that is known of it; null if this customer has none of that number. Every role may look. */
export async function showInvoice(
  _actor: StaffActor,
  { reference, number }: { reference: string; number: string },
  world: StaffWorld = staffWorld(),
): Promise<StaffInvoice | null> {
  if (`${reference}${number}`.includes("\0")) return null;
  const { sql } = world.staff;
  const [row] = await sql`
    select i.*, h.name, h.reference, h.closed_at, ${isUnderWay(sql)} as is_under_way,
      i.state = 'open' and exists (select from tasks t where t.customer_id = i.customer_id and t.subject_id = i.id::text
        and t.kind = 'line_not_completable' and t.done_at is null) as is_stuck
    from customers h join invoices i on i.customer_id = h.id
    left join invoice_claims c on c.customer_id = i.customer_id and c.invoice_id = i.id
    where h.reference = ${reference} and not h.is_house and i.number = ${number} limit 1`;
  if (!row) return null;
  const id = row.id as InvoiceId;
  const customerId = row.customer_id as CustomerId;
  const currency = row.currency as Currency;
  const [lines, payments, notes, reminders, activities, next] = await Promise.all([
    readInvoiceLines(sql, customerId, id, currency),
    sql`
      select p.id, p.funding, p.origin, p.state, p.created_at,
        s.balance_minor + s.card_minor + s.bank_minor as planned_minor,
        coalesce((select sum(a.amount_minor) from allocations a where a.customer_id = p.customer_id
          and a.payment_id = p.id and a.invoice_id = ${id}), 0)::bigint as allocated_minor
      from payment_shares s join payments p on p.customer_id = s.customer_id and p.id = s.payment_id
      where s.customer_id = ${customerId} and s.invoice_id = ${id} order by p.created_at desc, p.id desc limit 50`,
    sql`
      select number, reason, note, total_minor, issued_at from credit_notes
      where customer_id = ${customerId} and invoice_id = ${id} and number is not null order by issued_at`,
    sql`
      select stage, created_at from reminders
      where customer_id = ${customerId} and subject_id = ${id} and kind = 'invoice_due' order by created_at`,
    sql`
      select a.id, a.occurred_at, a.actor, a.verb, a.detail, u.name as who, false as is_house
      from activities a left join users u on u.id = a.user_id
      where a.customer_id = ${customerId} and a.subject_id = ${id} order by a.id desc limit 200`,
    readInvoiceSteps(sql, world, { customerId, invoiceId: id }),
  ]);
  const ifVoided = row.state === "open" ? await readIfVoided(sql, world, customerId, id) : null;
  const { name, reference: own } = row;
  return {
    id,
    customerId,
    customerName: name,
    customerReference: own,
    isClosed: row.closed_at !== null,
    number: row.number,
    summary: row.summary,
    note: row.note,
    origin: row.origin,
    status: statusOf(
      {
        state: row.state,
        dueOn: row.due_on,
        amountPaidMinor: row.amount_paid_minor,
        isUnderWay: row.is_under_way,
      },
      calendarDay(world.clock.now(), world.timeZone),
    ),
    isOpen: row.state === "open",
    isStuck: row.is_stuck,
    ifVoided,
    issuedAt: row.issued_at,
    dueOn: row.due_on,
    paidAt: row.paid_at,
    billTo: row.bill_to,
    net: money(row.net_minor, currency),
    tax: money(row.tax_minor, currency),
    total: money(row.total_minor, currency),
    paid: money(row.amount_paid_minor, currency),
    credited: money(row.amount_credited_minor, currency),
    remaining: money(
      (row.total_minor as bigint) - row.amount_paid_minor - row.amount_credited_minor,
      currency,
    ),
    lines,
    payments: payments.map((one) => ({
      id: one.id as PaymentId,
      funding: one.funding,
      origin: one.origin,
      state: one.state,
      planned: money(one.planned_minor, currency),
      allocated: money(one.allocated_minor, currency),
      createdAt: one.created_at,
    })),
    creditNotes: notes.map((one) => ({
      number: one.number,
      reason: one.reason,
      note: one.note ?? "",
      total: money(one.total_minor, currency),
      issuedAt: one.issued_at,
    })),
    next,
    reminders: reminders.map((one) => ({ stage: one.stage, createdAt: one.created_at })),
    activities: activities.map((one) => activityOf({ ...one, name, reference: own })),
  };
}

async function readIfVoided(
  sql: StaffWorld["staff"]["sql"],
  { clock, timeZone }: Pick<StaffWorld, "clock" | "timeZone">,
  customerId: CustomerId,
  id: InvoiceId,
): Promise<StaffInvoice["ifVoided"]> {
  const [row] = await sql`
    select l.term_starts_at, s.label, s.expires_at, p.lead_days from invoice_lines l
    join services s on s.customer_id = l.customer_id and s.id = l.service_id and s.expires_at is not null
    join plans p on p.id = s.plan_id
    where l.customer_id = ${customerId} and l.invoice_id = ${id} and l.kind = 'renewal' order by l.position limit 1`;
  if (!row) return null;
  const now = clock.now();
  return {
    dueOn: nextIssue({ startsAt: row.term_starts_at, leadDays: row.lead_days }, now, timeZone).dueOn,
    endsAt: row.expires_at,
    endsAtOnce: row.expires_at <= now,
    label: row.label,
  };
}
