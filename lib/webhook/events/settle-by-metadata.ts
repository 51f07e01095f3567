import { settle } from "@/lib/billing/payment/settle";
import { showSecondCharge } from "@/lib/billing/reconciliation/difference-tasks";
import type { World } from "@/lib/billing/world";
import { type CustomerId, isUuid, type PaymentId } from "@/lib/kernel/id";
import type { EventObject, EventResult } from "../event-result";

/** Settles the payment that an object of Stripe's names. One that names none of ours belongs to somebody else. */
export async function settleByMetadata(
  world: World,
  object: EventObject,
  hint: { sessionId?: string; intentId?: string },
): Promise<EventResult> {
  const { payment, customer } = object.metadata ?? {};
  if (!payment || !customer) return { kind: "ignored", reason: "not_ours" };
  if (!isUuid(payment) || !isUuid(customer)) return { kind: "parked", reason: "metadata_malformed" };
  const ref = { customerId: customer as CustomerId, paymentId: payment as PaymentId };
  const settled = await settle(world, ref, hint);
  switch (settled.kind) {
    case "settled":
      return { kind: "done" };
    case "second_charge":
      await showSecondCharge(world, ref, settled);
      return { kind: "done" };
    case "unknown":
      return { kind: "later", reason: settled.reason };
    case "quarantined":
      return { kind: "parked", reason: settled.reason };
    case "not_found":
      return { kind: "parked", reason: "payment_not_found" };
  }
}
