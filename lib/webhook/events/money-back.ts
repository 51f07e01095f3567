import { settleDispute } from "@/lib/billing/dispute/settle-dispute";
import { takeInRefund } from "@/lib/billing/refund/take-in-refund";
import type { World } from "@/lib/billing/world";
import type { EventObject, EventResult } from "../event-result";

/** All events of a refund lead to one question: what does Stripe say of it now? */
export async function settleRefundEvent(world: World, refund: EventObject): Promise<EventResult> {
  return unlessOfOthers(world, refund, resultOf(await takeInRefund(world, refund.id)));
}

/** So do those of a dispute, whichever comes first. */
export async function settleDisputeEvent(world: World, dispute: EventObject): Promise<EventResult> {
  return unlessOfOthers(world, dispute, resultOf(await settleDispute(world, dispute.id)));
}

/**
 * On an account that is shared, money goes back of charges that are none of ours: nothing of ours is written on them, and
 * their customer is not ours either. They are counted, and not parked one by one.
 */
async function unlessOfOthers(
  { gateway, jobs }: World,
  { charge }: EventObject,
  result: EventResult,
): Promise<EventResult> {
  if (result.kind !== "later" || result.reason !== "charge_not_booked" || !charge) return result;
  const read = await gateway.readChargeOwner(charge);
  if (read.outcome !== "succeeded" || read.value.paymentId || read.value.customerId) return result;
  const known = await jobs.sql`
    select 1 from stripe_objects where id = ${read.value.stripeCustomerId} and kind = 'customer'`;
  return known.length > 0 ? result : { kind: "ignored", reason: "not_ours" };
}

type Settled = Awaited<ReturnType<typeof takeInRefund>> | Awaited<ReturnType<typeof settleDispute>>;

/** A charge that nobody here booked may be on its way: the event waits, and is parked for staff if it never comes. */
function resultOf(settled: Settled): EventResult {
  switch (settled.kind) {
    case "settled":
      return { kind: "done" };
    case "unknown":
      return { kind: "later", reason: settled.reason };
    case "quarantined":
      return { kind: "parked", reason: settled.reason };
    case "not_found":
      return { kind: "parked", reason: "refund_not_found" };
  }
}
