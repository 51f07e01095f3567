import type postgres from "postgres";
import type { ReservedSql } from "@/db/client";
import type { Decline } from "@/lib/gateway/port";
import type { CalendarDay } from "@/lib/kernel/calendar";
import type {
  CustomerId,
  InvoiceId,
  InvoiceLineId,
  PaymentId,
  PaymentMethodId,
  PlanId,
  RenewalId,
  ServiceId,
  TransferId,
} from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { LockedBalance, OpenHold } from "@/lib/ledger/book";
import type { InvoiceState } from "./invoice/states";
import type { PaymentState } from "./payment/states";
import type { ServiceState } from "./service/states";

export interface InvoiceRecord {
  id: InvoiceId;
  number: string;
  summary: string;
  origin: "order" | "renewal" | "manual";
  state: InvoiceState;
  currency: Currency;
  totalMinor: bigint;
  amountPaidMinor: bigint;
  amountCreditedMinor: bigint;
  dueOn: CalendarDay;
  paidAt: Date | null;
  claimedBy: PaymentId | null;
}

/** A line that brings something: a service's activation or its next term. */
export interface LineRecord {
  id: InvoiceLineId;
  invoiceId: InvoiceId;
  kind: "order" | "renewal";
  serviceId: ServiceId;
  renewalId: RenewalId | null;
  renewalState: string | null;
  /** It was cancelled before, and is billed by hand. */
  wasDeclined: boolean;
  termUnit: "day" | "month" | "year";
  termCount: number;
  termStartsAt: Date | null;
  termEndsAt: Date | null;
}

export interface ServiceRecord {
  id: ServiceId;
  planId: PlanId;
  label: string;
  state: ServiceState;
  isAutoRenew: boolean;
  anchorDay: number | null;
  expiresAt: Date | null;
}

/** One that has a term: it has begun. */
export type BegunService = ServiceRecord & { expiresAt: Date; anchorDay: number };

type Row = postgres.Row;

/** A service from a row with its columns. */
export function serviceRecordOf(row: Row): ServiceRecord {
  return {
    id: row.id,
    planId: row.plan_id,
    label: row.label,
    state: row.state,
    isAutoRenew: row.is_auto_renew,
    anchorDay: row.anchor_day,
    expiresAt: row.expires_at,
  };
}

/** The same where the query asks for services that have begun. */
export function begunServiceOf(row: Row): BegunService {
  return { ...serviceRecordOf(row), expiresAt: row.expires_at, anchorDay: row.anchor_day };
}

export interface PaymentRecord {
  id: PaymentId;
  customerId: CustomerId;
  kind: "invoices" | "top_up";
  funding: "card" | "balance" | "combined" | "bank";
  origin: "customer" | "link" | "staff" | "auto";
  state: PaymentState;
  currency: Currency;
  balanceMinor: bigint;
  cardMinor: bigint;
  excessMinor: bigint;
  contentHash: string;
  requestKey: string | null;
  request: unknown;
  /** The saved card that is charged; null for a hosted page. */
  paymentMethodId: PaymentMethodId | null;
  stripeSessionId: string | null;
  stripePaymentIntentId: string | null;
  /** Why its card was declined, once Stripe has said so. */
  decline: Decline | null;
  checkoutUrl: string | null;
  sendCount: number;
  firstSentAt: Date | null;
  expiresAt: Date | null;
  pollCount: number;
  createdAt: Date;
  endedAt: Date | null;
  /** Why it ended; `canceled` on an open one says that somebody wants its end, whoever hears of it first. */
  failureCode: string | null;
}

/**
 * Locks the customer's balances: from here on nobody else changes this customer's money. Who has none yet gets one of
 * nothing, since what is not there cannot be locked. Of two who make it at once the second waits for the first: an
 * upsert locks also a row that was written after the statement began.
 */
export async function lockBalances(sql: ReservedSql, customerId: CustomerId): Promise<LockedBalance[]> {
  const rows = await sql`
    with made as (
      insert into balances as b (customer_id, currency, posted_minor, held_minor, seq)
      select c.id, c.currency, 0, 0, 0 from customers c
      where c.id = ${customerId} and not exists (select from balances where customer_id = ${customerId})
      on conflict (customer_id, currency) do update set seq = b.seq
      returning currency, posted_minor, held_minor, seq),
    there as (
      select currency, posted_minor, held_minor, seq from balances
      where customer_id = ${customerId} order by currency for update)
    select * from there union all select * from made`;
  return rows.map((row) => ({
    currency: row.currency,
    postedMinor: row.posted_minor,
    heldMinor: row.held_minor,
    seq: row.seq,
  }));
}

const paymentColumns = `id, customer_id, kind, funding, origin, state, currency, balance_minor, card_minor,
  excess_minor, content_hash, request_key, request, payment_method_id, stripe_session_id, stripe_payment_intent_id,
  failure_code,   decline, checkout_url, send_count, first_sent_at, expires_at, poll_count, created_at, ended_at`;

/** One payment as it is, without its lock. */
export async function findPayment(
  sql: ReservedSql,
  customerId: CustomerId,
  id: PaymentId,
): Promise<PaymentRecord | null> {
  const [row] = await sql`
    select ${sql.unsafe(paymentColumns)} from payments where customer_id = ${customerId} and id = ${id}`;
  return row ? paymentRecord(row) : null;
}

const paymentsLock = byIds(
  (ids) => `
  select ${paymentColumns} from payments where customer_id = $1 and id ${ids} order by id for update`,
);

export async function lockPayments(
  sql: ReservedSql,
  customerId: CustomerId,
  ids: readonly PaymentId[],
): Promise<PaymentRecord[]> {
  const rows = await paymentsLock(sql, customerId, ids);
  return rows.map((row) => paymentRecord(row));
}

const invoicesLock = byIds(
  (ids) => `
  select i.id, i.number, i.summary, i.origin, i.state, i.currency, i.total_minor, i.amount_paid_minor,
    i.amount_credited_minor, i.due_on, i.paid_at, c.payment_id as claimed_by
  from invoices i
  left join invoice_claims c on c.customer_id = i.customer_id and c.invoice_id = i.id
  where i.customer_id = $1 and i.id ${ids}
  order by i.id for update of i`,
);

export async function lockInvoices(
  sql: ReservedSql,
  customerId: CustomerId,
  ids: readonly InvoiceId[],
): Promise<InvoiceRecord[]> {
  const rows = await invoicesLock(sql, customerId, ids);
  return rows.map((row) => invoiceRecord(row));
}

const linesLock = byIds(
  (ids) => `
  select l.id, l.invoice_id, l.kind, l.service_id, l.renewal_id, r.state as renewal_state,
    coalesce(r.was_declined, false) as was_declined, l.term_unit, l.term_count, l.term_starts_at, l.term_ends_at,
    s.plan_id, s.label, s.state, s.is_auto_renew, s.anchor_day, s.expires_at
  from invoice_lines l
  join services s on s.customer_id = l.customer_id and s.id = l.service_id
  left join renewals r on r.customer_id = l.customer_id and r.id = l.renewal_id
  where l.customer_id = $1 and l.invoice_id ${ids} and l.kind in ('order', 'renewal')
  order by s.id, l.position for update of s`,
);

/** Lines that bring something, and their services, locked in the services' order. */
export async function lockLines(
  sql: ReservedSql,
  customerId: CustomerId,
  invoiceIds: readonly InvoiceId[],
): Promise<{ lines: LineRecord[]; services: ServiceRecord[] }> {
  const rows = await linesLock(sql, customerId, invoiceIds);
  const services = new Map<ServiceId, ServiceRecord>();
  const lines = rows.map((row): LineRecord => {
    services.set(row.service_id, {
      id: row.service_id,
      planId: row.plan_id,
      label: row.label,
      state: row.state,
      isAutoRenew: row.is_auto_renew,
      anchorDay: row.anchor_day,
      expiresAt: row.expires_at,
    });
    return {
      id: row.id,
      invoiceId: row.invoice_id,
      kind: row.kind,
      serviceId: row.service_id,
      renewalId: row.renewal_id,
      renewalState: row.renewal_state,
      wasDeclined: row.was_declined,
      termUnit: row.term_unit,
      termCount: row.term_count,
      termStartsAt: row.term_starts_at,
      termEndsAt: row.term_ends_at,
    };
  });
  return { lines, services: [...services.values()] };
}

/** Holds of these payments that no post or void has resolved. */
export async function openHolds(
  sql: ReservedSql,
  customerId: CustomerId,
  paymentIds: readonly PaymentId[],
): Promise<OpenHold[]> {
  const rows = await sql`
    select t.id, t.payment_id, t.invoice_id, t.amount_minor from transfers t
    where t.customer_id = ${customerId} and t.payment_id = any(${[...paymentIds]}::uuid[]) and t.kind = 'pending'
      and not exists (select from transfers r where r.customer_id = t.customer_id and r.pending_id = t.id)
    order by t.seq`;
  return rows.map((row) => ({
    id: row.id as TransferId,
    paymentId: row.payment_id,
    invoiceId: row.invoice_id,
    amountMinor: row.amount_minor,
  }));
}

/**
 * Open invoices that nobody pays now and that must be paid before these: earlier terms of the same services.
 * "A service's invoices are paid in order: paying a later one includes the earlier" (domain.md, Renewing).
 */
export async function earlierOpenInvoices(
  sql: ReservedSql,
  customerId: CustomerId,
  invoiceIds: readonly InvoiceId[],
): Promise<InvoiceId[]> {
  const rows = await sql`
    select distinct e.invoice_id from invoice_lines l
    join services s on s.customer_id = l.customer_id and s.id = l.service_id
    join invoice_lines e on e.customer_id = l.customer_id and e.service_id = l.service_id and e.kind = 'renewal'
      and e.term_starts_at < l.term_starts_at and e.term_starts_at >= s.expires_at
    join invoices i on i.customer_id = e.customer_id and i.id = e.invoice_id and i.state = 'open'
    where l.customer_id = ${customerId} and l.invoice_id = any(${[...invoiceIds]}::uuid[]) and l.kind = 'renewal'
      and not e.invoice_id = any(${[...invoiceIds]}::uuid[])`;
  return rows.map((row) => row.invoice_id);
}

/**
 * A statement over rows that ids name, in two texts: one id is asked for by equality. PostgreSQL plans for lists of
 * ten; knowing that there is one it believes a plan of its own to be worth making, and makes one each time, which costs
 * more than the lookup. The texts are put together once, not at each call.
 */
function byIds(text: (ids: string) => string) {
  const [one, many] = [text("= $2"), text("= any($2::uuid[])")];
  return (sql: ReservedSql, customerId: CustomerId, ids: readonly string[]) =>
    ids.length === 1
      ? sql.unsafe(one, [customerId, ids[0] as string], { prepare: true })
      : sql.unsafe(many, [customerId, [...ids]], { prepare: true });
}

function invoiceRecord(row: Record<string, unknown>): InvoiceRecord {
  return {
    id: row.id as InvoiceId,
    number: row.number as string,
    summary: row.summary as string,
    origin: row.origin as InvoiceRecord["origin"],
    state: row.state as InvoiceState,
    currency: row.currency as Currency,
    totalMinor: row.total_minor as bigint,
    amountPaidMinor: row.amount_paid_minor as bigint,
    amountCreditedMinor: row.amount_credited_minor as bigint,
    dueOn: row.due_on as CalendarDay,
    paidAt: row.paid_at as Date | null,
    claimedBy: row.claimed_by as PaymentId | null,
  };
}

export function paymentRecord(row: Record<string, unknown>): PaymentRecord {
  return {
    id: row.id as PaymentId,
    customerId: row.customer_id as CustomerId,
    kind: row.kind as PaymentRecord["kind"],
    funding: row.funding as PaymentRecord["funding"],
    origin: row.origin as PaymentRecord["origin"],
    state: row.state as PaymentState,
    currency: row.currency as Currency,
    balanceMinor: row.balance_minor as bigint,
    cardMinor: row.card_minor as bigint,
    excessMinor: row.excess_minor as bigint,
    contentHash: row.content_hash as string,
    requestKey: row.request_key as string | null,
    request: row.request,
    paymentMethodId: row.payment_method_id as PaymentMethodId | null,
    stripeSessionId: row.stripe_session_id as string | null,
    stripePaymentIntentId: row.stripe_payment_intent_id as string | null,
    decline: row.decline as Decline | null,
    checkoutUrl: row.checkout_url as string | null,
    sendCount: row.send_count as number,
    firstSentAt: row.first_sent_at as Date | null,
    expiresAt: row.expires_at as Date | null,
    pollCount: row.poll_count as number,
    createdAt: row.created_at as Date,
    endedAt: row.ended_at as Date | null,
    failureCode: row.failure_code as string | null,
  };
}
