import { transact } from "@/db/transaction";
import type { Checkout, Intent, Outcome } from "@/lib/gateway/port";
import type { PaymentRecord } from "../scene";
import type { World } from "../world";

/** Stripe may forget an idempotency key after 24 hours: before that the same key is safe, after it never. */
const resendWithinMs = 23 * 3_600_000;
const lookUpAfterMs = 24 * 3_600_000;
/** A call that was under way when the page's time ran out has ended by then. */
const afterExpiryMs = 60_000;

/** Of a payment whose saved card Stripe no longer has: the card is not charged again, and its customer is told. */
export const cardGone = "card_gone";

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
  if (payment.expiresAt && now >= payment.expiresAt.getTime() + afterExpiryMs) return "look_up";
  const ageMs = now - (payment.firstSentAt ?? payment.createdAt).getTime();
  if (ageMs < resendWithinMs) return "resend";
  return ageMs < lookUpAfterMs ? "wait" : "look_up";
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
