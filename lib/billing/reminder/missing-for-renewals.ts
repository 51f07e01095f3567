import type { ReservedSql } from "@/db/client";
import type { CalendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { type Currency, sumOf } from "@/lib/kernel/money";
import { renewsByItself, willBeCharged } from "../auto-pay/will-be-charged";
import { readDebtsOf } from "../payment/debt";
import type { World } from "../world";

/** An open renewal that the balance is to pay. */
export interface WaitingRenewal {
  readonly id: InvoiceId;
  readonly dueOn: CalendarDay;
  readonly remainingMinor: bigint;
  /** A mail that named it went out. */
  readonly isTold: boolean;
}

/** What waits for a customer's balance in one currency. */
export interface WaitingRenewals {
  readonly customerId: CustomerId;
  readonly currency: Currency;
  /** First due first; at least one. */
  readonly renewals: readonly WaitingRenewal[];
  /** What is available, less debt: may be negative. */
  readonly haveMinor: bigint;
  /** What the last mail about any of them noted as missing. */
  readonly toldMinor: bigint;
}

/**
 * What the balance misses for renewals: for all that wait, or for those that are meant. The morning's pass, its mail and what
 * the mail notes (`notices.shortfalls`) all read this (domain.md, A5). Minor units, never negative.
 */
export function missingMinor(
  { renewals, haveMinor }: Pick<WaitingRenewals, "renewals" | "haveMinor">,
  isMeant: (renewal: WaitingRenewal) => boolean = () => true,
): bigint {
  const meant = renewals.filter(isMeant);
  const minor = waitingMinor(meant) - haveMinor;
  return meant.length > 0 && minor > 0n ? minor : 0n;
}

/** Up to where nothing has risen: what the last mail noted, and what was issued since, of which the next mail tells anyway. */
function knownMinor({ renewals, toldMinor }: WaitingRenewals): bigint {
  return toldMinor + waitingMinor(renewals.filter(({ isTold }) => !isTold));
}

/** Whether more is missing than the customer knows of, who was told of some of it. */
export function hasRisen(waiting: WaitingRenewals): boolean {
  return waiting.renewals.some(({ isTold }) => isTold) && missingMinor(waiting) > knownMinor(waiting);
}

/**
 * What customers know to be missing for all that renews, once a mail has named some: all of it, if the mail named all. A mail
 * that leaves some out does not say a rise, so that the next morning's still does.
 */
export function toldMinorAfter(waiting: WaitingRenewals, named: ReadonlySet<string>): bigint {
  const missing = missingMinor(waiting);
  const left = waiting.renewals.filter(({ id }) => !named.has(id));
  if (left.length === 0) return missing;
  const known = knownMinor(waiting);
  const minor = (missing < known ? missing : known) - waitingMinor(left.filter(({ isTold }) => !isTold));
  return minor > 0n ? minor : 0n;
}

/** Of these customers, the renewals that no card and no payment pays, by customer and currency. */
export async function readWaitingRenewals(
  { clock, timeZone }: Pick<World, "clock" | "timeZone">,
  sql: ReservedSql,
  customerIds: readonly CustomerId[],
): Promise<WaitingRenewals[]> {
  const [rows, debts] = await Promise.all([
    sql`
      select i.customer_id, i.currency, i.id, i.due_on,
        i.total_minor - i.amount_paid_minor - i.amount_credited_minor as remaining_minor,
        coalesce(b.posted_minor - b.held_minor, 0) as available_minor, t.told_at, t.told_minor
      from invoices i
      left join balances b on b.customer_id = i.customer_id and b.currency = i.currency
      left join lateral (
        select n.created_at as told_at, coalesce((n.shortfalls ->> i.currency)::bigint, 0) as told_minor from reminders r
        join notices n on n.customer_id = r.customer_id and n.id = r.outbox_id
          and (n.state in ('sent', 'bounced', 'undeliverable') or n.sent_at is not null)
        where r.customer_id = i.customer_id and r.subject_id = i.id and r.kind in ('invoice_issued', 'invoice_due', 'shortfall')
        order by n.created_at desc, n.id desc limit 1) t on true
      where i.customer_id = any(${[...customerIds]}::uuid[]) and i.state = 'open' and i.origin = 'renewal'
        and not ${willBeCharged(sql, clock.now(), timeZone)} and ${renewsByItself(sql)}
        and not exists (select from invoice_claims k where k.customer_id = i.customer_id and k.invoice_id = i.id)
      order by i.customer_id, i.currency, i.due_on, i.id`,
    readDebtsOf(sql, customerIds),
  ]);
  const groups = new Map<string, WaitingRow[]>();
  for (const row of rows as unknown as WaitingRow[]) {
    const key = `${row.customer_id} ${row.currency}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((own) => waitingOf(own, debts));
}

interface WaitingRow {
  customer_id: CustomerId;
  currency: Currency;
  id: InvoiceId;
  due_on: CalendarDay;
  remaining_minor: bigint;
  available_minor: bigint;
  /** Both of the last mail that named it; null if none did. */
  told_at: Date | null;
  told_minor: bigint | null;
}

function waitingOf(
  rows: readonly WaitingRow[],
  debts: ReadonlyMap<CustomerId, ReadonlyMap<Currency, bigint>>,
): WaitingRenewals[] {
  const [first] = rows;
  if (!first) return [];
  const { customer_id: customerId, currency, available_minor: availableMinor } = first;
  const latest = rows.reduce((a, b) => ((b.told_at?.getTime() ?? 0) > (a.told_at?.getTime() ?? 0) ? b : a));
  const renewals = rows.map((row) => ({
    id: row.id,
    dueOn: row.due_on,
    remainingMinor: row.remaining_minor,
    isTold: row.told_at !== null,
  }));
  const haveMinor = availableMinor - (debts.get(customerId)?.get(currency) ?? 0n);
  return [{ customerId, currency, renewals, haveMinor, toldMinor: latest.told_minor ?? 0n }];
}

function waitingMinor(renewals: readonly WaitingRenewal[]): bigint {
  return sumOf(renewals, ({ remainingMinor }) => remainingMinor);
}
