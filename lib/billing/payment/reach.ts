import { transact } from "@/db/transaction";
import type { Checkout, CheckoutRequest } from "@/lib/gateway/port";
import type { PaymentRecord } from "../scene";
import type { World } from "../world";
import { askedAnew } from "./ask-anew";
import { isSizeRefusal } from "./charge-size";
import { mismatchOf } from "./judge";
import { keepLimits } from "./learned-limits";
import { markUnknown, nothingFound, notShown, type Reached, reasonOf, searchFor } from "./reached";
import { isFinal } from "./states";

/**
 * Finds out what Stripe knows of a hosted page. `hint` is a session id from an event, for a payment whose own row never
 * learned it: kept only if it is the page that was asked for. Anybody can write our payment's id on a page of theirs.
 */
export async function reachCheckout(world: World, payment: PaymentRecord, hint?: string): Promise<Reached> {
  const sessionId = payment.stripeSessionId ?? hint;
  if (sessionId) {
    const read = await world.gateway.readCheckout(sessionId);
    if (read.outcome !== "succeeded") {
      return payment.stripeSessionId
        ? notShown(world, payment, sessionId, read)
        : { kind: "unknown", reason: reasonOf(read) };
    }
    const checkout = read.value;
    if (payment.stripeSessionId) return { kind: "checkout", checkout };
    if (isAskedFor(world, payment, checkout)) {
      await storeCheckout(world, payment, checkout);
      return { kind: "checkout", checkout };
    }
  }
  // What ended without a page is not begun again; should there be one after all, an event will name it.
  if (isFinal(payment.state)) return { kind: "nothing", code: "ended_without_page" };
  switch (searchFor(world, payment)) {
    case "resend":
      return resendCheckout(world, payment);
    case "wait":
      return { kind: "unknown", reason: "between_resend_and_look_up" };
    case "look_up":
      return lookUp(world, payment);
  }
}

/** Calls Stripe with exactly what is stored, and stores what it answers. Nothing of the ledger moves here. */
export async function sendCheckout(world: World, payment: PaymentRecord): Promise<Reached> {
  const { request, requestKey } = payment;
  if (!requestKey) throw new Error("an external payment has its request stored");
  const sent = await world.gateway.createCheckout(request as CheckoutRequest, requestKey);
  switch (sent.outcome) {
    case "succeeded": {
      const reason = mismatchOf(payment, sent.value, world.gateway.isLive);
      if (reason) {
        await markUnknown(world, payment);
        return { kind: "differs", reason, stripeId: sent.value.id };
      }
      await storeCheckout(world, payment, sent.value);
      return { kind: "checkout", checkout: sent.value };
    }
    case "declined": {
      if (isSizeRefusal(sent.code)) await keepLimits(world, payment.currency);
      const again = await askedAnew(world, payment, sent);
      return again
        ? sendCheckout(world, again)
        : { kind: "nothing", code: sent.code, isUnheard: sent.isUnheard };
    }
    case "unknown":
      await markUnknown(world, payment);
      return { kind: "unknown", reason: sent.reason };
  }
}

/**
 * Sends again what may have been sent before. The key then brings the answer of the first attempt, with the page as it
 * was made: how it stands now has to be read. A refusal that never looked at the key tells nothing.
 */
async function resendCheckout(world: World, payment: PaymentRecord): Promise<Reached> {
  const sent = await sendCheckout(world, payment);
  if (sent.kind === "nothing" && sent.isUnheard) return { kind: "unknown", reason: sent.code };
  if (sent.kind !== "checkout") return sent;
  const read = await world.gateway.readCheckout(sent.checkout.id);
  if (read.outcome !== "succeeded") return { kind: "unknown", reason: reasonOf(read) };
  return { kind: "checkout", checkout: read.value };
}

async function lookUp(world: World, payment: PaymentRecord): Promise<Reached> {
  const { stripeCustomerId } = payment.request as CheckoutRequest;
  const found = await world.gateway.findCheckouts(stripeCustomerId, payment.id);
  if (found.outcome !== "succeeded") return notShown(world, payment, stripeCustomerId, found);
  const checkout = found.value.find((one) => isAskedFor(world, payment, one));
  if (!checkout) return nothingFound(world, stripeCustomerId);
  await storeCheckout(world, payment, checkout);
  return { kind: "checkout", checkout };
}

function isAskedFor(world: World, payment: PaymentRecord, checkout: Checkout): boolean {
  return mismatchOf(payment, checkout, world.gateway.isLive) === null;
}

/** Keeps the session's id whatever became of the payment meanwhile: a late success is found by it. */
async function storeCheckout(world: World, payment: PaymentRecord, checkout: Checkout): Promise<void> {
  await transact(world.jobs, { customerId: payment.customerId }, async ({ sql }) => {
    await sql`
      update payments set stripe_session_id = ${checkout.id}, checkout_url = ${checkout.url},
        expires_at = ${checkout.expiresAt},
        state = case when state in ('created', 'unknown') then 'sent' else state end
      where customer_id = ${payment.customerId} and id = ${payment.id} and stripe_session_id is null`;
    await sql`
      insert into stripe_objects (id, kind, customer_id, row_id)
      values (${checkout.id}, 'checkout_session', ${payment.customerId}, ${payment.id}) on conflict (id) do nothing`;
  });
}
