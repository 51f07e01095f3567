import { transact } from "@/db/transaction";
import { type AttemptLimits, attemptLimits, type TooManyAttempts } from "@/lib/auth/attempt-limits";
import { keepConsent } from "@/lib/billing/auto-pay/charge-consent";
import { forgetIfGone } from "@/lib/billing/card/forget-customer";
import { pickUpCards } from "@/lib/billing/card/pick-up-cards";
import { ensureStripeCustomer } from "@/lib/billing/payment/ensure-stripe-customer";
import type { World } from "@/lib/billing/world";
import { isUuid } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { mayPay } from "./permit";
import type { CardRefusal, CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type AddCardRefusal =
  | CardRefusal
  | { code: "too_many_card_pages"; retryAfterSeconds: TooManyAttempts["retryAfterSeconds"] };

/**
 * Leads to a page of Stripe's on which a card is saved and nothing is paid. `formId` is made once per form shown. Each page is
 * an object at Stripe that stays there a day, so a customer opens only so many an hour.
 */
export async function addCard(
  actor: CustomerActor,
  { formId, address = null }: { formId: string; address?: string | null },
  world: World = portalWorld(),
  limits: AttemptLimits = attemptLimits(world.app),
): Promise<Result<{ url: string }, AddCardRefusal>> {
  if (!isUuid(formId)) return refuse({ code: "gateway_refused" });
  const isAllowed = await transact(world.app, actor, ({ sql }) => mayPay(sql, actor));
  if (!isAllowed) return refuse({ code: "not_allowed" });
  const taken = await limits.take("cardPages", actor.customerId);
  if (!taken.ok) {
    return refuse({
      code: "too_many_card_pages",
      retryAfterSeconds: taken.refusal.retryAfterSeconds,
    });
  }
  const key = `${world.environment}/${actor.customerId}/${formId}/card`;
  const first = await leadToSetup(world, actor, key);
  // Stripe's copy of the customer is gone, and ours is corrected: made anew, it goes on.
  const led = first === "gone" ? again(await leadToSetup(world, actor, `${key}/anew`)) : first;
  if (!led.ok) return led;
  const { customerId, userId } = actor;
  await transact(world.app, actor, ({ sql }) =>
    keepConsent(sql, world.clock, {
      ...{ id: formId, customerId, userId, cardId: null, capMinor: null, address },
      purposes: ["card_on_file"],
    }),
  );
  return led;
}

type Led = Result<{ url: string }, CardRefusal>;

function again(led: Led | "gone"): Led {
  return led === "gone" ? refuse({ code: "gateway_refused" }) : led;
}

async function leadToSetup(world: World, actor: CustomerActor, key: string): Promise<Led | "gone"> {
  const { customerId } = actor;
  const stripe = await ensureStripeCustomer(world, customerId, (sql) => mayPay(sql, actor));
  if (stripe.kind === "not_allowed") return refuse({ code: "not_allowed" });
  if (stripe.kind === "refused") return refuse({ code: "gateway_refused" });
  if (stripe.kind === "unknown") return refuse({ code: "gateway_unreachable" });
  const { stripeCustomerId } = stripe;
  const [customer] = await transact(
    world.app,
    actor,
    ({ sql }) => sql`select locale from customers where id = ${customerId}`,
  );
  const page = `${world.portalUrl}/payment-methods`;
  const made = await world.gateway.createCardSetup(
    {
      stripeCustomerId,
      customerId,
      locale: (customer?.locale as string | undefined) ?? "en",
      successUrl: `${page}?from=saved`,
      cancelUrl: page,
    },
    key,
  );
  if (made.outcome === "succeeded") return ok({ url: made.value.url });
  if (made.outcome === "unknown") return refuse({ code: "gateway_unreachable" });
  const isGone =
    made.gone === "customer" && (await forgetIfGone(world, customerId, stripeCustomerId)) === "gone";
  return isGone ? "gone" : refuse({ code: "gateway_refused" });
}

/**
 * Back from Stripe's page: keeps what was saved there without waiting for the webhook. Any member may come back; nothing
 * is taken from what the browser says.
 */
export async function pickUpSavedCard(
  actor: CustomerActor,
  world: World = portalWorld(),
  limits: AttemptLimits = attemptLimits(world.app),
): Promise<void> {
  const [customer] = await transact(
    world.app,
    actor,
    ({ sql }) => sql`
      select c.stripe_customer_id from customers c join memberships m on m.customer_id = c.id
      where c.id = ${actor.customerId} and m.user_id = ${actor.userId}`,
  );
  if (!customer?.stripe_customer_id) return;
  // Should Stripe not answer now, or have been asked too often, its event brings the card.
  const taken = await limits.take("cardLooks", actor.customerId);
  if (taken.ok) await pickUpCards(world, customer.stripe_customer_id);
}
