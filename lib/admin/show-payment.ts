import { isFinal } from "@/lib/billing/payment/states";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { type CustomerId, isUuid, type PaymentId } from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";
import { activityOf, type ListedActivity } from "./list-activities";
import type { EventState } from "./list-events";
import type { PaymentState, StaffActor } from "./shapes";
import { type StripeRef, stripeRef } from "./stripe-ref";
import { type StaffWorld, staffWorld } from "./world";

/** Something that a payment moved, or holds. */
export interface PaymentTransfer {
  id: string;
  kind: "posted" | "pending" | "post" | "void";
  debit: string;
  credit: string;
  reason: string;
  amount: Money;
  occurredAt: Date;
}

export interface StaffPayment {
  id: PaymentId;
  customerId: CustomerId;
  customerName: string;
  customerReference: string;
  kind: "invoices" | "top_up";
  funding: "card" | "balance" | "combined" | "bank";
  origin: "customer" | "link" | "staff" | "auto";
  state: PaymentState;
  isOpen: boolean;
  /** Who began it; null for a pay link and for the system. */
  by: string | null;
  fromBalance: Money;
  byCard: Money;
  byBank: Money;
  /** Of the card's or bank's part, what becomes balance. */
  excess: Money;
  failureCode: string | null;
  createdAt: Date;
  endedAt: Date | null;
  /** How it went with Stripe; null for what needs none. */
  stripe: {
    ids: StripeRef[];
    sendCount: number;
    firstSentAt: Date | null;
    pollCount: number;
    nextPollAt: Date | null;
  } | null;
  card: { brand: string; last4: string } | null;
  /** As the bank statement had it; null for what did not come by bank. */
  receipt: { reference: string; valueDate: CalendarDay; sender: string } | null;
  /** Planned for each invoice, and moved to it so far, net of what was taken back. */
  shares: { number: string; planned: Money; allocated: Money }[];
  charges: { stripe: StripeRef; amount: Money; fee: Money | null; bookedAt: Date }[];
  transfers: PaymentTransfer[];
  /** Events of Stripe's about it, the newest first. */
  events: { id: string; type: string; state: EventState; receivedAt: Date }[];
  activities: ListedActivity[];
}

/** A payment with all that is known of it; null if this customer has none of that id. Every role may look. */
export async function showPayment(
  _actor: StaffActor,
  { reference, paymentId }: { reference: string; paymentId: string },
  world: StaffWorld = staffWorld(),
): Promise<StaffPayment | null> {
  if (reference.includes("\0") || !isUuid(paymentId)) return null;
  const { sql } = world.staff;
  const [row] = await sql`
    select p.*, h.name, h.reference, u.name as by, m.brand, m.last4,
      r.reference as receipt_reference, r.value_date, r.sender
    from customers h join payments p on p.customer_id = h.id
    left join users u on u.id = p.user_id
    left join payment_methods m on m.customer_id = p.customer_id and m.id = p.payment_method_id
    left join bank_receipts r on r.customer_id = p.customer_id and r.payment_id = p.id
    where h.reference = ${reference} and not h.is_house and p.id = ${paymentId} limit 1`;
  if (!row) return null;
  const id = row.id as PaymentId;
  const customerId = row.customer_id as CustomerId;
  const currency = row.currency as Currency;
  const [shares, charges, transfers, events, activities] = await Promise.all([
    sql`
      select i.number, s.balance_minor + s.card_minor + s.bank_minor as planned_minor,
        coalesce((select sum(a.amount_minor) from allocations a where a.customer_id = s.customer_id
          and a.payment_id = s.payment_id and a.invoice_id = s.invoice_id), 0)::bigint as allocated_minor
      from payment_shares s join invoices i on i.customer_id = s.customer_id and i.id = s.invoice_id
      where s.customer_id = ${customerId} and s.payment_id = ${id} order by i.due_on, i.id limit 200`,
    sql`select * from charges where customer_id = ${customerId} and payment_id = ${id} order by booked_at, id`,
    sql`
      select id, kind, debit, credit, reason, amount_minor, occurred_at from transfers
      where customer_id = ${customerId} and payment_id = ${id} order by id limit 500`,
    eventsOf(world, row),
    sql`
      select a.id, a.occurred_at, a.actor, a.verb, a.detail, u.name as who, false as is_house
      from activities a left join users u on u.id = a.user_id
      where a.customer_id = ${customerId} and a.subject_id = ${id} order by a.id desc limit 100`,
  ]);
  const { name, reference: own } = row;
  const needsStripe = (row.card_minor as bigint) > 0n;
  return {
    id,
    customerId,
    customerName: name,
    customerReference: own,
    kind: row.kind,
    funding: row.funding,
    origin: row.origin,
    state: row.state,
    isOpen: !isFinal(row.state),
    by: row.by,
    fromBalance: money(row.balance_minor, currency),
    byCard: money(row.card_minor, currency),
    byBank: money(row.bank_minor, currency),
    excess: money(row.excess_minor, currency),
    failureCode: row.failure_code,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    stripe: needsStripe
      ? {
          ids: [row.stripe_payment_intent_id, row.stripe_session_id]
            .filter((one): one is string => typeof one === "string")
            .map((one) => stripeRef(world, one)),
          sendCount: row.send_count,
          firstSentAt: row.first_sent_at,
          pollCount: row.poll_count,
          nextPollAt: row.next_poll_at,
        }
      : null,
    card: row.last4 ? { brand: row.brand, last4: row.last4 } : null,
    receipt: row.receipt_reference
      ? { reference: row.receipt_reference, valueDate: row.value_date, sender: row.sender }
      : null,
    shares: shares.map((one) => ({
      number: one.number,
      planned: money(one.planned_minor, currency),
      allocated: money(one.allocated_minor, currency),
    })),
    charges: charges.map((one) => ({
      stripe: stripeRef(world, one.stripe_charge_id),
      amount: money(one.amount_minor, one.currency),
      fee: one.fee_minor === null ? null : money(one.fee_minor, one.fee_currency),
      bookedAt: one.booked_at,
    })),
    transfers: transfers.map((one) => ({
      id: one.id,
      kind: one.kind,
      debit: one.debit,
      credit: one.credit,
      reason: one.reason,
      amount: money(one.amount_minor, currency),
      occurredAt: one.occurred_at,
    })),
    events,
    activities: activities.map((one) => activityOf({ ...one, name, reference: own })),
  };
}

/** Events whose object is the payment's session or intent; the index of events is by time, so a window is looked at. */
async function eventsOf(world: StaffWorld, row: Record<string, unknown>): Promise<StaffPayment["events"]> {
  const objects = [row.stripe_session_id, row.stripe_payment_intent_id].filter(
    (id): id is string => typeof id === "string",
  );
  if (objects.length === 0) return [];
  const from = row.created_at as Date;
  const to = (row.ended_at as Date | null) ?? world.clock.now();
  const dayMs = 24 * 3_600_000;
  const found = await world.staff.sql`
    select e.id, e.type, e.received_at, r.state from stripe_events e join event_runs r on r.event_id = e.id
    where e.received_at between ${new Date(from.getTime() - dayMs)} and ${new Date(to.getTime() + dayMs)}
      and e.payload #>> '{data,object,id}' = any(${objects})
    order by e.received_at desc, e.id desc limit 50`;
  return found.map((one) => ({ id: one.id, type: one.type, state: one.state, receivedAt: one.received_at }));
}
