import type { ReservedSql } from "@/db/client";
import { type Subject, subjectOf, subjectParts } from "@/lib/billing/activity-subject";
import type { World } from "@/lib/billing/world";
import { addDays } from "@/lib/kernel/calendar";
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
  balances: BalanceView[];
  runways: Runway[];
  /** Those that expire soon, are suspended, or wait for their first payment; the most urgent first. */
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
    const [owed, [only], balances, runways, services, lately, canPay] = await Promise.all([
      readOwed(sql, actor),
      sql`
        select min(number) as number from invoices
        where customer_id = ${actor.customerId} and state = 'open' having count(*) = 1`,
      readBalances(sql, actor),
      readRunways(sql, actor, world),
      readServiceRows(sql, actor, { now, timeZone: world.timeZone }),
      readLately(sql, actor),
      mayPay(sql, actor),
    ]);
    const running = services.filter(({ state }) => state !== "terminated" && state !== "canceled");
    const soon = running.filter(
      ({ state, expiresAt }) => state !== "active" || (expiresAt !== null && expiresAt <= until),
    );
    return {
      owed,
      onlyOpen: only?.number ?? null,
      balances,
      runways,
      soon: soon.slice(0, soonMost),
      serviceCount: running.length,
      lately,
      canPay,
    };
  });
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
