import type { ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { type AttemptLimits, attemptLimits } from "@/lib/auth/attempt-limits";
import { context } from "@/lib/auth/context";
import { type OpenedPayLink, openPayLink, readAnyPayLink } from "@/lib/billing/payment/mailed-pay-link";
import { type BalanceWish, planPayment } from "@/lib/billing/payment/plan";
import { earlierOpenInvoices } from "@/lib/billing/scene";
import type { World } from "@/lib/billing/world";
import type { CalendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";
import { shownOf } from "./pay";
import type { PlanShown } from "./shapes";
import { portalWorld } from "./world";

/** What the page of a pay link shows: the invoices that it pays, and nothing else of the customer. */
export type PayLinkView =
  /** Made up, altered, revoked, or of a customer who is gone: shown alike. */
  | { kind: "not_valid" }
  | { kind: "too_many"; retryAfterSeconds: number }
  | { kind: "expired" }
  /** Nothing is due, by whatever payment or credit note. */
  | { kind: "paid" | "void" | "written_off"; number: string }
  /** A bank works on a payment: it comes or fails by itself. */
  | { kind: "confirming"; number: string }
  | PayLinkDue;

export interface PayLinkDue {
  kind: "due";
  /** Of the invoice that the link is for, or of the first of several. */
  number: string;
  summary: string;
  /** The first of them. */
  dueOn: CalendarDay;
  /** Those of the link on which something is due, and earlier open ones of the same services; oldest due first. */
  invoices: PayLinkInvoice[];
  due: Money;
  /** All by card; more than is due where Stripe charges no less, the excess becoming balance. */
  plan: PlanShown;
  /** As far as the balance reaches, where the link may use it and there is any. */
  withBalance: PlanShown | null;
  /** Another payment was begun and is not finished: paying here ends it first. */
  isBegun: boolean;
}

export interface PayLinkInvoice {
  id: InvoiceId;
  number: string;
  summary: string;
  dueOn: CalendarDay;
  remaining: Money;
  /** An earlier term of a service of the link's, which has to be paid with it. */
  isEarlier: boolean;
}

/**
 * The invoices of a pay link, for whoever has the link. A token that we did not sign costs no look into the database;
 * one that we did is counted by the visitor's address.
 */
export async function showPayLink(
  { token, address }: { token: string; address: string },
  world: World = portalWorld(),
  limits: AttemptLimits = attemptLimits(context().app),
): Promise<PayLinkView> {
  const link = readAnyPayLink(world.payLinkKey, token);
  if (!link) return { kind: "not_valid" };
  if (link.expiresAt <= world.clock.now()) return { kind: "expired" };
  const taken = await limits.take("payLinkAddress", address);
  if (!taken.ok) return { kind: "too_many", retryAfterSeconds: taken.refusal.retryAfterSeconds };
  return transact(world.app, { customerId: link.customerId }, async ({ sql }) => {
    const opened = await openPayLink(sql, link);
    return opened ? view(world, sql, link.customerId, opened) : { kind: "not_valid" };
  });
}

async function view(
  world: World,
  sql: ReservedSql,
  customerId: CustomerId,
  { invoiceIds, mayUseBalance }: OpenedPayLink,
): Promise<PayLinkView> {
  const [named, balances] = await Promise.all([
    sql`
      select i.id, i.number, i.state, i.currency, p.state as claimed_by from invoices i
      left join invoice_claims n on n.customer_id = i.customer_id and n.invoice_id = i.id
      left join payments p on p.customer_id = n.customer_id and p.id = n.payment_id
      where i.customer_id = ${customerId} and i.id = any(${[...invoiceIds]}::uuid[]) order by i.due_on, i.id`,
    sql`select currency, posted_minor - held_minor as available_minor from balances where customer_id = ${customerId}`,
  ]);
  const [first] = named;
  if (!first) return { kind: "not_valid" };
  const open = named.filter((row) => row.state === "open");
  // Of several, the one that is told of is one that was paid, if any was.
  const closed = named.find((row) => row.state === "paid") ?? first;
  if (open.length === 0) return { kind: closed.state, number: closed.number };
  const payable = open.filter((row) => row.claimed_by !== "processing");
  const confirming = open.find((row) => row.claimed_by === "processing");
  if (payable.length === 0 && confirming) return { kind: "confirming", number: confirming.number };
  const ids = payable.map((row) => row.id as InvoiceId);
  const dues = await duesOf(sql, customerId, ids);
  const currency = first.currency as Currency;
  const available = balances.find((row) => row.currency === currency)?.available_minor ?? 0n;
  const planFor = (wish: BalanceWish) => {
    const planned = planPayment(dues, available, wish, world.gateway.chargeLimits(currency));
    if (!planned.ok) throw new Error("an open invoice has something due");
    return planned.plan;
  };
  const byCard = planFor("none");
  const withBalance = mayUseBalance && available > 0n ? planFor("all") : null;
  const subject = dues.find(({ id }) => ids.includes(id)) ?? dues[0];
  if (!subject) throw new Error("an open invoice has something due");
  return {
    kind: "due",
    number: subject.number,
    summary: subject.summary,
    dueOn: subject.dueOn,
    invoices: dues.map(({ id, number, summary, dueOn, remainingMinor }) => ({
      id,
      number,
      summary,
      dueOn,
      remaining: money(remainingMinor, currency),
      isEarlier: !ids.includes(id),
    })),
    due: money(byCard.cardMinor - byCard.excessMinor, currency),
    plan: shownOf(byCard),
    withBalance: withBalance && withBalance.balanceMinor > 0n ? shownOf(withBalance) : null,
    isBegun: payable.some((row) => row.claimed_by !== null),
  };
}

/** What is to be paid for these invoices, the earlier terms of their services included. */
async function duesOf(sql: ReservedSql, customerId: CustomerId, ids: readonly InvoiceId[]) {
  const earlier = await earlierOpenInvoices(sql, customerId, ids);
  const rows = await sql`
    select id, number, summary, due_on, total_minor - amount_paid_minor - amount_credited_minor as remaining_minor
    from invoices where customer_id = ${customerId} and id = any(${[...earlier, ...ids]}::uuid[]) and state = 'open'
    order by due_on, id`;
  return rows.map((row) => ({
    id: row.id as InvoiceId,
    number: row.number as string,
    summary: row.summary as string,
    dueOn: row.due_on as CalendarDay,
    remainingMinor: row.remaining_minor as bigint,
  }));
}
