import { type AttemptLimits, attemptLimits } from "@/lib/auth/attempt-limits";
import type { World } from "@/lib/billing/world";
import { type CustomerId, isUuid, type PaymentId } from "@/lib/kernel/id";
import { paymentOutcome } from "./payment-outcome";
import type { CustomerActor, PaymentOutcome } from "./shapes";
import { portalWorld } from "./world";

interface Visit {
  paymentId: PaymentId;
  /** The customer that the person looks at now; null for who is signed out. */
  actor: CustomerActor | null;
  /** The others that they belong to: they may have switched while they were at Stripe. */
  others: readonly CustomerId[];
  /** The visitor's network address. */
  address: string;
}

/**
 * What became of a payment, for one visit of the page to which Stripe sends people back, which anybody may load as often as they
 * like. Stripe is asked only so often about one payment, and for one address; in between, a payment that is not over counts
 * as one that is being confirmed. `isOther`: it is of one of the others; `isAsked`: Stripe was asked now.
 */
export async function returnedPayment(
  { paymentId, actor, others, address }: Visit,
  world: World = portalWorld(),
  limits: AttemptLimits = attemptLimits(world.app),
): Promise<{ outcome: PaymentOutcome | null; isOther: boolean; isAsked: boolean }> {
  const own = await ownerAmong(world, paymentId, actor ? [actor.customerId, ...others] : []);
  const reader = actor && { ...actor, customerId: own ?? actor.customerId };
  let isAsked = false;
  const outcome = await paymentOutcome(reader, paymentId, world, async () => {
    isAsked = await mayAskStripe(limits, paymentId, address);
    return isAsked;
  });
  return { outcome, isOther: outcome !== null && reader?.customerId !== actor?.customerId, isAsked };
}

/** The payment first: who reloads one page counts no further for everybody behind their address. */
async function mayAskStripe(limits: AttemptLimits, paymentId: PaymentId, address: string): Promise<boolean> {
  const ofPayment = await limits.take("returnPayment", paymentId);
  return ofPayment.ok && (await limits.take("returnAddress", address)).ok;
}

/** The first of these customers that has the payment. The id is the browser's choice: several may have the same. */
async function ownerAmong(
  world: World,
  paymentId: PaymentId,
  customerIds: readonly CustomerId[],
): Promise<CustomerId | null> {
  if (!isUuid(paymentId) || customerIds.length === 0) return null;
  const ids = [...customerIds];
  const [row] = await world.jobs.sql<{ id: CustomerId }[]>`
    select customer_id as id from payments where id = ${paymentId} and customer_id = any(${ids}::uuid[])
    order by array_position(${ids}::uuid[], customer_id) limit 1`;
  return row?.id ?? null;
}
