import { settleDispute } from "@/lib/billing/dispute/settle-dispute";
import { takeInRefund } from "@/lib/billing/refund/take-in-refund";
import type { World } from "@/lib/billing/world";
import type { EventObject, EventResult } from "../event-result";

/** All events of a refund lead to one question: what does Stripe say of it now? */
export async function settleRefundEvent(world: World, refund: EventObject): Promise<EventResult> {
  return resultOf(await takeInRefund(world, refund.id));
}

/** So do those of a dispute, whichever comes first. */
export async function settleDisputeEvent(world: World, dispute: EventObject): Promise<EventResult> {
  return resultOf(await settleDispute(world, dispute.id));
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
