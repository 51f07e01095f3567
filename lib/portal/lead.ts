import { transact } from "@/db/transaction";
import { type AttemptLimits, attemptLimits } from "@/lib/auth/attempt-limits";
import { isSizeRefusal } from "@/lib/billing/payment/charge-size";
import { waitAtBank } from "@/lib/billing/payment/reach-intent";
import { reachPayment } from "@/lib/billing/payment/reach-payment";
import { cardGone, type Reached } from "@/lib/billing/payment/reached";
import { receiptOf } from "@/lib/billing/payment/receipt";
import { settle } from "@/lib/billing/payment/settle";
import { isFinal } from "@/lib/billing/payment/states";
import type { PaymentRecord } from "@/lib/billing/scene";
import type { World } from "@/lib/billing/world";
import type { PaymentId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { declineReasonOf } from "./decline-reason";
import type { PaymentState, PayOutcome, PayRefusal } from "./shapes";

type Led = Promise<Result<PayOutcome, PayRefusal>>;

/** Goes on with a payment that exists, from wherever it stands; Stripe is asked about it only so often. */
export async function goOn(
  world: World,
  payment: PaymentRecord,
  limits: AttemptLimits = attemptLimits(world.app),
): Led {
  if (payment.state === "succeeded") return paid(world, payment);
  if (isFinal(payment.state)) return refuse({ code: "payment_ended", state: payment.state });
  const asked = await mayAskStripe(limits, payment.id);
  if (!asked.ok) return asked;
  return lead(world, payment, await reachPayment(world, payment));
}

/** Counts one question about an open payment. */
export async function mayAskStripe(
  limits: AttemptLimits,
  paymentId: PaymentId,
): Promise<Result<undefined, PayRefusal & { code: "payment_asked_often" }>> {
  const taken = await limits.take("openPayment", paymentId);
  if (taken.ok) return taken;
  return refuse({
    code: "payment_asked_often",
    retryAfterSeconds: taken.refusal.retryAfterSeconds,
  });
}

/** Where what Stripe knows leads the customer: its page, the receipt, or waiting. */
export async function lead(world: World, payment: PaymentRecord, reached: Reached): Led {
  const ref = { customerId: payment.customerId, paymentId: payment.id };
  if (reached.kind === "unknown") return ok({ kind: "confirming", paymentId: payment.id });
  const url = openPage(reached);
  if (url) {
    if (reached.kind === "intent") await waitAtBank(world, payment, url);
    return ok({ kind: "redirect", paymentId: payment.id, url });
  }
  const settled = await settle(world, ref, { reached });
  if (settled.kind !== "settled" || !isFinal(settled.state)) {
    return ok({ kind: "confirming", paymentId: payment.id });
  }
  if (settled.state === "succeeded") return paid(world, payment);
  return refuse(endOf(payment, reached, settled.state));
}

/** Where the customer is asked something: Stripe's page, or that of the saved card's bank. */
function openPage(reached: Reached): string | null {
  if (reached.kind === "checkout" && reached.checkout.status === "open") return reached.checkout.url;
  if (reached.kind === "intent" && reached.intent.status === "requires_action")
    return reached.intent.actionUrl;
  return null;
}

function endOf(payment: PaymentRecord, reached: Reached, state: PaymentState): PayRefusal {
  if (reached.kind === "nothing") {
    if (isSizeRefusal(reached.code)) return { code: "amount_not_charged" };
    const isCardGone = payment.paymentMethodId !== null && goneCodes.has(reached.code);
    return { code: isCardGone ? "card_not_found" : "gateway_refused" };
  }
  const decline = reached.kind === "intent" ? (reached.intent.decline ?? payment.decline) : null;
  if (decline && state === "failed") return { code: "card_declined", reason: declineReasonOf(decline.code) };
  return { code: "payment_ended", state };
}

/** What Stripe says of a card that was detached, or never was. */
const goneCodes = new Set([cardGone, "payment_method_unexpected_state", "resource_missing"]);

/** The receipt of a payment that succeeded. */
export async function paid(world: World, { customerId, id }: PaymentRecord): Led {
  const receipt = await transact(world.app, { customerId }, ({ sql }) => receiptOf(sql, customerId, id));
  if (!receipt) throw new Error("a payment that succeeded has its receipt");
  return ok({ kind: "paid", receipt });
}
