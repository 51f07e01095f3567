import { transact } from "@/db/transaction";
import { type Reached, reachCheckout } from "@/lib/billing/payment/reach";
import { receiptOf } from "@/lib/billing/payment/receipt";
import { settle } from "@/lib/billing/payment/settle";
import { isFinal } from "@/lib/billing/payment/states";
import type { PaymentRecord } from "@/lib/billing/scene";
import type { World } from "@/lib/billing/world";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { PayOutcome, PayRefusal } from "./shapes";

type Led = Promise<Result<PayOutcome, PayRefusal>>;

/** Goes on with a payment that exists, from wherever it stands. */
export async function goOn(world: World, payment: PaymentRecord): Led {
  if (payment.state === "succeeded") return paid(world, payment);
  if (isFinal(payment.state)) return refuse({ code: "payment_ended", state: payment.state });
  return lead(world, payment, await reachCheckout(world, payment));
}

/** Where what Stripe knows leads the customer: its page, the receipt, or waiting. */
export async function lead(world: World, payment: PaymentRecord, reached: Reached): Led {
  const ref = { customerId: payment.customerId, paymentId: payment.id };
  if (reached.kind === "unknown") return ok({ kind: "confirming", paymentId: payment.id });
  if (reached.kind === "checkout" && reached.checkout.status === "open" && reached.checkout.url) {
    return ok({ kind: "redirect", paymentId: payment.id, url: reached.checkout.url });
  }
  const settled = await settle(world, ref, { reached });
  if (settled.kind !== "settled" || !isFinal(settled.state)) {
    return ok({ kind: "confirming", paymentId: payment.id });
  }
  if (settled.state === "succeeded") return paid(world, payment);
  return refuse(
    reached.kind === "nothing"
      ? { code: "gateway_refused" }
      : { code: "payment_ended", state: settled.state },
  );
}

/** The receipt of a payment that succeeded. */
export async function paid(world: World, { customerId, id }: PaymentRecord): Led {
  const receipt = await transact(world.app, { customerId }, ({ sql }) => receiptOf(sql, customerId, id));
  if (!receipt) throw new Error("a payment that succeeded has its receipt");
  return ok({ kind: "paid", receipt });
}
