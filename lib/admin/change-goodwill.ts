import { mayStaff } from "@/lib/auth/staff-rights";
import { giveGoodwill, type TakeGoodwillRefusal, takeGoodwill } from "@/lib/billing/payment/give-goodwill";
import type { CustomerId } from "@/lib/kernel/id";
import { isCurrency, type Money, type MoneyRefusal, money, parseMoney } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** The most that one gift is, in minor units of any currency. */
export const goodwillMostMinor = 1_000_000n;

export type GoodwillRefusal =
  | MoneyRefusal
  | ReasonRefusal
  | { code: "not_allowed" }
  | { code: "customer_not_found" }
  | { code: "customer_closed" }
  | { code: "goodwill_zero" }
  | { code: "goodwill_too_large"; most: Money }
  | TakeGoodwillRefusal;

/**
 * Gives a customer goodwill, or takes it back, with a reason; from finance on. What is given settles what waits for
 * money in the same transaction; what is taken back is at most what is available and was given. `changeId` is that of the form on the
 * page: sent twice it is one change. `spent` is what of the balance a gift paid at once.
 */
export async function changeGoodwill(
  actor: StaffActor,
  input: {
    customerId: CustomerId;
    currency: string;
    amount: string;
    way: "give" | "take_back";
    reason: string;
    changeId: string;
  },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ amount: Money; spent: Money }, GoodwillRefusal>> {
  if (!mayStaff(actor.role, "goodwill.change")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(input.reason);
  if (!checked.ok) return checked;
  if (!isCurrency(input.currency)) return refuse({ code: "amount_malformed" });
  const parsed = parseMoney(input.amount, input.currency);
  if (!parsed.ok) return parsed;
  const amount = parsed.value;
  if (amount.minor === 0n) return refuse({ code: "goodwill_zero" });
  if (amount.minor > goodwillMostMinor) {
    return refuse({ code: "goodwill_too_large", most: money(goodwillMostMinor, amount.currency) });
  }
  const { customerId, way, changeId } = input;
  const [customer] = await world.staff
    .sql`select closed_at from customers where id = ${customerId} and not is_house`;
  if (!customer) return refuse({ code: "customer_not_found" });
  if (customer.closed_at) return refuse({ code: "customer_closed" });
  const change = { customerId, amount, reason: checked.reason, changeId, userId: actor.userId };
  if (way === "give") {
    const { spentMinor } = await giveGoodwill(world, world.staff, change);
    return ok({ amount, spent: money(spentMinor, amount.currency) });
  }
  const taken = await takeGoodwill(world, world.staff, change);
  return taken.ok ? ok({ amount, spent: money(0n, amount.currency) }) : taken;
}
