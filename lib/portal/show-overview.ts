import type { ReservedSql } from "@/db/client";
import { type Subject, subjectOf, subjectParts } from "@/lib/billing/activity-subject";
import { isUnderWay } from "@/lib/billing/invoice/invoice-status";
import { readSuspensions, type Suspension } from "@/lib/billing/suspension/read-suspensions";
import type { World } from "@/lib/billing/world";
import { addDays } from "@/lib/kernel/calendar";
import type { InvoiceId } from "@/lib/kernel/id";
import { type Currency, type Money, money, sum } from "@/lib/kernel/money";
import { readOwed } from "./list-invoices";
import { readServiceRows } from "./list-services";
import { mayPay } from "./permit";
import { readAs } from "./scoped";
import type { BalanceView, CustomerActor, InvoiceList, ServiceRow, TimelineEntry } from "./shapes";
import { readBalances } from "./show-balance";
import { type Runway, readRunways } from "./show-runway";
import { portalWorld } from "./world";

/** Services whose term ends within so many days are worth a look. */
export const soonDays = 14;
const soonMost = 5;
const latelyMost = 8;

/** Something that happened, with what it happened to. */
export interface Happening extends TimelineEntry, Subject {}

export interface Overview {
  owed: InvoiceList["owed"];
  /** The number of the one open invoice, where there is just one. */
  onlyOpen: string | null;
  /** Several that can be paid together, oldest due first: of one currency, and not being paid. Else none. */
  payTogether: { ids: InvoiceId[]; amount: Money } | null;
  balances: BalanceView[];
  runways: Runway[];
  /** Of each currency the first service that renews automatically, with the end of its term. */
  nextRenewals: { currency: Currency; label: string; at: Date; isBeingPaid: boolean }[];
  /** What is suspended, or will be within a week, with the amount and the day. */
  suspensions: Suspension[];
  /** Those that expire soon or wait for their first payment; the most urgent first. */
  soon: ServiceRow[];
  serviceCount: number;
  lately: Happening[];
  canPay: boolean;
}

/** What a customer wants to know first: what is owed, how far the balance reaches, what ends soon, what happened. */
export function showOverview(actor: CustomerActor, world: World = portalWorld()): Promise<Overview> {
  const now = world.clock.now();
  const until = addDays(now, soonDays, world.timeZone);
  return readAs(world, actor, async (sql) => {
    const [owed, open, balances, runways, nextRenewals, services, suspensions, lately, canPay] =
      await Promise.all([
        readOwed(sql, actor),
        readOpen(sql, actor),
        readBalances(sql, actor),
        readRunways(sql, actor, world),
        readNextRenewals(sql, actor),
        readServiceRows(sql, actor, { now, timeZone: world.timeZone }),
        readSuspensions(sql, actor.customerId, { now, timeZone: world.timeZone }),
        readLately(sql, actor),
        mayPay(sql, actor),
      ]);
    const running = services.filter(({ state }) => state !== "terminated" && state !== "canceled");
    const soon = running.filter(
      ({ state, expiresAt }) =>
        state === "pending" || (state === "active" && expiresAt !== null && expiresAt <= until),
    );
    return {
      owed,
      onlyOpen: open.length === 1 ? (open[0]?.number ?? null) : null,
      payTogether: togetherOf(open),
      balances,
      runways,
      nextRenewals,
      suspensions: suspensions.map((one) => ({ ...one, ownGraceDays: null })),
      soon: soon.slice(0, soonMost),
      serviceCount: running.length,
      lately,
      canPay,
    };
  });
}

async function readNextRenewals(
  sql: ReservedSql,
  { customerId }: CustomerActor,
): Promise<Overview["nextRenewals"]> {
  const rows = await sql`
    select distinct on (s.currency) s.currency, s.label, s.expires_at, exists (
      select from invoice_lines l join invoice_claims c on c.customer_id = l.customer_id and c.invoice_id = l.invoice_id
      where l.customer_id = s.customer_id and l.service_id = s.id and ${isUnderWay(sql)}) as is_being_paid
    from services s
    where s.customer_id = ${customerId} and s.state in ('active', 'suspended') and s.is_auto_renew
      and s.expires_at is not null and s.cancel_requested_at is null and not exists (
        select from renewals r where r.customer_id = s.customer_id and r.service_id = s.id
          and r.term_starts_at = s.expires_at and r.state in ('declined', 'lapsed'))
    order by s.currency, s.expires_at, s.id`;
  return rows.map((row) => ({
    currency: row.currency,
    label: row.label,
    at: row.expires_at,
    isBeingPaid: row.is_being_paid,
  }));
}

/** More are chosen in the list. */
const togetherMost = 50;

interface OpenInvoice {
  id: InvoiceId;
  number: string;
  remaining: Money;
  isClaimed: boolean;
}

async function readOpen(sql: ReservedSql, { customerId }: CustomerActor): Promise<OpenInvoice[]> {
  const rows = await sql`
    select i.id, i.number, i.currency, i.total_minor - i.amount_paid_minor - i.amount_credited_minor as minor, exists (
      select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id) as is_claimed
    from invoices i where i.customer_id = ${customerId} and i.state = 'open'
    order by i.due_on, i.id limit ${togetherMost + 1}`;
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    remaining: money(row.minor, row.currency),
    isClaimed: row.is_claimed,
  }));
}

function togetherOf(open: readonly OpenInvoice[]): Overview["payTogether"] {
  const free = open.filter(({ isClaimed }) => !isClaimed);
  const currency = free[0]?.remaining.currency;
  if (!currency || free.length < 2 || open.length > togetherMost) return null;
  if (free.some(({ remaining }) => remaining.currency !== currency)) return null;
  return {
    ids: free.map(({ id }) => id),
    amount: sum(
      currency,
      free.map(({ remaining }) => remaining),
    ),
  };
}

async function readLately(sql: ReservedSql, { customerId }: CustomerActor): Promise<Happening[]> {
  const { columns, joins } = subjectParts(sql);
  const rows = await sql`
    select a.id, a.occurred_at, a.actor, a.verb, a.detail, ${columns}
    from activities a ${joins}
    where a.customer_id = ${customerId} and a.is_visible order by a.id desc limit ${latelyMost}`;
  return rows.map((row) => ({
    id: row.id,
    occurredAt: row.occurred_at,
    actor: row.actor,
    verb: row.verb,
    detail: row.detail,
    ...subjectOf(row),
  }));
}
