import { z } from "zod";
import type { World } from "@/lib/billing/world";
import { problemOf } from "@/lib/gateway/read-event";
import type { EventObject, EventResult } from "./event-result";
import { settleChargeEvent } from "./events/charge";
import { settleCheckout } from "./events/checkout-session";
import { followCustomer, forgetCustomer } from "./events/customer";
import { settleDisputeEvent, settleRefundEvent } from "./events/money-back";
import { settleIntent } from "./events/payment-intent";
import { pickUpMethod, pickUpSetup } from "./events/saved-card";

type Handler = (world: World, object: EventObject) => Promise<EventResult>;

/** A map, not an object: a type may be called as what every object has, as `constructor`. */
const handlers = new Map<string, Handler>(
  Object.entries({
    "customer.deleted": forgetCustomer,
    "customer.updated": followCustomer,
    "checkout.session.completed": settleCheckout,
    "checkout.session.async_payment_succeeded": settleCheckout,
    "checkout.session.async_payment_failed": settleCheckout,
    "checkout.session.expired": settleCheckout,
    "payment_intent.succeeded": settleIntent,
    "payment_intent.payment_failed": settleIntent,
    "payment_intent.canceled": settleIntent,
    "payment_intent.processing": settleIntent,
    "payment_intent.requires_action": settleIntent,
    "charge.updated": settleChargeEvent,
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
  }),
);

/** What the webhook endpoint at Stripe is to send. */
export const handledTypes: readonly string[] = [...handlers.keys(), "payout.failed"];

/** Money that moves in ways the portal does not book by itself yet: a person has to look. */
const forStaff = /^(refund\.|charge\.refund\.|charge\.dispute\.|payout\.failed)/;

/** Works on one stored event. Types nobody handles are ignored, but never those that move money. */
export async function dispatchEvent(world: World, event: StoredEvent): Promise<EventResult> {
  const problem = problemOf(event.payload);
  if (problem) return { kind: "parked", reason: problem };
  if (event.isLive !== world.gateway.isLive) return { kind: "parked", reason: "livemode_differs" };
  const handler = handlers.get(event.type);
  if (!handler) {
    return forStaff.test(event.type)
      ? { kind: "parked", reason: `no_handler_for_${event.type}` }
      : { kind: "ignored", reason: "type_not_used" };
  }
  const object = objectOf(event.payload);
  return object
    ? unlessMissing(await handler(world, object))
    : { kind: "parked", reason: "event_without_object" };
}

/** What Stripe says it does not have will not be there in an hour either: staff are asked now. */
function unlessMissing(result: EventResult): EventResult {
  const isMissing = result.kind === "later" && result.reason === "resource_missing";
  return isMissing ? { kind: "parked", reason: result.reason } : result;
}

export interface StoredEvent {
  type: string;
  isLive: boolean;
  payload: unknown;
}

/** What the event is about, as far as handlers look at it; null for what they cannot read. */
function objectOf(payload: unknown): EventObject | null {
  const read = eventPayload.safeParse(payload);
  return read.success ? read.data.data.object : null;
}

const eventPayload = z.object({
  data: z.object({
    object: z.object({
      id: z.string().min(1),
      metadata: z.record(z.string(), z.string()).nullish(),
      mode: z.string().optional(),
      customer: z.string().nullish(),
      charge: z.string().nullish(),
      payment_method: z.string().nullish(),
    }),
  }),
});
