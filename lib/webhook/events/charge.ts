import { settleFee } from "@/lib/billing/payment/poll-fees";
import type { World } from "@/lib/billing/world";
import type { EventObject, EventResult } from "../event-result";

/** A charge that changed may have its fee now: Stripe captures first and says what it kept later. */
export async function settleChargeEvent(world: World, charge: EventObject): Promise<EventResult> {
  const settled = await settleFee(world, charge.id);
  switch (settled.kind) {
    case "settled":
      return { kind: "done" };
    case "not_waiting":
      return { kind: "ignored", reason: "no_fee_awaited" };
    case "unknown":
      return { kind: "later", reason: settled.reason };
  }
}
