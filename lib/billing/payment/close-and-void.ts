import type { Database } from "@/db/client";
import type { PaymentId } from "@/lib/kernel/id";
import type { World } from "../world";
import { closePayment } from "./close-payment";
import { isFinal } from "./states";
import { type Voided, type VoidInput, type VoidRefusal, voidInvoice } from "./void-invoice";

export type CloseAndVoidRefusal =
  | VoidRefusal
  /** Stripe took the payment that was under way before it could be closed: the invoice is paid. */
  | { code: "paid_meanwhile" }
  /** Stripe cannot say yet what becomes of the payment under way. */
  | { code: "payment_in_progress"; paymentId: PaymentId };

export type ClosedAndVoided =
  | Extract<Voided, { kind: "voided" }>
  | { kind: "refused"; refusal: CloseAndVoidRefusal };

/**
 * Voids an invoice whatever is under way on it: an open payment is closed at Stripe first, then the invoice is looked at
 * again under lock. If Stripe says it was paid, that wins; while Stripe cannot say, nothing is voided (domain.md,
 * Paying 10; Cancelling).
 */
export async function closeAndVoid(
  world: World,
  database: Database,
  input: VoidInput,
): Promise<ClosedAndVoided> {
  const first = await voidInvoice(world, database, input);
  if (first.kind !== "claimed") return first;
  for (const paymentId of first.by) {
    const closed = await closePayment(world, { customerId: input.customerId, paymentId });
    if (closed.kind !== "settled" || !isFinal(closed.state)) {
      return { kind: "refused", refusal: { code: "payment_in_progress", paymentId } };
    }
    if (closed.state === "succeeded") return { kind: "refused", refusal: { code: "paid_meanwhile" } };
  }
  const second = await voidInvoice(world, database, input);
  if (second.kind !== "claimed") return second;
  return { kind: "refused", refusal: { code: "payment_in_progress", paymentId: second.by[0] as PaymentId } };
}
