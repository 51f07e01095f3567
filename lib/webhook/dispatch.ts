import type { World } from "@/lib/billing/world";
import type { EventObject, EventResult } from "./event-result";
import { settleCheckout } from "./events/checkout-session";
import { settleDisputeEvent, settleRefundEvent } from "./events/money-back";
import { settleIntent } from "./events/payment-intent";
import { pickUpMethod, pickUpSetup } from "./events/saved-card";

type Handler = (world: World, object: EventObject) => Promise<EventResult>;

const handlers: Record<string, Handler> = {
  "checkout.session.completed": settleCheckout,
  "checkout.session.async_payment_succeeded": settleCheckout,
  "checkout.session.async_payment_failed": settleCheckout,
  "checkout.session.expired": settleCheckout,
  "payment_intent.succeeded": settleIntent,
  "payment_intent.payment_failed": settleIntent,
  "payment_intent.canceled": settleIntent,
  "payment_intent.processing": settleIntent,
  "payment_intent.requires_action": settleIntent,
  "refund.created": settleRefundEvent,
  "refund.updated": settleRefundEvent,
  "refund.failed": settleRefundEvent,
  "charge.refund.updated": settleRefundEvent,
  "charge.dispute.created": settleDisputeEvent,
  "charge.dispute.updated": settleDisputeEvent,
  "charge.dispute.closed": settleDisputeEvent,
  "charge.dispute.funds_withdrawn": settleDisputeEvent,
  "charge.dispute.funds_reinstated": settleDisputeEvent,
  "setup_intent.succeeded": pickUpSetup,
  "payment_method.attached": pickUpMethod,
  "payment_method.automatically_updated": pickUpMethod,
  "payment_method.updated": pickUpMethod,
  "payment_method.detached": pickUpMethod,
};

/** Money that moves in ways the portal does not book by itself yet: a person has to look. */
const forStaff = /^(refund\.|charge\.refund\.|charge\.dispute\.|payout\.failed)/;

/** Works on one stored event. Types nobody handles are ignored, but never those that move money. */
export async function dispatchEvent(
  world: World,
  event: { type: string; isLive: boolean; payload: { data: { object: EventObject } } },
): Promise<EventResult> {
  if (event.isLive !== world.gateway.isLive) return { kind: "parked", reason: "livemode_differs" };
  const handler = handlers[event.type];
  if (handler) return handler(world, event.payload.data.object);
  if (forStaff.test(event.type)) return { kind: "parked", reason: `no_handler_for_${event.type}` };
  return { kind: "ignored", reason: "type_not_used" };
}
