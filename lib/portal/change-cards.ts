import { transact } from "@/db/transaction";
import { chooseDefaultCard } from "@/lib/billing/auto-pay/choose-default-card";
import { forgetIfGone } from "@/lib/billing/card/forget-customer";
import { markDetached } from "@/lib/billing/card/store-card";
import type { World } from "@/lib/billing/world";
import { isUuid, type PaymentMethodId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { mayPay } from "./permit";
import type { CardRefusal, CustomerActor } from "./shapes";
import { portalWorld } from "./world";

type Changed = Promise<Result<{ last4: string }, CardRefusal>>;

/**
 * Makes a saved card the default: offered first, and charged by Autopay and auto top-up where they are on, which is kept
 * as agreed to.
 */
export async function makeDefaultCard(
  actor: CustomerActor,
  { cardId, address = null }: { cardId: string; address?: string | null },
  world: World = portalWorld(),
): Changed {
  if (!isUuid(cardId)) return refuse({ code: "card_not_found" });
  const { customerId, userId } = actor;
  const chosen = await chooseDefaultCard(world, world.app, {
    customerId,
    userId,
    cardId: cardId as PaymentMethodId,
    address,
    permit: (sql) => mayPay(sql, actor),
  });
  return chosen.ok ? ok({ last4: chosen.last4 }) : refuse(chosen.refusal);
}

/**
 * Removes a saved card at Stripe, then here: it can never be charged again. The same card saved more than once goes
 * altogether. While Stripe does not answer nothing is changed; a payment that it is charged for already goes on. What it
 * was charged for automatically stops until the customer chooses another card (markDetached).
 */
export async function removeCard(
  actor: CustomerActor,
  { cardId }: { cardId: string },
  world: World = portalWorld(),
): Changed {
  if (!isUuid(cardId)) return refuse({ code: "card_not_found" });
  const { customerId } = actor;
  const [isPermitted, [card]] = await transact(world.app, actor, ({ sql }) =>
    Promise.all([
      mayPay(sql, actor),
      sql`
        select p.stripe_payment_method_id, p.last4, p.detached_at, p.fingerprint, c.stripe_customer_id
        from payment_methods p join customers c on c.id = p.customer_id
        where p.customer_id = ${customerId} and p.id = ${cardId}`,
    ]),
  );
  if (!isPermitted) return refuse({ code: "not_allowed" });
  if (!card) return refuse({ code: "card_not_found" });
  if (card.detached_at) return refuse({ code: "card_removed", last4: card.last4 });
  const listed = await world.gateway.listCards(card.stripe_customer_id);
  if (listed.outcome === "declined" && listed.gone === "customer") {
    const gone = await forgetIfGone(world, customerId, card.stripe_customer_id);
    return gone === "gone" ? ok({ last4: card.last4 as string }) : refuse({ code: "gateway_unreachable" });
  }
  if (listed.outcome !== "succeeded") return refuse({ code: "gateway_unreachable" });
  const same = listed.value.filter(
    ({ id, fingerprint }) =>
      id === card.stripe_payment_method_id || (fingerprint !== null && fingerprint === card.fingerprint),
  );
  for (const { id } of same) {
    const detached = await world.gateway.detachCard(id);
    // Declined: it was detached between the two calls.
    if (detached.outcome === "unknown") return refuse({ code: "gateway_unreachable" });
  }
  await transact(world.jobs, { customerId }, ({ sql }) =>
    markDetached(sql, customerId, card.stripe_payment_method_id, world.clock.now()),
  );
  return ok({ last4: card.last4 as string });
}
