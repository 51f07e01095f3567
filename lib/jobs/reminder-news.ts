import type { ReservedSql } from "@/db/client";
import { willBeCharged } from "@/lib/billing/auto-pay/will-be-charged";
import { daysFromDue } from "@/lib/billing/invoice/days-from-due";
import type { World } from "@/lib/billing/world";
import type { CustomerId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import type { CardExpiring } from "@/lib/mail/card-mail";
import type { RemindedInvoices, ShortRenewals } from "@/lib/mail/renewal-mail";
import type { StopNews } from "@/lib/mail/stop-mail";
import { expiringCard } from "./card-news";
import { type MailRef, openPayLinks } from "./pay-links";
import { stopAheadNews } from "./stop-news";
import { isToBeTold, waitsForOthers } from "./told-together";

interface Gathered {
  /** Further rows of the outbox whose reminders this mail tells. */
  alsoTold: string[];
}

/** What a reminder is about when it is sent. */
export type ReminderNews =
  | ({ kind: "low"; short: ShortRenewals } & Gathered)
  | ({ kind: "due"; due: RemindedInvoices } & Gathered)
  | { kind: "stop"; stop: StopNews }
  | { kind: "card"; card: CardExpiring }
  /** Another row's mail tells it, and has not gone out yet. */
  | { kind: "elsewhere" };

/**
 * What the stages of one outbox row have to say now (domain.md, Reminding: computed when sent). Null if there is nothing to
 * say any more: the invoices were paid, are being paid, or were cancelled.
 */
export async function reminderNews(
  world: World,
  sql: ReservedSql,
  customerId: CustomerId,
  outboxId: string,
): Promise<ReminderNews | null> {
  const rows = await sql`
    select kind, subject_id, stage from reminders where customer_id = ${customerId} and outbox_id = ${outboxId}`;
  const ids = rows.map((row) => row.subject_id as string);
  for (const [kind, what] of stops) {
    if (!rows.some((row) => row.kind === kind)) continue;
    const stop = await stopAheadNews(world, sql, { customerId, id: outboxId }, what, ids);
    return stop && { kind: "stop", stop };
  }
  if (rows.some((row) => row.kind === "card_expiring")) {
    const told = rows.map((row) => ({ subjectId: row.subject_id as string, stage: row.stage as number }));
    const card = await expiringCard(world, sql, customerId, told);
    return card && { kind: "card", card };
  }
  const gathered = await gatheredInvoices(world, sql, customerId, outboxId);
  if (!gathered) return null;
  if (gathered === "elsewhere") return { kind: "elsewhere" };
  if (gathered.kinds.has("invoice_due")) {
    const due = await remindedInvoices(world, sql, { customerId, id: outboxId }, gathered.invoiceIds);
    return due && { kind: "due", due, alsoTold: gathered.alsoTold };
  }
  const short = await shortRenewals(world, sql, { customerId, id: outboxId }, gathered.invoiceIds);
  return short && { kind: "low", short, alsoTold: gathered.alsoTold };
}

/**
 * Of all reminders of invoices that wait for their mail, in the currency of this row's, the mail of the first that may go out
 * tells: what the renewal run and the reminders found at about the same time, or while no mail server answered; the others are
 * told elsewhere. One that staff send again tells what it told before. Null if the row has no reminder to tell.
 */
async function gatheredInvoices(
  world: World,
  sql: ReservedSql,
  customerId: CustomerId,
  outboxId: string,
): Promise<({ kinds: Set<string>; invoiceIds: string[] } & Gathered) | "elsewhere" | null> {
  const rows = await sql`
    with told as (
      select r.outbox_id, r.kind, r.subject_id, i.currency,
        o.handled_at is null and not ${waitsForOthers(sql, world)} as is_ready
      from reminders r
      join outbox o on o.customer_id = r.customer_id and o.id = r.outbox_id
      join invoices i on i.customer_id = r.customer_id and i.id = r.subject_id
      where r.customer_id = ${customerId} and r.kind in ('invoice_due', 'balance_low')
        and ${isToBeTold(sql)})
    select t.outbox_id, t.kind, t.subject_id, t.is_ready from told t
    where t.currency in (select currency from told where outbox_id = ${outboxId}) order by t.outbox_id`;
  if (!rows.some((row) => row.outbox_id === outboxId)) return null;
  if (rows.find((row) => row.is_ready)?.outbox_id !== outboxId) return "elsewhere";
  return {
    kinds: new Set(rows.map((row) => row.kind)),
    invoiceIds: [...new Set(rows.map((row) => row.subject_id as string))],
    alsoTold: [...new Set(rows.map((row) => row.outbox_id as string))].filter((id) => id !== outboxId),
  };
}

const stops = [
  ["suspension_ahead", "suspensionAhead"],
  ["termination_ahead", "terminationAhead"],
] as const;

/** Those that are still open and that no payment is paying, first due first. */
async function remindedInvoices(
  world: World,
  sql: ReservedSql,
  mail: MailRef,
  invoiceIds: readonly string[],
): Promise<RemindedInvoices | null> {
  const { customerId } = mail;
  const rows = await sql`
    select i.id, i.number, i.summary as label, i.currency, i.due_on,
      i.total_minor - i.amount_paid_minor - i.amount_credited_minor as remaining_minor
    from invoices i
    where i.customer_id = ${customerId} and i.id = any(${[...invoiceIds]}::uuid[]) and i.state = 'open'
      and not ${willBeCharged(sql, world.clock.now(), world.timeZone)}
      and not exists (select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id)
    order by i.due_on, i.number`;
  const [first] = rows;
  if (!first) return null;
  const of = (minor: bigint) => money(minor, first.currency);
  const payLinks = await openPayLinks(
    world,
    sql,
    mail,
    rows.map(({ id }) => id),
  );
  return {
    payLinks,
    total: of(rows.reduce((total, row) => total + (row.remaining_minor as bigint), 0n)),
    daysFromDue: daysFromDue(first.due_on, world.clock.now(), world.timeZone),
    invoices: rows.map((row) => ({
      number: row.number,
      label: row.label,
      amount: of(row.remaining_minor),
      dueOn: row.due_on,
    })),
  };
}

/**
 * What is missing for renewals, as it is now: null if nothing is, because they were paid, are being paid, were cancelled,
 * or their services no longer renew by themselves (domain.md, Reminding: computed when sent). The invoices are of one
 * currency. Amounts in minor units of it.
 */
async function shortRenewals(
  world: World,
  sql: ReservedSql,
  mail: MailRef,
  invoiceIds: readonly string[],
): Promise<ShortRenewals | null> {
  const { customerId } = mail;
  const rows = await sql`
    select i.id, i.number, i.summary as label, i.currency, i.due_on,
      i.total_minor - i.amount_paid_minor - i.amount_credited_minor as remaining_minor,
      (coalesce(b.posted_minor - b.held_minor, 0) - (
        select coalesce(sum(case when t.debit = 'customer_debt' then t.amount_minor else -t.amount_minor end), 0)
        from transfers t where t.customer_id = i.customer_id and t.currency = i.currency
          and (t.debit = 'customer_debt' or t.credit = 'customer_debt')))::bigint as available_minor
    from invoices i
    left join balances b on b.customer_id = i.customer_id and b.currency = i.currency
    where i.customer_id = ${customerId} and i.id = any(${[...invoiceIds]}::uuid[]) and i.state = 'open'
      and not ${willBeCharged(sql, world.clock.now(), world.timeZone)}
      and not exists (select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id)
      and not exists (select from invoice_lines l join services s on s.customer_id = l.customer_id and s.id = l.service_id
        where l.customer_id = i.customer_id and l.invoice_id = i.id and not s.is_auto_renew)
    order by i.due_on, i.number`;
  const [first] = rows;
  if (!first) return null;
  const totalMinor = rows.reduce((total, row) => total + (row.remaining_minor as bigint), 0n);
  const shortMinor = totalMinor - (first.available_minor as bigint);
  if (shortMinor <= 0n) return null;
  const of = (minor: bigint) => money(minor, first.currency);
  const payLinks = await openPayLinks(
    world,
    sql,
    mail,
    rows.map(({ id }) => id),
  );
  return {
    payLinks,
    short: of(shortMinor),
    total: of(totalMinor),
    available: of(first.available_minor),
    invoices: rows.map((row) => ({
      number: row.number,
      label: row.label,
      amount: of(row.remaining_minor),
      dueOn: row.due_on,
    })),
  };
}
