import { type ProxyDoubt, proxyDoubts } from "@/lib/auth/client-address";
import type { SetupDifference } from "@/lib/billing/reconciliation/check-stripe";
import { dailyPass } from "@/lib/billing/reminder/mail-hour";
import { calendarDay, startOfDay } from "@/lib/kernel/calendar";
import { type Currency, type Money, money } from "@/lib/kernel/money";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** So many of something, and what they come to in each currency. */
export interface Figure {
  count: number;
  amounts: Money[];
}

/** The figures of one day of the billing time zone, and whether everything that works by itself does. */
export interface Health {
  /** From outside, through Stripe and by bank: for invoices and as top-ups. */
  collected: Figure;
  topUps: Figure;
  issued: Figure;
  paid: Figure;
  /** When the last event came by webhook; null if none ever did. */
  lastWebhookAt: Date | null;
  jobs: {
    name: string;
    endedAt: Date | null;
    failedAt: Date | null;
    message: string | null;
    isLate: boolean;
  }[];
  /** News that are not handed to mail yet. */
  mail: { waiting: number; oldestAt: Date | null };
  /** The host's setup at Stripe as it was looked at last; null before that. */
  setup: {
    checkedAt: Date;
    isKeyRefused: boolean;
    account: { id: string; settlesIn: string } | null;
    differences: SetupDifference[];
  } | null;
  /** Events of the last day that are about other business of the Stripe account. */
  othersCount: number;
  /** What is wrong with the addresses that proxies hand on, as this process saw it in the last day. */
  proxies: ProxyDoubt[];
  /** Payments of which Stripe could not say yet what became of them, or says what does not fit. */
  unknown: { count: number; oldestAt: Date | null };
}

/** So long at most a payment is under way (delayed methods): what ended today was begun since then. */
const paymentDaysMost = 45;
const dayMs = 24 * 3_600_000;

/** Every role of staff may look. */
export async function showHealth(_actor: StaffActor, world: StaffWorld = staffWorld()): Promise<Health> {
  const { sql } = world.staff;
  const now = world.clock.now();
  const today = startOfDay(calendarDay(now, world.timeZone), world.timeZone);
  const [received, issued, paid, [webhook], jobs, [mail], [unknown], [setup], [others]] = await Promise.all([
    sql`
      select kind, currency, count(*)::int as count, sum(card_minor + bank_minor)::bigint as minor from payments
      where created_at >= ${new Date(today.getTime() - paymentDaysMost * dayMs)} and state = 'succeeded'
        and ended_at >= ${today} and card_minor + bank_minor > 0
      group by kind, currency order by currency`,
    sql`
      select currency, count(*)::int as count, sum(total_minor)::bigint as minor from invoices
      where issued_at >= ${today} and number is not null group by currency order by currency`,
    sql`
      select i.currency, count(*)::int as count, sum(i.total_minor)::bigint as minor
      from activities a join invoices i on i.customer_id = a.customer_id and i.id = a.subject_id
      where a.id >= ${firstIdOf(today)} and a.occurred_at >= ${today} and a.verb = 'invoice_paid'
      group by i.currency order by i.currency`,
    sql`select received_at from stripe_events where source = 'webhook' order by received_at desc, id desc limit 1`,
    // The day's pass is no job of its own: `remind` makes it, at its hours alone, and says whether that failed.
    sql`select * from job_runs where name <> ${dailyPass} order by name`,
    sql`
      select count(*)::int as count, min(created_at) as oldest_at from (
        select created_at from outbox where handled_at is null order by id limit 1000) o`,
    sql`
      select count(*)::int as count, min(created_at) as oldest_at from (
        select id, created_at from payments where next_poll_at is not null and state = 'unknown'
        union
        select p.id, p.created_at from tasks t
        join payments p on p.customer_id = t.customer_id and p.id::text = t.subject_id
        where t.kind = 'payment_quarantined' and t.done_at is null and p.ended_at is null) u`,
    sql`select * from stripe_checks where name = 'setup'`,
    sql`
      select count(*)::int as count from stripe_events e join event_runs r on r.event_id = e.id
      where e.received_at >= ${new Date(now.getTime() - dayMs)} and r.reason = 'not_ours'`,
  ]);
  return {
    collected: figureOf(received),
    topUps: figureOf(received.filter(({ kind }) => kind === "top_up")),
    issued: figureOf(issued),
    paid: figureOf(paid),
    lastWebhookAt: webhook?.received_at ?? null,
    jobs: jobs.map((row) => ({
      name: row.name,
      endedAt: row.ended_at,
      failedAt: row.failed_at,
      message: row.message,
      isLate: isLate(row.ended_at ?? row.started_at, row.every_seconds, now),
    })),
    mail: { waiting: mail?.count ?? 0, oldestAt: mail?.oldest_at ?? null },
    setup: setup
      ? {
          checkedAt: setup.checked_at,
          isKeyRefused: setup.failure === "key_refused",
          account: setup.setup?.account ?? null,
          differences: setup.differences,
        }
      : null,
    othersCount: others?.count ?? 0,
    proxies: proxyDoubts(),
    unknown: { count: unknown?.count ?? 0, oldestAt: unknown?.oldest_at ?? null },
  };
}

/** A job is late when it could have run three times since, and a few minutes have passed. */
export function isLate(last: Date, everySeconds: number, now: Date): boolean {
  return now.getTime() - last.getTime() > Math.max(3 * everySeconds, 300) * 1000;
}

function figureOf(rows: readonly Record<string, unknown>[]): Figure {
  const totals = new Map<Currency, bigint>();
  for (const row of rows) {
    const currency = row.currency as Currency;
    totals.set(currency, (totals.get(currency) ?? 0n) + (row.minor as bigint));
  }
  return {
    count: rows.reduce((count, row) => count + (row.count as number), 0),
    amounts: [...totals].map(([currency, minor]) => money(minor, currency)),
  };
}

/** No id made since then is smaller: their first 48 bits are the milliseconds (RFC 9562, 5.7). */
function firstIdOf(instant: Date): string {
  const ms = instant.getTime().toString(16).padStart(12, "0");
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-000000000000`;
}
