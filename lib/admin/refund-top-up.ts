import { mayStaff } from "@/lib/auth/staff-rights";
import { settleRefund } from "@/lib/billing/refund/settle-refund";
import { type StartRefundRefusal, startRefund } from "@/lib/billing/refund/start-refund";
import type { ChargeId, CustomerId, RefundId } from "@/lib/kernel/id";
import { isCurrency, type Money, type MoneyRefusal, parseMoney } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type RefundRefusal =
  | MoneyRefusal
  | ReasonRefusal
  | StartRefundRefusal
  | { code: "not_allowed" }
  | { code: "customer_not_found" }
  | { code: "amount_zero" }
  /** Stripe said no: what was held is there again. */
  | { code: "refund_refused"; reason: string }
  | { code: "refund_quarantined" };

/**
 * Refunds a top-up to the card it came from, with a reason; from finance on. Held first, then asked of Stripe: where Stripe
 * does not answer it stays held and goes on by itself. `seenMinor` is what could be refunded on the page that was sent, and
 * `refundId` is that page's: sent twice it is one refund.
 */
export async function refundTopUp(
  actor: StaffActor,
  input: {
    customerId: CustomerId;
    chargeId: ChargeId;
    refundId: RefundId;
    currency: string;
    amount: string;
    seenMinor: bigint;
    reason: string;
  },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ state: string; amount: Money }, RefundRefusal>> {
  if (!mayStaff(actor.role, "refund.make")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(input.reason);
  if (!checked.ok) return checked;
  if (!isCurrency(input.currency)) return refuse({ code: "amount_malformed" });
  const parsed = parseMoney(input.amount, input.currency);
  if (!parsed.ok) return parsed;
  const amount = parsed.value;
  if (amount.minor === 0n) return refuse({ code: "amount_zero" });
  const { customerId, chargeId, refundId, seenMinor } = input;
  const [customer] = await world.staff.sql`select 1 from customers where id = ${customerId} and not is_house`;
  if (!customer) return refuse({ code: "customer_not_found" });
  const started = await startRefund(world, world.staff, {
    customerId,
    refundId,
    chargeId,
    amount,
    seenMinor,
    reason: checked.reason,
    userId: actor.userId,
  });
  if (!started.ok) return started;
  const settled = await settleRefund(world, started.value);
  switch (settled.kind) {
    case "settled":
      if (settled.state === "failed") {
        return refuse({ code: "refund_refused", reason: settled.failureCode ?? "failed" });
      }
      return ok({ state: settled.state, amount });
    case "quarantined":
      return refuse({ code: "refund_quarantined" });
    default:
      return ok({ state: "unknown", amount });
  }
}
