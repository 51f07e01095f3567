import type { ReservedSql } from "@/db/client";
import { willBeCharged } from "@/lib/billing/auto-pay/will-be-charged";
import { autoChargeCard } from "@/lib/billing/card/auto-charge-card";
import { topUpFor } from "@/lib/billing/payment/top-up-amount";
import {
  type ForecastEvent,
  type ForecastScene,
  forecastDays,
  forecastRenewals,
  missingMinor,
} from "@/lib/billing/renewal/forecast";
import { readForecastScenes } from "@/lib/billing/renewal/read-forecast";
import type { World } from "@/lib/billing/world";
import type { InvoiceId, ServiceId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

/** A renewal to come, and whether the balance reaches for it. */
export interface RunwayRenewal {
  serviceIds: ServiceId[];
  summary: string;
  /** Null where it is not issued yet. */
  invoiceNumber: string | null;
  dueAt: Date;
  amount: Money;
  isCovered: boolean;
  /** The balance does not reach for it, and auto-pay charges a card for what is missing, one day before it is due. */
  isCharged: boolean;
}

/** How far a balance reaches, if nothing else happens. */
export interface Runway {
  available: Money;
  days: number;
  /** In the order in which the balance is tried; none where nothing renews by itself in these days. */
  renewals: RunwayRenewal[];
  /** What is short first. */
  short: (RunwayRenewal & { by: Money; topUp: Money | null }) | null;
  /** What is missing for all of them; null where it is no more than what is short first. */
  missing: { amount: Money; topUp: Money | null } | null;
}

/** How far each of a customer's balances reaches: one for each currency with something to renew, their own first. */
export function showRunways(actor: CustomerActor, world: World = portalWorld()): Promise<Runway[]> {
  return readAs(world, actor, (sql) => readRunways(sql, actor, world));
}

/** The same, with what else is read in one trip. */
export async function readRunways(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  world: World,
): Promise<Runway[]> {
  const today = { now: world.clock.now(), timeZone: world.timeZone };
  const [scenes, card, charged] = await Promise.all([
    readForecastScenes(sql, customerId, today),
    autoChargeCard(sql, customerId, today),
    sql`
      select i.id from invoices i where i.customer_id = ${customerId} and i.state = 'open'
        and ${willBeCharged(sql, today.now, today.timeZone)}`,
  ]);
  const ids = new Set(charged.map(({ id }) => id as InvoiceId));
  const isCharged = (id: InvoiceId | null) => (id ? ids.has(id) : card?.paysInvoices === true);
  return scenes
    .map((scene) => runwayOf(scene, world, isCharged))
    .filter(({ renewals }) => renewals.length > 0);
}

function runwayOf(scene: ForecastScene, world: World, isCharged: (id: InvoiceId | null) => boolean): Runway {
  const { currency } = scene;
  const { events, firstShort } = forecastRenewals(scene);
  const limits = world.gateway.chargeLimits(currency);
  const missing = firstShort ? missingMinor(scene) : 0n;
  const renewalOf = (event: ForecastEvent): RunwayRenewal => ({
    serviceIds: event.serviceIds,
    summary: event.summary,
    invoiceNumber: scene.invoices.find(({ id }) => id === event.invoiceId)?.number ?? null,
    dueAt: event.dueAt,
    amount: money(event.amountMinor, currency),
    isCovered: event.isCovered,
    isCharged: !event.isCovered && isCharged(event.invoiceId),
  });
  return {
    available: money(scene.availableMinor, currency),
    days: forecastDays,
    renewals: events.map(renewalOf),
    short: firstShort && {
      ...renewalOf(firstShort),
      by: money(firstShort.shortMinor, currency),
      topUp: topUpFor(firstShort.shortMinor, currency, limits),
    },
    missing:
      firstShort && missing > firstShort.shortMinor
        ? { amount: money(missing, currency), topUp: topUpFor(missing, currency, limits) }
        : null,
  };
}
