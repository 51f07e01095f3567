import type { TermLength } from "@/lib/kernel/calendar";
import type { PlanId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** A plan's price in one currency. */
export interface PlanPrice {
  price: Money;
  validFrom: Date;
  /** What applied before today, applies now, or will. */
  when: "past" | "now" | "coming";
  /** Until when; null for the last one. */
  validUntil: Date | null;
}

export interface PlanRow {
  id: PlanId;
  key: string;
  name: string;
  term: TermLength;
  leadDays: number;
  graceDays: number;
  terminateDays: number;
  /** That customers may give themselves once per term. */
  ownGraceDays: number;
  /** Days from due on which its invoices are reminded of; null: the host's own. */
  reminderDays: number[] | null;
  isOffered: boolean;
  /** Services that run on it. */
  services: number;
  /** By currency, then from the earliest on. */
  prices: PlanPrice[];
}

/** All plans by name, those that are offered first, with all their prices. Every role of staff may look. */
export async function listPlans(_actor: StaffActor, world: StaffWorld = staffWorld()): Promise<PlanRow[]> {
  const { sql } = world.staff;
  const [plans, prices] = await Promise.all([
    sql`
      select p.*, (select count(*)::int from services s where s.plan_id = p.id
        and s.state in ('active', 'suspended')) as services
      from plans p order by not p.is_offered, p.name, p.key`,
    sql`
      select plan_id, currency, valid_from, price_minor,
        lead(valid_from) over (partition by plan_id, currency order by valid_from) as valid_until
      from plan_prices order by currency, valid_from`,
  ]);
  const now = world.clock.now();
  return plans.map((row) => ({
    id: row.id,
    key: row.key,
    name: row.name,
    term: { unit: row.term_unit, count: row.term_count },
    leadDays: row.lead_days,
    graceDays: row.grace_days,
    terminateDays: row.terminate_days,
    ownGraceDays: row.own_grace_days,
    reminderDays: row.reminder_days,
    isOffered: row.is_offered,
    services: row.services,
    prices: prices
      .filter((price) => price.plan_id === row.id)
      .map((price) => ({
        price: money(price.price_minor, price.currency),
        validFrom: price.valid_from,
        validUntil: price.valid_until,
        when: whenOf(price.valid_from, price.valid_until, now),
      })),
  }));
}

/** One plan, by its key. */
export async function showPlan(
  actor: StaffActor,
  key: string,
  world: StaffWorld = staffWorld(),
): Promise<PlanRow | null> {
  return (await listPlans(actor, world)).find((plan) => plan.key === key) ?? null;
}

function whenOf(from: Date, until: Date | null, now: Date): PlanPrice["when"] {
  if (from > now) return "coming";
  return until !== null && until <= now ? "past" : "now";
}
