import type { ReservedSql, Sql } from "@/db/client";
import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import { calendarDay, parseCalendarDay, startOfDay, type TermLength } from "@/lib/kernel/calendar";
import { type PlanId, uuidv7 } from "@/lib/kernel/id";
import { isCurrency, type Money, type MoneyRefusal, money, parseMoney } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { firstTermFrom } from "./first-term-from";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** As a person of the staff types it. */
export interface PriceWish {
  planKey: string;
  currency: string;
  price: string;
  /** The first day on which it applies, "YYYY-MM-DD", in the billing time zone. */
  from: string;
}

export type PriceRefusal =
  | MoneyRefusal
  | { code: "not_allowed" }
  | { code: "plan_not_found" }
  | { code: "date_malformed" }
  /** What was sold is sold: a price never changes for days that are over. */
  | { code: "date_past" }
  | { code: "price_is_the_same" }
  /** Somebody has set another price for that day since this one was shown. */
  | { code: "prices_changed" };

/** A service that a price reaches, and when first. */
export interface PriceHit {
  customer: { name: string; reference: string };
  label: string;
  /** The start of the first term that is billed at it. */
  firstAt: Date;
  /** What its terms cost by the prices that stand. */
  before: Money | null;
}

/** What setting a price does. */
export interface PriceChange {
  plan: { id: PlanId; key: string; name: string };
  price: Money;
  validFrom: Date;
  /** What applies just before; null where the plan was not sold in that currency. */
  before: Money | null;
  /** A price that stands for that very day, and is replaced. */
  replaces: Money | null;
  /** A later price that ends this one. */
  endedBy: { price: Money; at: Date } | null;
  /** Services that run on the plan in that currency; the first to be reached, at most a hundred. */
  services: number;
  customers: number;
  hits: PriceHit[];
  /** Names what it was shown over: a price that was set meanwhile makes it another. */
  seen: string;
}

const hitsMost = 100;

type SqlTag = ReservedSql | Sql;

/**
 * What a price from a day on would do: which services pay it first when, what it replaces, what ends it. Terms that are
 * billed already keep their price (domain.md, Renewing: "fixed at issue").
 */
export function previewPrice(
  _actor: StaffActor,
  wish: PriceWish,
  world: StaffWorld = staffWorld(),
): Promise<Result<PriceChange, PriceRefusal>> {
  return lookAt(world, world.staff.sql, wish);
}

async function lookAt(
  world: StaffWorld,
  sql: SqlTag,
  wish: PriceWish,
): Promise<Result<PriceChange, PriceRefusal>> {
  if (!isCurrency(wish.currency)) return refuse({ code: "amount_malformed" });
  const price = parseMoney(wish.price, wish.currency);
  if (!price.ok) return price;
  const day = parseCalendarDay(wish.from.trim());
  if (!day) return refuse({ code: "date_malformed" });
  const now = world.clock.now();
  if (day < calendarDay(now, world.timeZone)) return refuse({ code: "date_past" });
  const validFrom = startOfDay(day, world.timeZone);
  const [plan] = await sql`select id, key, name from plans where key = ${wish.planKey}`;
  if (!plan) return refuse({ code: "plan_not_found" });
  const prices = (
    await sql`
      select valid_from, price_minor from plan_prices where plan_id = ${plan.id} and currency = ${wish.currency}
      order by valid_from`
  ).map((row) => ({ at: row.valid_from as Date, price: money(row.price_minor, price.value.currency) }));
  const before = prices.findLast(({ at }) => at < validFrom)?.price ?? null;
  const replaces = prices.find(({ at }) => at.getTime() === validFrom.getTime())?.price ?? null;
  if ((replaces ?? before)?.minor === price.value.minor) return refuse({ code: "price_is_the_same" });
  const reached = await reachedBy(sql, world.timeZone, plan.id, wish.currency, validFrom, prices);
  return ok({
    plan: { id: plan.id, key: plan.key, name: plan.name },
    price: price.value,
    validFrom,
    before,
    replaces,
    endedBy: prices.find(({ at }) => at > validFrom) ?? null,
    ...reached,
    seen: prices.map(({ at, price: { minor } }) => `${at.toISOString()}=${minor}`).join(","),
  });
}

/**
 * Sets a plan's price from a day on, from finance on; `seen` is of the preview that was agreed to. One that stands for
 * that very day is replaced. Written down on the house's own customer.
 */
export async function setPrice(
  actor: StaffActor,
  { seen, ...wish }: PriceWish & { seen: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<PriceChange, PriceRefusal>> {
  if (!mayStaff(actor.role, "plan.change")) return refuse({ code: "not_allowed" });
  return transact(world.staff, {}, async ({ sql }) => {
    // One price at a time for a plan: whoever comes second looks at what the first has set.
    await sql`select from plans where key = ${wish.planKey} for update`;
    const shown = await lookAt(world, sql, wish);
    if (!shown.ok) return shown;
    const { plan, price, validFrom, before, replaces } = shown.value;
    if (shown.value.seen !== seen) return refuse({ code: "prices_changed" });
    await sql`
      insert into plan_prices (plan_id, currency, valid_from, price_minor)
      values (${plan.id}, ${price.currency}, ${validFrom}, ${price.minor.toString()})
      on conflict (plan_id, currency, valid_from) do update set price_minor = excluded.price_minor`;
    const detail = {
      plan: plan.key,
      currency: price.currency,
      priceMinor: price.minor.toString(),
      beforeMinor: ((replaces ?? before)?.minor ?? 0n).toString(),
      from: validFrom.toISOString(),
    };
    await sql`
      insert into activities (customer_id, id, occurred_at, actor, user_id, subject, subject_id, verb, detail, is_visible)
      select c.id, ${uuidv7(world.clock)}, ${world.clock.now()}, 'staff', ${actor.userId}, 'customer', c.id, 'plan_price_set',
        ${sql.json(detail)}, false
      from customers c where c.is_house order by c.id limit 1`;
    return shown;
  });
}

/** Services on the plan that are to renew, now or from their next term on, and the first term of each that begins then or later. */
async function reachedBy(
  sql: SqlTag,
  timeZone: string,
  planId: PlanId,
  currency: string,
  validFrom: Date,
  prices: readonly { at: Date; price: Money }[],
): Promise<Pick<PriceChange, "services" | "customers" | "hits">> {
  const onPlan = sql`
    from services s join customers c on c.id = s.customer_id and c.closed_at is null and s.cancel_requested_at is null
    join plans p on p.id = ${planId}
    cross join lateral (
      select greatest(s.expires_at, (
        select max(l.term_ends_at) from renewals r
        join invoice_lines l on l.customer_id = r.customer_id and l.renewal_id = r.id and l.invoice_id = r.invoice_id
        where r.customer_id = s.customer_id and r.service_id = s.id and r.state = 'invoiced')) as at
    ) next
    where coalesce(s.next_plan_id, s.plan_id) = ${planId} and s.currency = ${currency}
      and s.state in ('active', 'suspended') and s.expires_at is not null
      and not exists (select from renewals d where d.customer_id = s.customer_id and d.service_id = s.id
        and d.term_starts_at = s.expires_at and d.state in ('declined', 'lapsed'))`;
  const [[counted], rows] = await Promise.all([
    sql`select count(*)::int as services, count(distinct s.customer_id)::int as customers ${onPlan}`,
    sql`
      select c.name, c.reference, s.label, s.anchor_day, next.at, p.term_unit, p.term_count ${onPlan}
      order by next.at >= ${validFrom} desc, next.at, c.name, s.id limit ${hitsMost}`,
  ]);
  const hits = rows.map((row) => {
    const term = { unit: row.term_unit, count: row.term_count } as TermLength;
    const firstAt = firstTermFrom(row.at, validFrom, term, row.anchor_day, timeZone);
    return {
      customer: { name: row.name as string, reference: row.reference as string },
      label: row.label as string,
      firstAt,
      before:
        prices.findLast(({ at }) => at <= firstAt && at.getTime() !== validFrom.getTime())?.price ?? null,
    };
  });
  hits.sort((a, b) => a.firstAt.getTime() - b.firstAt.getTime());
  return { services: counted?.services, customers: counted?.customers, hits };
}
