import { transact } from "@/db/transaction";
import type { CheckoutRequest, Outcome } from "@/lib/gateway/port";
import { forgetIfGone } from "../card/forget-customer";
import type { PaymentRecord } from "../scene";
import type { World } from "../world";
import { ensureStripeCustomer } from "./ensure-stripe-customer";

type Declined = Extract<Outcome<unknown>, { outcome: "declined" }>;

const anew = "/anew";

/**
 * The same payment with a customer that was made anew, where Stripe refused it because it does not have the old one. That
 * refusal is definite: nothing was created, so what is stored may be asked under another key, once. Null where that is
 * not so, or the customer is closed.
 */
export async function askedAnew(
  world: World,
  payment: PaymentRecord,
  { gone }: Declined,
): Promise<PaymentRecord | null> {
  const { customerId, requestKey } = payment;
  const request = payment.request as CheckoutRequest;
  if (gone !== "customer" || !requestKey || requestKey.endsWith(anew)) return null;
  if ((await forgetIfGone(world, customerId, request.stripeCustomerId)) !== "gone") return null;
  const made = await ensureStripeCustomer(world, customerId, async (sql) => {
    const open = await sql`select 1 from customers where id = ${customerId} and closed_at is null`;
    return open.length > 0;
  });
  if (made.kind !== "known") return null;
  const changed = { ...request, stripeCustomerId: made.stripeCustomerId };
  const stored = await transact(world.jobs, { customerId }, ({ sql }) =>
    sql`
      update payments set request = ${sql.json({ ...changed })}, request_key = ${requestKey + anew}
      where customer_id = ${customerId} and id = ${payment.id} and request_key = ${requestKey}
        and stripe_session_id is null and ended_at is null returning 1`.execute(),
  );
  return stored.length > 0 ? { ...payment, request: changed, requestKey: requestKey + anew } : null;
}
