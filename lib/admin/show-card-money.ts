import { mayLeaveMinor, readGoodwills } from "@/lib/billing/payment/may-leave";
import type { ChargeId, CustomerId, DisputeId, RefundId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import type { StaffActor } from "./shapes";
import { type StripeRef, stripeRef } from "./stripe-ref";
import { type StaffWorld, staffWorld } from "./world";

/** What a customer paid by card and what went back of it, the newest of each. */
export interface CardMoney {
  customerId: CustomerId;
  reference: string;
  name: string;
  charges: {
    id: ChargeId;
    stripe: StripeRef;
    bookedAt: Date;
    amount: Money;
    onInvoices: Money;
    refunded: Money;
    disputed: Money;
    /** What can go back to the card now: what the charge has left, as far as it is available and no goodwill. */
    refundable: Money;
  }[];
  refunds: {
    id: RefundId;
    /** Null until Stripe has named it. */
    stripe: StripeRef | null;
    createdAt: Date;
    amount: Money;
    state: "created" | "sent" | "pending" | "unknown" | "succeeded" | "failed";
    origin: "staff" | "dashboard";
    who: string | null;
    note: string | null;
    failureCode: string | null;
    /** Made at Stripe, and taken from nothing yet. */
    waiting: Money;
  }[];
  disputes: {
    id: DisputeId;
    stripe: StripeRef;
    paidAt: Date;
    amount: Money;
    state: "open" | "won" | "lost";
    isInquiry: boolean;
    reason: string;
    evidenceDueAt: Date | null;
    /** What is with the bank. */
    out: Money;
    /** Staff have to say whether that is lost. */
    awaitsWord: boolean;
  }[];
}

const rowsMost = 50;

/** Null if there is no customer of that reference. Every role of staff may look. */
export async function showCardMoney(
  _actor: StaffActor,
  { reference }: { reference: string },
  world: StaffWorld = staffWorld(),
): Promise<CardMoney | null> {
  if (reference.includes("\0")) return null;
  const { sql } = world.staff;
  const [customer] = await sql`
    select id, reference, name from customers where reference = ${reference} and not is_house limit 1`;
  if (!customer) return null;
  const id = customer.id as CustomerId;
  const [charges, refunds, disputes, goodwill] = await Promise.all([
    sql`
      select c.id, c.stripe_charge_id, c.booked_at, c.currency, c.amount_minor, (b.posted_minor - b.held_minor)::bigint as available,
        (select coalesce(sum(r.amount_minor), 0) from refunds r
          where r.customer_id = c.customer_id and r.charge_id = c.id and r.state <> 'failed')::bigint as refunded,
        (select coalesce(sum(-m.amount_minor), 0) from disputes d
          join dispute_movements m on m.customer_id = d.customer_id and m.dispute_id = d.id
          where d.customer_id = c.customer_id and d.charge_id = c.id)::bigint as disputed,
        (select coalesce(sum(a.amount_minor), 0) from allocations a where a.customer_id = c.customer_id
          and a.payment_id = c.payment_id and a.source = 'card')::bigint as on_invoices
      from charges c join balances b on b.customer_id = c.customer_id and b.currency = c.currency
      where c.customer_id = ${id} order by c.booked_at desc, c.id desc limit ${rowsMost}`,
    sql`
      select r.*, u.name as who, (
        select coalesce(sum(case when t.debit = 'suspense' then t.amount_minor else -t.amount_minor end), 0)
        from transfers t where t.customer_id = r.customer_id and t.refund_id = r.id and t.kind = 'posted'
          and (t.debit = 'suspense' or t.credit = 'suspense'))::bigint as waiting
      from refunds r left join users u on u.id = r.user_id
      where r.customer_id = ${id} order by r.id desc limit ${rowsMost}`,
    sql`
      select d.*, c.booked_at, (
          select coalesce(sum(-m.amount_minor), 0)::bigint from dispute_movements m
          where m.customer_id = d.customer_id and m.dispute_id = d.id) as out, exists (
          select from tasks k where k.customer_id = d.customer_id and k.kind = 'dispute_quarantined'
            and k.subject_id = d.id::text and k.done_at is null
            and k.detail ->> 'reason' in ('debit_returned', 'won_in_part')) as is_asked
      from disputes d join charges c on c.customer_id = d.customer_id and c.id = d.charge_id
      where d.customer_id = ${id} order by d.id desc limit ${rowsMost}`,
    readGoodwills(sql, id),
  ]);
  return {
    customerId: id,
    reference: customer.reference,
    name: customer.name,
    charges: charges.map((row) => {
      const of = (minor: bigint) => money(minor, row.currency);
      const left = (row.amount_minor as bigint) - row.refunded - row.disputed - row.on_invoices;
      const goodwillMinor = goodwill.get(row.currency) ?? 0n;
      const leaves = mayLeaveMinor({ availableMinor: row.available, goodwillMinor });
      const refundable = left < leaves ? left : leaves;
      return {
        id: row.id,
        stripe: stripeRef(world, row.stripe_charge_id),
        bookedAt: row.booked_at,
        amount: of(row.amount_minor),
        onInvoices: of(row.on_invoices),
        refunded: of(row.refunded),
        disputed: of(row.disputed),
        refundable: of(refundable > 0n ? refundable : 0n),
      };
    }),
    refunds: refunds.map((row) => ({
      id: row.id,
      stripe: row.stripe_refund_id ? stripeRef(world, row.stripe_refund_id) : null,
      createdAt: row.created_at,
      amount: money(row.amount_minor, row.currency),
      state: row.state,
      origin: row.origin,
      who: row.who,
      note: row.note,
      failureCode: row.failure_code,
      waiting: money(row.waiting, row.currency),
    })),
    disputes: disputes.map((row) => ({
      id: row.id,
      stripe: stripeRef(world, row.stripe_dispute_id),
      paidAt: row.booked_at,
      amount: money(row.amount_minor, row.currency),
      state: row.state,
      isInquiry: row.is_inquiry,
      reason: row.reason,
      evidenceDueAt: row.evidence_due_at,
      out: money(row.out, row.currency),
      awaitsWord: row.is_asked && row.state === "open",
    })),
  };
}
