import { transact } from "@/db/transaction";
import type { Decline, Intent, IntentRequest, Outcome } from "@/lib/gateway/port";
import { assert } from "@/lib/kernel/assert";
import { forgetIfGone } from "../card/forget-customer";
import { loseIfDetached } from "../card/pick-up-cards";
import type { PaymentRecord } from "../scene";
import type { World } from "../world";
import { isSizeRefusal } from "./charge-size";
import { mismatchOf } from "./judge";
import { keepLimits } from "./learned-limits";
import { cardGone, markUnknown, nothingFound, notShown, type Reached, reasonOf, searchFor } from "./reached";
import { isFinal } from "./states";

/**
 * Finds out what Stripe knows of the charge of a saved card, and ends it there if nobody will bring it to an end.
 * `hint` is an intent's id from an event, for a payment whose own row never learned it: kept only if it is the charge that
 * was asked for.
 */
export async function reachIntent(world: World, payment: PaymentRecord, hint?: string): Promise<Reached> {
  const intentId = payment.stripePaymentIntentId ?? hint;
  if (intentId) {
    const read = await world.gateway.readIntent(intentId);
    if (read.outcome !== "succeeded") {
      return payment.stripePaymentIntentId
        ? notShown(world, payment, intentId, read)
        : { kind: "unknown", reason: reasonOf(read) };
    }
    if (payment.stripePaymentIntentId) return endedIfDead(world, payment, read.value);
    if (isAskedFor(world, payment, read.value)) {
      await storeIntent(world, payment, read.value);
      return endedIfDead(world, payment, read.value);
    }
  }
  // What ended without an intent is not begun again; should there be one after all, an event will name it.
  if (isFinal(payment.state)) return { kind: "nothing", code: "ended_without_intent" };
  switch (searchFor(world, payment)) {
    case "resend":
      return resendIntent(world, payment);
    case "wait":
      return { kind: "unknown", reason: "between_resend_and_look_up" };
    case "look_up":
      return lookUp(world, payment);
  }
}

/** Calls Stripe with exactly what is stored, and stores what it answers. Nothing of the ledger moves here. */
export async function sendIntent(world: World, payment: PaymentRecord): Promise<Reached> {
  const sent = await createIntent(world, payment);
  return sent.kind === "intent" ? endedIfDead(world, payment, sent.intent) : sent;
}

async function createIntent(world: World, payment: PaymentRecord): Promise<Reached> {
  assert(payment.requestKey, "an external payment has its request stored");
  const sent = await world.gateway.createIntent(payment.request as IntentRequest, payment.requestKey);
  switch (sent.outcome) {
    case "succeeded": {
      const reason = mismatchOf(payment, sent.value, world.gateway.isLive);
      if (reason) {
        await markUnknown(world, payment);
        return { kind: "differs", reason, stripeId: sent.value.id };
      }
      await storeIntent(world, payment, sent.value);
      return { kind: "intent", intent: sent.value };
    }
    case "declined": {
      if (isSizeRefusal(sent.code)) await keepLimits(world, payment.currency);
      const isGone = await forgetWhatIsGone(world, payment, sent);
      return { kind: "nothing", code: isGone ? cardGone : sent.code, isUnheard: sent.isUnheard };
    }
    case "unknown":
      await markUnknown(world, payment);
      return { kind: "unknown", reason: sent.reason };
  }
}

/**
 * A card that is gone, or whose customer is, leaves the list; the payment is over, and only its customer can choose another.
 * Stripe refuses a detached card in a sentence without a code, so any refusal that is not for size has the card looked at.
 */
async function forgetWhatIsGone(
  world: World,
  { customerId, request }: PaymentRecord,
  { gone, status, code }: Extract<Outcome<unknown>, { outcome: "declined" }>,
): Promise<boolean> {
  const { stripeCustomerId, stripePaymentMethodId } = request as IntentRequest;
  if (gone === "customer") return (await forgetIfGone(world, customerId, stripeCustomerId)) === "gone";
  if (gone !== "card" && (status !== 400 || isSizeRefusal(code))) return false;
  const card = { customerId, stripeCustomerId, stripePaymentMethodId };
  return (await loseIfDetached(world, card)) === "lost";
}

/** The key brings the answer of the first attempt: how the intent stands now has to be read. */
async function resendIntent(world: World, payment: PaymentRecord): Promise<Reached> {
  const sent = await createIntent(world, payment);
  if (sent.kind === "nothing" && sent.isUnheard) return { kind: "unknown", reason: sent.code };
  if (sent.kind !== "intent") return sent;
  return readAgain(world, payment, sent.intent.id);
}

async function lookUp(world: World, payment: PaymentRecord): Promise<Reached> {
  const { stripeCustomerId } = payment.request as IntentRequest;
  const found = await world.gateway.findIntents(stripeCustomerId, payment.id);
  if (found.outcome !== "succeeded") return notShown(world, payment, stripeCustomerId, found);
  const intent = found.value.find((one) => isAskedFor(world, payment, one));
  if (!intent) return nothingFound(world, stripeCustomerId);
  await storeIntent(world, payment, intent);
  return endedIfDead(world, payment, intent);
}

function isAskedFor(world: World, payment: PaymentRecord, intent: Intent): boolean {
  return mismatchOf(payment, intent, world.gateway.isLive) === null;
}

async function readAgain(world: World, payment: PaymentRecord, intentId: string): Promise<Reached> {
  const read = await world.gateway.readIntent(intentId);
  if (read.outcome !== "succeeded") return { kind: "unknown", reason: reasonOf(read) };
  return endedIfDead(world, payment, read.value);
}

/**
 * A saved card is asked once. An intent whose card was declined waits for another card that nobody will bring, so it is
 * canceled in the same step; so is one whose bank asks a customer who is not there, or did not come back in time. Only
 * then is the payment over, and its invoices free for another way (lib/decisions/0009-a-saved-card-is-asked-once.md).
 */
async function endedIfDead(world: World, payment: PaymentRecord, intent: Intent): Promise<Reached> {
  if (!isDead(world, payment, intent)) return { kind: "intent", intent };
  // Stripe may forget why on canceling.
  const decline = intent.decline ?? payment.decline;
  if (intent.decline) await storeDecline(world, payment, intent.decline);
  const canceled = await world.gateway.cancelIntent(intent.id, "abandoned");
  switch (canceled.outcome) {
    case "succeeded":
      return { kind: "intent", intent: { ...canceled.value, decline: decline ?? canceled.value.decline } };
    // It ended between the two calls: what it is now decides.
    case "declined": {
      const read = await world.gateway.readIntent(intent.id);
      if (read.outcome !== "succeeded") return { kind: "unknown", reason: reasonOf(read) };
      return { kind: "intent", intent: read.value };
    }
    case "unknown":
      return { kind: "unknown", reason: canceled.reason };
  }
}

function isDead(world: World, payment: PaymentRecord, intent: Intent): boolean {
  if (intent.paymentId !== payment.id) return false;
  if (intent.status === "requires_payment_method") return true;
  if (intent.status !== "requires_action") return false;
  const isLate = payment.expiresAt !== null && payment.expiresAt <= world.clock.now();
  return isLate || isFinal(payment.state) || intent.actionUrl === null;
}

/** Keeps the intent's id whatever became of the payment meanwhile: a late success is found by it. */
async function storeIntent(world: World, payment: PaymentRecord, intent: Intent): Promise<void> {
  const { customerId, id } = payment;
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    await sql`
      update payments set stripe_payment_intent_id = ${intent.id},
        state = case when state in ('created', 'unknown') then 'sent' else state end
      where customer_id = ${customerId} and id = ${id} and stripe_payment_intent_id is null`;
    await sql`
      insert into stripe_objects (id, kind, customer_id, row_id)
      values (${intent.id}, 'payment_intent', ${customerId}, ${id}) on conflict (id) do nothing`;
  });
}

/** Somebody is led to their bank's page, and is waited for: until then it is a question that nobody will answer. */
export async function waitAtBank(
  world: World,
  { customerId, id }: Pick<PaymentRecord, "customerId" | "id">,
  url: string,
): Promise<void> {
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    await sql`
      update payments set checkout_url = ${url}
      where customer_id = ${customerId} and id = ${id} and payment_method_id is not null and ended_at is null`;
  });
}

async function storeDecline(
  world: World,
  { customerId, id }: PaymentRecord,
  decline: Decline,
): Promise<void> {
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    await sql`
      update payments set decline = ${sql.json({ ...decline })} where customer_id = ${customerId} and id = ${id}`;
  });
}
