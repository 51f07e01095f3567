import type { ReservedSql } from "@/db/client";
import { willBeCharged } from "@/lib/billing/auto-pay/will-be-charged";
import { readChargeOf } from "@/lib/billing/outlook/charge-of";
import { topUpFor } from "@/lib/billing/payment/top-up-amount";
import {
  type ForecastEvent,
  type ForecastScene,
  forecastDays,
  forecastRenewals,
  missingMinor,
} from "@/lib/billing/renewal/forecast";
import type { PlannedCharge } from "@/lib/billing/renewal/next-steps";
import { readForecastScenes } from "@/lib/billing/renewal/read-forecast";
import type { World } from "@/lib/billing/world";
import type { CalendarDay } from "@/lib/kernel/calendar";
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
  dueOn: CalendarDay;
  amount: Money;
  isCovered: boolean;
  /** The balance does not reach for it, and auto-pay charges a card for what is missing, one day before it is due. */
  isCharged: boolean;
  /** Which card auto-pay charges next for it, and when; also again, after a charge that failed. */
  charge: PlannedCharge | null;
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
  const [scenes, chargeOf, charged] = await Promise.all([
    readForecastScenes(sql, customerId, today),
    readChargeOf(sql, customerId, today),
    sql`
      select i.id from invoices i where i.customer_id = ${customerId} and i.state = 'open'
        and ${willBeCharged(sql, today.now, today.timeZone)}`,
  ]);
  const ids = new Set(charged.map(({ id }) => id as InvoiceId));
  const charges = (event: ForecastEvent): Pick<RunwayRenewal, "isCharged" | "charge"> => {
    const charge = chargeOf(event);
    return { charge, isCharged: charge !== null && (event.invoiceId === null || ids.has(event.invoiceId)) };
  };
  return scenes.map((scene) => runwayOf(scene, world, charges)).filter(({ renewals }) => renewals.length > 0);
}

function runwayOf(
  scene: ForecastScene,
  world: World,
  charges: (event: ForecastEvent) => Pick<RunwayRenewal, "isCharged" | "charge">,
): Runway {
  const { currency } = scene;
  const { events, firstShort } = forecastRenewals(scene);
  const limits = world.gateway.chargeLimits(currency);
  const missing = firstShort ? missingMinor(scene) : 0n;
  const renewalOf = (event: ForecastEvent): RunwayRenewal => ({
    serviceIds: event.serviceIds,
    summary: event.summary,
    invoiceNumber: scene.invoices.find(({ id }) => id === event.invoiceId)?.number ?? null,
    dueOn: event.dueOn,
    amount: money(event.amountMinor, currency),
    isCovered: event.isCovered,
    ...charges(event),
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
