import type { ReservedSql } from "@/db/client";
import { readInvoiceLines } from "@/lib/billing/invoice/read-lines";
import { readInvoiceSteps } from "@/lib/billing/outlook/read-invoice-steps";
import { readDebts } from "@/lib/billing/payment/debt";
import { planPayment } from "@/lib/billing/payment/plan";
import { isFinal } from "@/lib/billing/payment/states";
import { topUpFor } from "@/lib/billing/payment/top-up-amount";
import { isForStaffToCancel, laterInvoices } from "@/lib/billing/payment/void-invoice";
import { earlierOpenInvoices } from "@/lib/billing/scene";
import type { World } from "@/lib/billing/world";
import { calendarDay } from "@/lib/kernel/calendar";
import type { InvoiceId, PaymentId } from "@/lib/kernel/id";
import { type Currency, money } from "@/lib/kernel/money";
import { readCards } from "./list-cards";
import { claimColumns, invoiceRow } from "./list-invoices";
import { shownOf } from "./pay";
import { mayPay } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor, InvoiceDetail, PaymentView, PayPanel, TimelineEntry } from "./shapes";
import { portalWorld } from "./world";

/** One invoice with all that is known of it; null if this customer has none of that number, whoever else has. */
export function showInvoice(
  actor: CustomerActor,
  number: string,
  world: World = portalWorld(),
): Promise<InvoiceDetail | null> {
  const now = world.clock.now();
  const { customerId } = actor;
  // No number has a zero in it, and PostgreSQL cannot even be asked for one.
  if (number.includes("\0")) return Promise.resolve(null);
  return readAs(world, actor, async (sql) => {
    const [row] = await sql`
      select i.*, ${claimColumns(sql)}
      from invoices i left join invoice_claims c on c.customer_id = i.customer_id and c.invoice_id = i.id
      where i.customer_id = ${customerId} and i.number = ${number}`;
    if (!row) return null;
    const id = row.id as InvoiceId;
    const currency = row.currency as Currency;
    const [lines, payments, timeline, [note], next] = await Promise.all([
      readInvoiceLines(sql, customerId, id, currency),
      readPayments(sql, actor, id, currency),
      readTimeline(sql, actor, id),
      sql`
        select number, issued_at from credit_notes
        where customer_id = ${customerId} and invoice_id = ${id} and number is not null order by issued_at limit 1`,
      readInvoiceSteps(sql, world, { customerId, invoiceId: id }),
    ]);
    const open = payments.find((payment) => !isFinal(payment.state)) ?? null;
    const panel = row.state === "open" ? await payPanel(sql, world, actor, [id], open) : null;
    const isTheirs = panel?.canPay === true && !isForStaffToCancel(row.origin, lines, now);
    const later = isTheirs ? await laterInvoices(sql, customerId, id) : [];
    const canCancel = isTheirs && later.every(({ state }) => state === "open");
    return {
      ...invoiceRow(row, calendarDay(now, world.timeZone)),
      net: money(row.net_minor, currency),
      tax: money(row.tax_minor, currency),
      paid: money(row.amount_paid_minor, currency),
      credited: money(row.amount_credited_minor, currency),
      paidAt: row.paid_at,
      billTo: row.bill_to,
      note: row.note,
      lines,
      payments,
      timeline,
      next,
      payPanel: panel,
      creditNote: note ? { number: note.number, issuedAt: note.issued_at } : null,
      canCancel,
      cancelsToo: canCancel ? later.map(({ number }) => number) : [],
    };
  });
}

/** A top-up begun from the invoice is none of them: it claims nothing, and another payment spends what it brings. */
async function readPayments(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  id: InvoiceId,
  currency: Currency,
): Promise<PaymentView[]> {
  const rows = await sql`
    select p.id, p.funding, p.origin, p.state, s.balance_minor, s.card_minor, p.created_at, p.ended_at,
      coalesce((select sum(a.amount_minor) from allocations a where a.customer_id = p.customer_id
        and a.payment_id = p.id and a.invoice_id = ${id}), 0)::bigint as allocated_minor
    from payment_shares s join payments p on p.customer_id = s.customer_id and p.id = s.payment_id
    where s.customer_id = ${customerId} and s.invoice_id = ${id} and p.kind = 'invoices'
    order by p.created_at desc, p.id desc limit 50`;
  return rows.map((row) => {
    const isOpen = !isFinal(row.state);
    return {
      id: row.id as PaymentId,
      funding: row.funding,
      origin: row.origin,
      state: row.state,
      fromBalance: money(row.balance_minor, currency),
      byCard: money(row.card_minor, currency),
      allocated: money(row.allocated_minor, currency),
      createdAt: row.created_at,
      endedAt: row.ended_at,
      canResume: isOpen && row.state !== "processing",
      canAbandon: isOpen && row.state !== "processing",
    };
  });
}

async function readTimeline(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  id: InvoiceId,
): Promise<TimelineEntry[]> {
  const rows = await sql`
    select id, occurred_at, actor, verb, detail from activities
    where customer_id = ${customerId} and subject_id = ${id} and is_visible
    union all
    (select distinct on (n.id) r.id, coalesce(n.sent_at, r.created_at), 'system', case n.state when 'sent' then 'reminded'
      when 'undeliverable' then 'reminder_refused' when 'bounced' then 'reminder_refused' else 'reminder_waits' end, jsonb_build_object('kind', r.kind)
    from reminders r join outbox o on o.customer_id = r.customer_id and o.id = r.outbox_id
    join notices n on n.customer_id = o.customer_id and n.id = coalesce(o.told_by, o.id) and n.state <> 'withdrawn'
    where r.customer_id = ${customerId} and r.subject_id = ${id} and r.kind in ('invoice_issued', 'invoice_due', 'shortfall')
    order by n.id, r.kind <> 'invoice_issued', r.id)
    order by 2 desc, 1 desc limit 100`;
  return rows.map((row) => ({
    id: row.id,
    occurredAt: row.occurred_at,
    actor: row.actor,
    verb: row.verb,
    detail: row.detail,
  }));
}

/** What can be done about open invoices of one currency: these, and the earlier ones that are paid with them. */
export async function payPanel(
  sql: ReservedSql,
  world: World,
  actor: CustomerActor,
  ids: readonly InvoiceId[],
  open: PaymentView | null,
): Promise<PayPanel> {
  const earlier = await earlierOpenInvoices(sql, actor.customerId, ids);
  const [{ due, availableMinor, currency, canPay }, cards] = await Promise.all([
    readDue(sql, actor, [...earlier, ...ids]),
    readCards(sql, world, actor),
  ]);
  const dueMinor = due.reduce((total, invoice) => total + invoice.remainingMinor, 0n);
  const limits = world.gateway.chargeLimits(currency);
  const direct = planPayment(due, availableMinor, "none", limits);
  const combined = planPayment(due, availableMinor, "all", limits);
  if (!direct.ok || !combined.ok) throw new Error("an open invoice has something due");
  const coversAll = availableMinor >= dueMinor;
  const begun = ids.length === 1 ? due.find(({ id }) => id === ids[0]) : undefined;
  const amount = topUpFor(dueMinor - availableMinor, currency, limits);
  return {
    invoices: due.map(({ id, number, remainingMinor }) => ({
      id,
      number,
      remaining: money(remainingMinor, currency),
    })),
    due: money(dueMinor, currency),
    available: money(availableMinor, currency),
    fromBalance: coversAll ? shownOf(combined.plan) : null,
    shortBy: coversAll ? null : money(dueMinor - availableMinor, currency),
    direct: shownOf(direct.plan),
    combined: !coversAll && combined.plan.balanceMinor > 0n ? shownOf(combined.plan) : null,
    chargeMinimum: money(limits.minimumMinor, currency),
    chargeStep: money(limits.stepMinor, currency),
    topUp: begun && amount && canPay && !open ? { number: begun.number, amount } : null,
    open,
    cards: cards.filter(({ isExpired }) => !isExpired),
    canPay,
  };
}

export interface Due {
  due: { id: InvoiceId; number: string; remainingMinor: bigint }[];
  /** Less what is owed for money that a bank took back: whoever owes has nothing to spend. */
  availableMinor: bigint;
  /** Of the first; with `isOneCurrency`, of all. */
  currency: Currency;
  isOneCurrency: boolean;
  canPay: boolean;
}

/** What remains on invoices, oldest due first, and what the balance has in their currency. Without locks: to show. */
export async function readDue(
  sql: ReservedSql,
  actor: CustomerActor,
  ids: readonly InvoiceId[],
): Promise<Due> {
  const [rows, balances, debts, canPay] = await Promise.all([
    sql`
      select id, number, currency, total_minor - amount_paid_minor - amount_credited_minor as remaining_minor
      from invoices where customer_id = ${actor.customerId} and id = any(${[...ids]}::uuid[]) and state = 'open'
      order by due_on, id`,
    sql`select currency, posted_minor - held_minor as available_minor from balances where customer_id = ${actor.customerId}`,
    readDebts(sql, actor.customerId),
    mayPay(sql, actor),
  ]);
  const currency = rows[0]?.currency as Currency;
  return {
    due: rows.map((row) => ({
      id: row.id as InvoiceId,
      number: row.number,
      remainingMinor: row.remaining_minor,
    })),
    availableMinor:
      (balances.find((row) => row.currency === currency)?.available_minor ?? 0n) -
      (debts.get(currency) ?? 0n),
    currency,
    isOneCurrency: rows.every((row) => row.currency === currency),
    canPay,
  };
}
