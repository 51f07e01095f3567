import { mayStaff } from "@/lib/auth/staff-rights";
import * as payouts from "@/lib/billing/payment/pay-out-balance";
import type { CustomerId } from "@/lib/kernel/id";
import { isCurrency, type Money, type MoneyRefusal, parseMoney } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type PayOutRefusal =
  | MoneyRefusal
  | ReasonRefusal
  | payouts.PayOutRefusal
  | { code: "not_allowed" }
  | { code: "customer_not_found" }
  | { code: "amount_zero" };

/**
 * Books a transfer by bank that gives a customer their balance back, with a reason; from finance on. A closed customer
 * may be paid out: that is how what is left goes back. `seenMinor` is the available balance on the page that was sent, `payoutId` that of its form: sent twice it is one payout.
 */
export async function payOutBalance(
  actor: StaffActor,
  input: {
    customerId: CustomerId;
    payoutId: string;
    currency: string;
    amount: string;
    seenMinor: bigint;
    reason: string;
  },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ amount: Money }, PayOutRefusal>> {
  if (!mayStaff(actor.role, "balance.pay_out")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(input.reason);
  if (!checked.ok) return checked;
  if (!isCurrency(input.currency)) return refuse({ code: "amount_malformed" });
  const parsed = parseMoney(input.amount, input.currency);
  if (!parsed.ok) return parsed;
  const amount = parsed.value;
  if (amount.minor === 0n) return refuse({ code: "amount_zero" });
  const { customerId, payoutId, seenMinor } = input;
  const [customer] = await world.staff.sql`select 1 from customers where id = ${customerId} and not is_house`;
  if (!customer) return refuse({ code: "customer_not_found" });
  const paid = await payouts.payOutBalance(world, world.staff, {
    customerId,
    payoutId,
    amount,
    seenMinor,
    reason: checked.reason,
    userId: actor.userId,
  });
  return paid.ok ? ok({ amount }) : paid;
}
