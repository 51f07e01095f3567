import type Stripe from "stripe";
import { invalidRequest, noSuch, noSuchInParameter } from "@/lib/sandbox/http/api-error";
import { createdRange, listPage, pageParameters } from "@/lib/sandbox/http/list";
import {
  changedMetadata,
  integer,
  metadata,
  oneOf,
  type ParametersOf,
  text,
} from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { checkStep, decimal } from "@/lib/sandbox/objects/amounts";
import { book } from "@/lib/sandbox/objects/balance-transactions";
import { settledCharge } from "@/lib/sandbox/objects/charges";
import { cardOf } from "@/lib/sandbox/objects/payment-methods";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

/** How long a test card's refund takes until it fails, or succeeds after all. */
const outcomeAfterMs = 3_000;

interface RefundGiven {
  amount: number | undefined;
  metadata: Record<string, string> | null | undefined;
  reason: Stripe.Refund.Reason | undefined;
}

function createRefund(world: World, asked: Stripe.Charge, given: RefundGiven): Stripe.Refund {
  const amount = refundable(world, asked, given.amount);
  const charge = settledCharge(world, asked.id) ?? asked;
  const id = newId(charge.id.startsWith("py_") ? "pyr_" : "re_", 24);
  const later = charge.payment_method ? cardOf(world, charge.payment_method)?.refund : undefined;
  const pendingReason = world.dashboard.refundsLackFunds
    ? "insufficient_funds"
    : later === "pending_then_succeeds"
      ? "processing"
      : null;
  const isPending = pendingReason !== null;
  const isUnfunded = pendingReason === "insufficient_funds";
  const movesNow = world.balanceDelayMs === 0 && !isUnfunded;
  const refund = {
    id,
    object: "refund",
    amount,
    balance_transaction: movesNow ? bookRefund(world, charge, id, amount).id : null,
    charge: charge.id,
    created: world.clock.nowSeconds(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: destinationOf(charge, isPending),
    metadata: changedMetadata({}, given.metadata),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    ...(pendingReason && { pending_reason: pendingReason }),
    reason: given.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: isPending ? "pending" : "succeeded",
    transfer_reversal: null,
  } satisfies Stripe.Refund;
  world.store.put("refund", refund);
  setRefunded(world, charge, charge.amount_refunded + amount);
  world.emit("refund.created", refund);
  // Nothing goes on before the host's balance covers it.
  if (isUnfunded) return refund;
  if (refund.balance_transaction === null) {
    world.plan({ kind: "book_refund", dueMs: world.clock.nowMs() + world.balanceDelayMs, refund: id });
  }
  if (later) {
    const outcome = later === "fails" ? "fails" : "succeeds";
    world.plan({ kind: "settle_refund", dueMs: world.clock.nowMs() + outcomeAfterMs, refund: id, outcome });
  }
  return refund;
}

/** The amount to refund: what was asked for, or all that is left; refused when that is not there. */
function refundable(world: World, charge: Stripe.Charge, asked: number | undefined): number {
  const left = charge.amount - charge.amount_refunded;
  if (charge.status !== "succeeded") {
    throw invalidRequest("This charge has not succeeded and cannot be refunded.", {
      code: "charge_not_refundable",
      param: "charge",
    });
  }
  const disputes = world.store.table("dispute").newestFirst({ field: "charge", value: charge.id });
  if ([...disputes].some((dispute) => !dispute.is_charge_refundable)) {
    throw invalidRequest("You cannot refund a charge that has been charged back.", {
      code: "charge_disputed",
      param: "charge",
    });
  }
  if (left === 0) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, {
      code: "charge_already_refunded",
      param: "charge",
    });
  }
  const amount = asked ?? left;
  checkStep(amount, charge.currency, "amount");
  if (amount > left) {
    const shown = (minor: number) => `${decimal(minor, charge.currency)} ${charge.currency}`;
    throw invalidRequest(
      `Refund amount (${shown(amount)}) is greater than unrefunded amount on charge (${shown(left)})`,
      { param: "amount" },
    );
  }
  return amount;
}

function setRefunded(world: World, charge: Stripe.Charge, refundedMinor: number): void {
  const after = world.store.put("charge", {
    ...charge,
    amount_refunded: refundedMinor,
    refunded: refundedMinor === charge.amount,
  });
  world.emit(refundedMinor > charge.amount_refunded ? "charge.refunded" : "charge.updated", after, charge);
}

/**
 * The later fate of a refund. One that fails gives the money back to the host's balance at Stripe, with a
 * transaction of its own, and can be refunded anew.
 */
export function settleRefund(
  world: World,
  asked: Stripe.Refund,
  outcome: "succeeds" | "fails",
): Stripe.Refund {
  const isUnfunded = asked.pending_reason === "insufficient_funds";
  // What comes back has gone out before; what the host's balance never covered has not.
  const refund = isUnfunded && outcome === "fails" ? asked : (settledRefund(world, asked.id) ?? asked);
  const isOpen = refund.status === "pending" || (refund.status === "succeeded" && outcome === "fails");
  if (!isOpen) return refund;
  const charge = world.store.get("charge", String(refund.charge));
  if (!charge) throw noSuch("charge", String(refund.charge));
  if (outcome === "succeeds") {
    const succeeded = world.store.put("refund", { ...withoutReason(refund), status: "succeeded" });
    tellChange(world, succeeded, refund);
    return succeeded;
  }
  const back = isUnfunded ? null : bookFailure(world, charge, refund);
  const failed = world.store.put("refund", {
    ...withoutReason(refund),
    status: "failed",
    failure_reason: isUnfunded ? "insufficient_funds" : "expired_or_canceled_card",
    ...(back && { failure_balance_transaction: back.id }),
  });
  setRefunded(world, charge, charge.amount_refunded - refund.amount);
  tellChange(world, failed, refund);
  world.emit("refund.failed", failed);
  return failed;
}

/** Why it is pending is said only while it is. */
function withoutReason({ pending_reason: _, ...refund }: Stripe.Refund): Stripe.Refund {
  return refund;
}

function bookFailure(world: World, charge: Stripe.Charge, refund: Stripe.Refund): Stripe.BalanceTransaction {
  return book(world, {
    type: "refund_failure",
    reportingCategory: "refund_failure",
    source: refund.id,
    amountMinor: refund.amount,
    currency: refund.currency,
    description: `REFUND FAILURE FOR CHARGE (${charge.id})`,
  });
}

/** Its movement, if it has not moved the balance yet. */
export function settledRefund(world: World, id: string): Stripe.Refund | undefined {
  const before = world.store.get("refund", id);
  const charge = before && world.store.get("charge", String(before.charge));
  if (!charge || before.balance_transaction !== null || before.status === "failed") return before;
  const after = world.store.put("refund", {
    ...before,
    balance_transaction: bookRefund(world, charge, id, before.amount).id,
  });
  tellChange(world, after, before);
  return after;
}

/** The same is told twice: by the refund, and by what it was before it had events of its own. */
function tellChange(world: World, after: Stripe.Refund, before: Stripe.Refund): void {
  world.emit("refund.updated", after, before);
  world.emit("charge.refund.updated", after, before);
}

function bookRefund(
  world: World,
  charge: Stripe.Charge,
  id: string,
  amount: number,
): Stripe.BalanceTransaction {
  return book(world, {
    type: charge.id.startsWith("py_") ? "payment_refund" : "refund",
    reportingCategory: "refund",
    source: id,
    amountMinor: -amount,
    currency: charge.currency,
    description: `REFUND FOR CHARGE${charge.description ? ` (${charge.description})` : ""}`,
  });
}

function destinationOf(charge: Stripe.Charge, isPending: boolean): Stripe.Refund.DestinationDetails {
  const type = charge.payment_method_details?.type ?? "card";
  if (type === "alipay") return { type, alipay: {} };
  if (type !== "card") return { type };
  const reference = isPending
    ? { reference_status: "pending" }
    : { reference: newId("", 16), reference_status: "available" };
  return { type, card: { type: "refund", reference_type: "acquirer_reference_number", ...reference } };
}

function refundOf(world: World, id: string): Stripe.Refund {
  const refund = world.store.get("refund", id);
  if (!refund) throw noSuch("refund", id, "refund");
  return refund;
}

/** The charge that a refund names: directly, or as the one that succeeded for an intent. */
function chargeNamed(
  world: World,
  chargeId: string | undefined,
  intentId: string | undefined,
): Stripe.Charge {
  if (chargeId !== undefined && intentId !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: charge, payment_intent.");
  }
  if (chargeId !== undefined) {
    const charge = world.store.get("charge", chargeId);
    if (!charge) throw noSuchInParameter("charge", chargeId, "charge");
    return charge;
  }
  if (intentId === undefined) {
    throw invalidRequest(
      "One of the following params should be provided for this request: payment_intent or charge.",
    );
  }
  const intent = world.store.get("payment_intent", intentId);
  if (!intent) throw noSuchInParameter("payment_intent", intentId, "payment_intent");
  const charge = intent.latest_charge ? world.store.get("charge", String(intent.latest_charge)) : undefined;
  if (charge?.status !== "succeeded") {
    throw invalidRequest(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, {
      param: "payment_intent",
    });
  }
  return charge;
}

export const refundRoutes: readonly Route[] = [
  route(
    "POST",
    "/v1/refunds",
    {
      amount: integer({ min: 1 }),
      charge: text(),
      payment_intent: text(),
      metadata: metadata(),
      reason: oneOf("duplicate", "fraudulent", "requested_by_customer"),
    } satisfies ParametersOf<Stripe.RefundCreateParams>,
    (world, given) => createRefund(world, chargeNamed(world, given.charge, given.payment_intent), given),
  ),

  route("GET", "/v1/refunds/:id", {}, (world, _given, id = "") => refundOf(world, id)),

  route("POST", "/v1/refunds/:id", { metadata: metadata() }, (world, given, id = "") => {
    const before = refundOf(world, id);
    const after = { ...before, metadata: changedMetadata(before.metadata ?? {}, given.metadata) };
    world.store.put("refund", after);
    tellChange(world, after, before);
    return after;
  }),

  route(
    "GET",
    "/v1/refunds",
    {
      ...pageParameters,
      charge: text(),
      created: createdRange(),
      payment_intent: text(),
    } satisfies ParametersOf<Stripe.RefundListParams>,
    (world, given) =>
      listPage(world, "refund", given, {
        url: "/v1/refunds",
        by:
          given.charge !== undefined
            ? { field: "charge", value: given.charge }
            : given.payment_intent !== undefined
              ? { field: "payment_intent", value: given.payment_intent }
              : undefined,
        created: given.created,
        matches: (refund) =>
          given.payment_intent === undefined || refund.payment_intent === given.payment_intent,
      }),
  ),
];
