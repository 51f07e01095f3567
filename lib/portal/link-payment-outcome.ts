import { transact } from "@/db/transaction";
import { receiptOf } from "@/lib/billing/payment/receipt";
import { isFinal } from "@/lib/billing/payment/states";
import type { World } from "@/lib/billing/world";
import { type CustomerId, isUuid, type PaymentId } from "@/lib/kernel/id";
import type { Money } from "@/lib/kernel/money";
import { portalWorld } from "./world";

/** What somebody who paid by a link is told: what their link showed, and what became of their money. */
export type LinkPaymentOutcome =
  | {
      kind: "paid";
      paid: { number: string; amount: Money }[];
      byCard: Money;
      /** By a link that may use the balance. */
      fromBalance: Money;
      /** More than was due, or for an invoice that was closed meanwhile: the customer's balance has it. */
      toBalance: Money;
    }
  | { kind: "confirming" }
  | { kind: "nothing_taken"; resumeUrl: string | null };

/**
 * What became of a payment that was made by a link, for whoever has its id, which is a secret of who paid; null for
 * every other payment. Read after `paymentOutcome`, which settles it; `isAsked`: whether Stripe was asked for it now. If not,
 * money may be on its way by a page that looks open here.
 */
export async function linkPaymentOutcome(
  paymentId: string,
  isAsked: boolean,
  world: World = portalWorld(),
): Promise<LinkPaymentOutcome | null> {
  if (!isUuid(paymentId)) return null;
  const id = paymentId as PaymentId;
  const [found] = await world.jobs.sql`
    select customer_id, state, checkout_url from payments where id = ${id} and origin = 'link' limit 1`;
  if (!found) return null;
  const { state } = found;
  if (state === "succeeded") {
    const customerId = found.customer_id as CustomerId;
    const receipt = await transact(world.app, { customerId }, ({ sql }) => receiptOf(sql, customerId, id));
    if (!receipt) throw new Error("a payment that succeeded has its receipt");
    const { paid, byCard, fromBalance, toBalance } = receipt;
    return { kind: "paid", paid, byCard, fromBalance, toBalance };
  }
  if (isFinal(state)) return { kind: "nothing_taken", resumeUrl: null };
  if (isAsked && (state === "sent" || state === "requires_action")) {
    return { kind: "nothing_taken", resumeUrl: found.checkout_url };
  }
  return { kind: "confirming" };
}
