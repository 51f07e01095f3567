import type { ReservedSql } from "@/db/client";
import { nextChargeAt } from "@/lib/billing/auto-pay/schedule";
import { willBeCharged } from "@/lib/billing/auto-pay/will-be-charged";
import { autoChargeCard } from "@/lib/billing/card/auto-charge-card";
import { daysFromDue } from "@/lib/billing/invoice/days-from-due";
import { isUnderWay } from "@/lib/billing/invoice/invoice-status";
import { readDebts } from "@/lib/billing/payment/debt";
import {
  missingMinor,
  readWaitingRenewals,
  toldMinorAfter,
  type WaitingRenewals,
} from "@/lib/billing/reminder/missing-for-renewals";
import { announcedFor, suspendsAt, terminatesAt } from "@/lib/billing/suspension/decide-stop";
import { type NextTerm, nextTerms } from "@/lib/billing/suspension/next-terms";
import type { World } from "@/lib/billing/world";
import { addCalendarDays, type CalendarDay, calendarDay, laterDay } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId, ServiceId } from "@/lib/kernel/id";
import { type Currency, money, sumOf } from "@/lib/kernel/money";
import type { DeclinedStop, MorningNews } from "@/lib/mail/morning-mail";
import type { InvoiceStop, MorningInvoice, MorningPart } from "@/lib/mail/morning-part";
import { urgencyOf } from "@/lib/mail/morning-subject";
import { expiringCard } from "./card-news";
import { type MailRef, openPayLinks } from "./pay-links";
import type { ToldStage } from "./told-stage";

/** What the mail says, and what is noted of it. */
export interface FoundNews extends MorningNews {
  /** What customers know from it to be missing for renewals, in minor units by currency: a mail follows when that rises. */
  shortfalls: Record<string, string>;
}

/**
 * What the day's mail has to say now (domain.md, A5: a reminder proposes what is true when it is sent): of each currency the
 * invoices whose stages it tells, and what else has to be paid by then. Null if nothing is left to say: it was paid, is being
 * paid, or was cancelled.
 */
export async function morningNews(
  world: World,
  sql: ReservedSql,
  mail: MailRef,
  stages: readonly ToldStage[],
  scope: "named" | "due" = "due",
): Promise<FoundNews | null> {
  const { customerId } = mail;
  const { timeZone } = world;
  const now = world.clock.now();
  const [open, balances, debts, waiting, charge, card] = await Promise.all([
    openInvoices(world, sql, customerId),
    sql`select currency, posted_minor - held_minor as available_minor from balances where customer_id = ${customerId}`,
    readDebts(sql, customerId),
    readWaitingRenewals(world, sql, [customerId]),
    autoChargeCard(sql, customerId, { now, timeZone }),
    expiringCard(
      world,
      sql,
      customerId,
      stages.filter(({ kind }) => kind === "card_expiring" || kind === "card_expired"),
    ),
  ]);
  const terms = await termsOf(sql, customerId, open, stages);
  const announced = announcementsOf(terms, stages, world, now);
  const named = new Set([
    ...stages.map(({ subjectId }) => subjectId),
    ...announced.flatMap(({ invoiceId }) => invoiceId ?? []),
  ]);
  const parts: MorningPart[] = [];
  const shortfalls: Record<string, string> = {};
  for (const currency of new Set(open.filter(({ id }) => named.has(id)).map((one) => one.currency))) {
    const own = open.filter((one) => one.currency === currency);
    const told = toldOf(own, named, scope);
    const isNew = (id: string) =>
      stages.some(({ kind, subjectId }) => kind === "invoice_issued" && subjectId === id);
    const due = told.filter(({ isCharged }) => !isCharged);
    const [payLink = null] = await openPayLinks(
      world,
      sql,
      mail,
      due.map(({ id }) => id),
    );
    const renewing = waiting.find((one) => one.currency === currency);
    const short = shortOf(due, renewing, (one) =>
      lastDayOf(one, stopOf(one, terms, announced, timeZone), calendarDay(now, timeZone)),
    );
    if (renewing && short)
      shortfalls[currency] = toldMinorAfter(renewing, new Set(due.map(({ id }) => id))).toString();
    const available = balances.find((row) => row.currency === currency)?.available_minor ?? 0n;
    parts.push({
      invoices: told.map(
        (one): MorningInvoice => ({
          number: one.number,
          label: one.label,
          amount: money(one.remainingMinor, currency),
          dueOn: one.dueOn,
          daysFromDue: daysFromDue(one.dueOn, now, timeZone),
          isNew: isNew(one.id),
          charge: chargeOf(one, charge?.card.last4 ?? null, now, timeZone),
          stop: stopOf(one, terms, announced, timeZone),
        }),
      ),
      total: money(
        sumOf(due, ({ remainingMinor }) => remainingMinor),
        currency,
      ),
      available: money(available > 0n ? available : 0n, currency),
      debt: money(debts.get(currency) ?? 0n, currency),
      short,
      payLink,
    });
  }
  const declined = announced.flatMap(({ label, what, on, invoiceId }) =>
    invoiceId === null ? [{ label, what, on }] : [],
  );
  if (parts.length === 0 && declined.length === 0 && !card) return null;
  return {
    parts: parts.sort((a, b) => order.indexOf(urgencyOf(a)) - order.indexOf(urgencyOf(b))),
    declined,
    card,
    shortfalls,
  };
}

const order = ["termination", "suspension", "pastDue", "short", "today", "ahead", "new", "charged"];

interface Open {
  id: InvoiceId;
  number: string;
  label: string;
  currency: Currency;
  dueOn: CalendarDay;
  remainingMinor: bigint;
  isCharged: boolean;
  serviceIds: ServiceId[];
}

/** Those that no payment is paying, first due first. One that was started and left pays nothing, and keeps nothing from being told. */
async function openInvoices(world: World, sql: ReservedSql, customerId: CustomerId): Promise<Open[]> {
  const { clock, timeZone } = world;
  const rows = await sql`
    select i.id, i.number, i.summary, i.currency, i.due_on,
      i.total_minor - i.amount_paid_minor - i.amount_credited_minor as remaining_minor,
      ${willBeCharged(sql, clock.now(), timeZone)} as is_charged,
      array(select distinct l.service_id from invoice_lines l where l.customer_id = i.customer_id
        and l.invoice_id = i.id and l.kind = 'renewal') as service_ids
    from invoices i where i.customer_id = ${customerId} and i.state = 'open'
      and not exists (select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id
        and ${isUnderWay(sql)})
    order by i.due_on, i.id`;
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    label: row.summary,
    currency: row.currency,
    dueOn: row.due_on,
    remainingMinor: row.remaining_minor,
    isCharged: row.is_charged,
    serviceIds: row.service_ids,
  }));
}

/**
 * Those that are named, and what is due no later than the last of them: money that comes pays that first, so an amount that
 * left it out would not do what the mail says.
 */
function toldOf(own: readonly Open[], named: ReadonlySet<string>, scope: "named" | "due"): Open[] {
  const isNamed = ({ id }: Open) => named.has(id);
  const last = own.filter((one) => isNamed(one) && !one.isCharged).at(-1)?.dueOn ?? "";
  return own.filter((one) => isNamed(one) || (scope === "due" && !one.isCharged && one.dueOn <= last));
}

async function termsOf(
  sql: ReservedSql,
  customerId: CustomerId,
  open: readonly Open[],
  stages: readonly ToldStage[],
): Promise<NextTerm[]> {
  const renewalIds = stages.filter(({ kind }) => kind in stopKinds).map(({ subjectId }) => subjectId);
  const stopped = await sql`
    select service_id from renewals where customer_id = ${customerId} and id = any(${renewalIds}::uuid[])`;
  const ids = new Set([
    ...open.flatMap(({ serviceIds }) => serviceIds),
    ...stopped.map((row) => row.service_id as ServiceId),
  ]);
  return nextTerms(
    sql,
    [...ids].map((serviceId) => ({ customerId, serviceId })),
  );
}

const stopKinds: Record<string, "suspension" | "termination"> = {
  suspension_ahead: "suspension",
  termination_ahead: "termination",
};

interface Announcement extends DeclinedStop {
  serviceId: ServiceId;
  /** What pays it; null where its renewal was declined. */
  invoiceId: InvoiceId | null;
}

function announcementsOf(
  terms: readonly NextTerm[],
  stages: readonly ToldStage[],
  { timeZone }: World,
  now: Date,
): Announcement[] {
  return terms
    .flatMap((term) => {
      const stage = stages.find(({ kind, subjectId }) => kind in stopKinds && subjectId === term.renewalId);
      const what = stage && stopKinds[stage.kind];
      const at = what && (what === "suspension" ? suspendsAt : terminatesAt)(term.facts, timeZone);
      if (!what || !at) return [];
      const on = calendarDay(announcedFor(at, term.facts, now), timeZone);
      const { service, invoiceId } = term;
      return [{ label: service.label, what, on, serviceId: service.id, invoiceId }];
    })
    .sort((a, b) => (a.on < b.on ? -1 : 1));
}

/** Of its services the one that is stopped first. */
function stopOf(
  { id, serviceIds }: Open,
  terms: readonly NextTerm[],
  announced: readonly Announcement[],
  timeZone: string,
): InvoiceStop | null {
  const stops = terms.flatMap(({ service, invoiceId, facts }) => {
    if (invoiceId !== id || !serviceIds.includes(service.id)) return [];
    const suspended = facts.suspendedAt ?? suspendsAt(facts, timeZone);
    const terminated =
      suspended && terminatesAt({ ...facts, state: "suspended", suspendedAt: suspended }, timeZone);
    if (!terminated) return [];
    const own = announced.find(({ serviceId }) => serviceId === service.id);
    const suspendsOn = calendarDay(suspended, timeZone);
    const terminatesOn = calendarDay(terminated, timeZone);
    return [
      {
        announces: own?.what ?? null,
        isSuspended: facts.state === "suspended",
        suspendsOn: own?.what === "suspension" ? laterDay(own.on, suspendsOn) : suspendsOn,
        terminatesOn: own?.what === "termination" ? laterDay(own.on, terminatesOn) : terminatesOn,
      },
    ];
  });
  const rank = ({ announces, isSuspended }: InvoiceStop) => (announces ? 2 : 0) + (isSuspended ? 1 : 0);
  return stops.sort((a, b) => rank(b) - rank(a) || (a.terminatesOn < b.terminatesOn ? -1 : 1))[0] ?? null;
}

function chargeOf(
  { isCharged, dueOn }: Open,
  last4: string | null,
  now: Date,
  timeZone: string,
): MorningInvoice["charge"] {
  const at = isCharged ? nextChargeAt(dueOn, now, timeZone) : null;
  if (!isCharged || last4 === null) return null;
  return { last4, on: calendarDay(at ?? now, timeZone) };
}

/** What the balance misses for those of them that wait for it, and until when money has to be there. */
function shortOf(
  due: readonly Open[],
  waiting: WaitingRenewals | undefined,
  lastDay: (one: Open) => CalendarDay | null,
): MorningPart["short"] {
  const named = new Set<string>(due.map(({ id }) => id));
  const [first, ...others] = due.filter(({ id }) => waiting?.renewals.some((one) => one.id === id));
  if (!first || !waiting) return null;
  const shortMinor = missingMinor(waiting, ({ id }) => named.has(id));
  if (shortMinor === 0n) return null;
  const days = [first, ...others].map(lastDay);
  return {
    amount: money(shortMinor, first.currency),
    what: others.length === 0 ? first.label : null,
    by: days.reduce((a, b) => (a && b ? (a < b ? a : b) : null)),
  };
}

/**
 * The day it is due; once that is over, the last one before the service is stopped. Null where it is stopped today, or was to
 * be: a part of a day is not promised.
 */
function lastDayOf({ dueOn }: Open, stop: InvoiceStop | null, today: CalendarDay): CalendarDay | null {
  if (dueOn >= today) return dueOn;
  const stopsOn = stop && (stop.isSuspended ? stop.terminatesOn : stop.suspendsOn);
  const last = stopsOn && addCalendarDays(stopsOn, -1);
  return last && last >= today ? last : null;
}
