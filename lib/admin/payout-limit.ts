import { payoutDayLimit, payoutDayLimits } from "@/lib/billing/payment/payout-limit";
import { isCurrency, type Money, type MoneyRefusal, parseMoney, toDecimal } from "@/lib/kernel/money";
import { type Result, refuse } from "@/lib/kernel/result";
import { changeSetting, type SettingRefusal } from "./change-setting";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type PayoutLimitRefusal = SettingRefusal | MoneyRefusal;

/** What one person may pay out a day, in each currency in use. Every role of staff may look. */
export function showPayoutLimits(_actor: StaffActor, world: StaffWorld = staffWorld()): Promise<Money[]> {
  return payoutDayLimits(world.staff.sql);
}

/** Changes what one person may pay out a day in a currency; admins alone. `seen` is the limit shown, in digits. */
export async function changePayoutLimit(
  actor: StaffActor,
  { currency, amount, seen }: { currency: string; amount: string; seen: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, PayoutLimitRefusal>> {
  if (!isCurrency(currency)) return refuse({ code: "amount_malformed" });
  const told = (limit: Money) => `${toDecimal(limit)} ${limit.currency}`;
  return changeSetting<Money, MoneyRefusal>(world, actor, {
    key: "payout_day_most",
    part: currency,
    verb: "payout_limit_changed",
    seen,
    parse: () => parseMoney(amount, currency),
    read: (sql) => payoutDayLimit(sql, currency),
    seenAs: toDecimal,
    stored: ({ minor }) => minor.toString(),
    told: (from, to) => ({ from: told(from), to: told(to) }),
  });
}
