import type { ReservedSql } from "@/db/client";
import type { TermLength } from "@/lib/kernel/calendar";
import type { CustomerId, PlanId, ServiceId } from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";
import { readDebt } from "../payment/debt";
import type { ServiceState } from "../service/states";
import type { World } from "../world";
import { decidePlanChange, type PlanChangeRefusal, type PlanChangeWay } from "./decide-plan-change";
import { readPlanChange } from "./plan-change-scene";
import { priceOfTerm, readListPrices } from "./term-prices";

/** What a change would do, shown before anybody agrees to it. */
export interface PlanChangePreview {
  way: PlanChangeWay;
  plan: {
    name: string /** The service has it: a change that was to come is taken back. */;
    isItsOwn: boolean;
  };
  startsAt: Date;
  /** For the rest of the paid terms, net and tax. */
  charged: Money;
  credited: Money;
  /** Of what is credited, what goes to a payment that the bank took back: the balance does not get it. */
  kept: Money;
  /** Charged less credited, and what is kept of that: below zero, the balance gets it. What is agreed to. */
  due: Money;
  available: Money;
  /** What the balance lacks of it; zero if it covers it. */
  shortBy: Money;
  /** Rest and length of each paid term that it is about, in days. */
  terms: { remainingDays: number; termDays: number; credited: Money; charged: Money }[];
  /** Numbers of unpaid renewals that are issued anew. */
  reissued: string[];
  /** What its terms cost then, net, from the first that is not paid; null where the new plan has no price by then. */
  termsAhead: { price: Money; term: TermLength; at: Date } | null;
}

/** A service, the plan it has, and those it could have. */
export interface PlanChoices {
  service: {
    id: ServiceId;
    label: string;
    state: ServiceState;
    /** It ends with its last paid term: its plan is changed only once the service is kept. */
    isEnding: boolean;
    currency: Currency;
    expiresAt: Date | null;
    planId: PlanId;
    planName: string;
    /** Chosen for a later term already. */
    next: { planId: PlanId; name: string; at: Date } | null;
  };
  plans: { id: PlanId; name: string; term: TermLength; price: Money }[];
}

/** Null if the customer has no such service. Plans on offer of its own family with a price in its currency, its own among them. */
export async function planChoices(
  sql: ReservedSql,
  { customerId, serviceId }: { customerId: CustomerId; serviceId: ServiceId },
  now: Date,
): Promise<PlanChoices | null> {
  const [[service], plans] = await Promise.all([
    sql`
      select s.id, s.label, s.state, s.currency, s.expires_at, s.plan_id, s.cancel_requested_at, p.name, s.next_plan_id, s.next_plan_at,
        n.name as next_name
      from services s join plans p on p.id = s.plan_id left join plans n on n.id = s.next_plan_id
      where s.customer_id = ${customerId} and s.id = ${serviceId}`,
    sql`
      select p.id, p.name, p.term_unit, p.term_count, s.currency, price.price_minor
      from services s join plans own on own.id = s.plan_id
      join plans p on p.id = own.id or (p.is_offered and p.family is not distinct from own.family)
      cross join lateral (
        select x.price_minor from plan_prices x where x.plan_id = p.id and x.currency = s.currency
          and x.valid_from <= ${now} order by x.valid_from desc limit 1
      ) price
      where s.customer_id = ${customerId} and s.id = ${serviceId}
      order by price.price_minor, p.name, p.id limit 200`,
  ]);
  if (!service) return null;
  return {
    service: {
      id: service.id,
      label: service.label,
      state: service.state,
      isEnding: service.cancel_requested_at !== null,
      currency: service.currency,
      expiresAt: service.expires_at,
      planId: service.plan_id,
      planName: service.name,
      next: service.next_plan_id && {
        planId: service.next_plan_id,
        name: service.next_name,
        at: service.next_plan_at,
      },
    },
    plans: plans.map((row) => ({
      id: row.id,
      name: row.name,
      term: { unit: row.term_unit, count: row.term_count },
      price: money(row.price_minor, row.currency),
    })),
  };
}

/** What the change would do now, by the rules that do it; nothing is locked or written. */
export async function previewPlanChange(
  world: Pick<World, "clock" | "timeZone">,
  sql: ReservedSql,
  wish: { customerId: CustomerId; serviceId: ServiceId; planId: PlanId; way: PlanChangeWay },
): Promise<{ ok: true; value: PlanChangePreview } | { ok: false; refusal: PlanChangeRefusal }> {
  const now = world.clock.now();
  const scene = await readPlanChange(sql, wish, now);
  if (!scene) return { ok: false, refusal: { code: "service_not_found" } };
  const { currency } = scene.service;
  const answer = decidePlanChange(scene, wish.way, now, world.timeZone);
  if (!answer.ok) return answer;
  const [[balance], debtMinor, pricesOf] = await Promise.all([
    sql`
      select posted_minor - held_minor as available_minor from balances
      where customer_id = ${wish.customerId} and currency = ${currency}`,
    readDebt(sql, wish.customerId, currency),
    readListPrices(sql, [wish.planId]),
  ]);
  const { expiresAt } = scene.service;
  const ahead = expiresAt && priceOfTerm(pricesOf(wish.planId, currency), expiresAt);
  const available: bigint = balance?.available_minor ?? 0n;
  const { way, startsAt, chargedMinor, creditedMinor, keptMinor, changes, reissued } = answer.decided;
  const dueMinor = chargedMinor - creditedMinor + keptMinor;
  // Debt is paid first; what only gives back needs nothing.
  const shortMinor = chargedMinor > 0n ? dueMinor + debtMinor - available : 0n;
  return {
    ok: true,
    value: {
      way,
      plan: { name: scene.to.name, isItsOwn: scene.to.id === scene.from.id },
      startsAt,
      charged: money(chargedMinor, currency),
      credited: money(creditedMinor, currency),
      kept: money(keptMinor, currency),
      due: money(dueMinor, currency),
      available: money(available, currency),
      shortBy: money(shortMinor > 0n ? shortMinor : 0n, currency),
      terms: changes.map(({ remainingDays, termDays, credited, charged }) => ({
        remainingDays,
        termDays,
        credited,
        charged,
      })),
      reissued: reissued.map(({ old }) => old.number),
      termsAhead:
        expiresAt && ahead
          ? { price: money(ahead.priceMinor, currency), term: scene.to.term, at: expiresAt }
          : null,
    },
  };
}
