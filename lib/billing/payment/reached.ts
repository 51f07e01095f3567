import { transact } from "@/db/transaction";
import type { Checkout, Intent, Outcome } from "@/lib/gateway/port";
import type { PaymentRecord } from "../scene";
import type { World } from "../world";
import { isFinal } from "./states";

/** Stripe may forget an idempotency key after 24 hours: before that the same key is safe, after it never. */
const resendWithinMs = 23 * 3_600_000;
const lookUpAfterMs = 24 * 3_600_000;
/** A call that was under way when the page's time ran out has ended by then. */
const afterExpiryMs = 60_000;

/** Of a payment whose saved card Stripe no longer has: the card is not charged again, and its customer is told. */
export const cardGone = "card_gone";

/** Of a payment whose own page or charge Stripe does not have: it was deleted, or belongs to the account of other keys. */
export const objectMissing = "object_missing";
/** Of a payment that never learned its object, and whose customer Stripe does not have. */
export const customerMissing = "customer_missing";

/** What Stripe knows of an external payment: the hosted page, or the charge of a saved card. */
export type Reached =
  | { kind: "checkout"; checkout: Checkout }
  | { kind: "intent"; intent: Intent }
  /** Stripe made something else than was asked for. Nothing of it is kept; staff are asked. */
  | { kind: "differs"; reason: string; stripeId: string }
  /** Stripe has nothing of this payment, and never will. */
  | { kind: "nothing"; code: string; isUnheard?: boolean | undefined }
  | { kind: "unknown"; reason: string };

/**
 * How to find out about a payment whose object we never learned: sent again with the same key and the same parameters
 * within 23 hours of its first attempt, looked up by listing after 24, and between the two nothing (domain.md, States).
 * What was to end at an instant is looked up once that is over: a page made by then has ended, and none is made after it.
 */
export function searchFor(
  world: World,
  payment: Pick<PaymentRecord, "firstSentAt" | "createdAt"> & { expiresAt?: Date | null },
): "resend" | "wait" | "look_up" {
  const now = world.clock.now().getTime();
  if (isPastExpiry(world, payment)) return "look_up";
  const ageMs = now - (payment.firstSentAt ?? payment.createdAt).getTime();
  if (ageMs < resendWithinMs) return "resend";
  return ageMs < lookUpAfterMs ? "wait" : "look_up";
}

function isPastExpiry(world: World, { expiresAt }: { expiresAt?: Date | null }): boolean {
  return !!expiresAt && world.clock.now().getTime() >= expiresAt.getTime() + afterExpiryMs;
}

/**
 * What it means that Stripe does not show what a payment has as its own. Mostly nothing: it is asked again. A definite
 * "there is no such thing" is asked again until the payment can no longer be paid, since the host may put their keys right;
 * from then on nothing but a person can say what became of the money (domain.md, A9).
 */
export function notShown(
  world: World,
  payment: Pick<PaymentRecord, "state" | "expiresAt">,
  stripeId: string,
  read: Exclude<Outcome<unknown>, { outcome: "succeeded" }>,
): Reached {
  const isMissing = read.outcome === "declined" && read.code === "resource_missing";
  if (!isMissing) return { kind: "unknown", reason: reasonOf(read) };
  if (isFinal(payment.state)) return { kind: "nothing", code: "ended_unseen" };
  if (!isPastExpiry(world, payment)) return { kind: "unknown", reason: objectMissing };
  return { kind: "differs", reason: read.gone === "customer" ? customerMissing : objectMissing, stripeId };
}

/**
 * No object of a payment was found among those of its customer. It was never made, if Stripe has that customer; if not, it may
 * stand where they are.
 */
export async function nothingFound(world: World, stripeCustomerId: string): Promise<Reached> {
  const customer = await world.gateway.readCustomer(stripeCustomerId);
  if (customer.outcome !== "succeeded") return { kind: "unknown", reason: reasonOf(customer) };
  return customer.value
    ? { kind: "nothing", code: "never_created" }
    : { kind: "differs", reason: customerMissing, stripeId: stripeCustomerId };
}

export async function markUnknown(world: World, payment: PaymentRecord): Promise<void> {
  await transact(world.jobs, { customerId: payment.customerId }, async ({ sql }) => {
    await sql`
      update payments set state = 'unknown', send_count = send_count + 1
      where customer_id = ${payment.customerId} and id = ${payment.id} and state = 'created'`;
  });
}

export function reasonOf(outcome: Exclude<Outcome<unknown>, { outcome: "succeeded" }>): string {
  return outcome.outcome === "declined" ? outcome.code : outcome.reason;
}
