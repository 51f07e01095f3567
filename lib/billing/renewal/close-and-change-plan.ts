import type { Database } from "@/db/client";
import { closePayment } from "../payment/close-payment";
import { isFinal } from "../payment/states";
import type { World } from "../world";
import { changePlanUnclaimed, type PlanChanged, type PlanChangeInput } from "./change-plan";

/**
 * Changes the plan of a service whatever is under way on its unpaid renewals: their payments are closed at Stripe first,
 * then all is looked at again. If Stripe says that one was paid, that wins; while Stripe cannot say, nothing is changed
 * (domain.md, Paying 10).
 */
export async function changePlan(
  world: World,
  database: Database,
  input: PlanChangeInput,
): Promise<Exclude<PlanChanged, { kind: "claimed" }>> {
  const first = await changePlanUnclaimed(world, database, input);
  if (first.kind !== "claimed") return first;
  for (const paymentId of first.by) {
    const closed = await closePayment(world, { customerId: input.customerId, paymentId });
    if (closed.kind !== "settled" || !isFinal(closed.state)) {
      return { kind: "refused", refusal: { code: "payment_in_progress", paymentId } };
    }
    if (closed.state === "succeeded") return { kind: "refused", refusal: { code: "paid_meanwhile" } };
  }
  const second = await changePlanUnclaimed(world, database, input);
  if (second.kind !== "claimed") return second;
  const [paymentId] = second.by;
  return paymentId
    ? { kind: "refused", refusal: { code: "payment_in_progress", paymentId } }
    : { kind: "refused", refusal: { code: "plan_change_differs" } };
}
