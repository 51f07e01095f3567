import {
  type AutoTopUpRefusal as SetRefusal,
  setAutoTopUp as set,
} from "@/lib/billing/auto-pay/set-auto-top-up";
import type { World } from "@/lib/billing/world";
import {
  type Currency,
  isCurrency,
  type Money,
  type MoneyRefusal,
  money,
  parseMoney,
} from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { may } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type AutoTopUpRefusal = SetRefusal | MoneyRefusal | { code: "currencies_differ" };

export interface AutoTopUpView {
  currency: Currency;
  isOn: boolean;
  /** As they were set last; null where they never were. */
  settings: { threshold: Money; amount: Money; monthlyCap: Money } | null;
}

/** Auto top-up in the customer's own currency. */
export function showAutoTopUp(actor: CustomerActor, world: World = portalWorld()): Promise<AutoTopUpView> {
  return readAs(world, actor, async (sql) => {
    const [row] = await sql`
      select c.currency, t.is_on, t.threshold_minor, t.amount_minor, t.monthly_cap_minor from customers c
      left join auto_top_ups t on t.customer_id = c.id and t.currency = c.currency where c.id = ${actor.customerId}`;
    const currency = row?.currency as Currency;
    const of = (minor: bigint) => money(minor, currency);
    const settings =
      row?.is_on === null
        ? null
        : {
            threshold: of(row?.threshold_minor),
            amount: of(row?.amount_minor),
            monthlyCap: of(row?.monthly_cap_minor),
          };
    return { currency, isOn: row?.is_on === true, settings };
  });
}

/** Turns auto top-up on with amounts as a person types them, or off (all of them absent). */
export async function setAutoTopUp(
  actor: CustomerActor,
  wish: {
    currency: string;
    settings: { threshold: string; amount: string; monthlyCap: string } | null;
    address?: string | null;
  },
  world: World = portalWorld(),
): Promise<Result<null, AutoTopUpRefusal>> {
  const { currency, settings: typed } = wish;
  if (!isCurrency(currency)) return refuse({ code: "currencies_differ" });
  const parsed = typed && {
    threshold: parseMoney(typed.threshold, currency),
    amount: parseMoney(typed.amount, currency),
    monthlyCap: parseMoney(typed.monthlyCap, currency),
  };
  for (const one of parsed ? Object.values(parsed) : []) if (!one.ok) return one;
  const settings =
    parsed?.threshold.ok && parsed.amount.ok && parsed.monthlyCap.ok
      ? {
          threshold: parsed.threshold.value,
          amount: parsed.amount.value,
          monthlyCap: parsed.monthlyCap.value,
        }
      : null;
  const { customerId, userId } = actor;
  const done = await set(world, world.app, {
    customerId,
    userId,
    currency,
    address: wish.address ?? null,
    settings,
    permit: (sql) => may(sql, actor, "balance.top_up"),
  });
  return done.ok ? ok(null) : refuse(done.refusal);
}
