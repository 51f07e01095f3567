import { transact } from "@/db/transaction";
import type { CustomerId } from "@/lib/kernel/id";
import type { World } from "../world";
import { lockCards } from "./default-card";
import { loseCard } from "./store-card";
import { accountStanding } from "./stripe-account";

/**
 * Asks Stripe whether it still has a customer of ours, and corrects our copy on a definite no: it was deleted there. Keys of
 * another account than ours say nothing of that (`accountStanding`). Its cards are gone with it; the next payment makes the
 * customer anew, or finds them again where the account changed back.
 */
export async function forgetIfGone(
  world: World,
  customerId: CustomerId,
  stripeCustomerId: string,
): Promise<"gone" | "there" | "unknown"> {
  const read = await world.gateway.readCustomer(stripeCustomerId);
  if (read.outcome !== "succeeded") return "unknown";
  if (read.value) return "there";
  if ((await accountStanding(world)) !== "ours") return "unknown";
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    await lockCards(sql, customerId);
    const forgotten = await sql`
      update customers set stripe_customer_id = null, stripe_customers_lost = stripe_customers_lost + 1
      where id = ${customerId} and stripe_customer_id = ${stripeCustomerId} returning 1`;
    // Somebody else forgot it, and the cards that are there now are another one's.
    if (forgotten.length === 0) return;
    const cards = await sql`
      select stripe_payment_method_id from payment_methods where customer_id = ${customerId} and detached_at is null`;
    for (const card of cards) await loseCard(sql, customerId, card.stripe_payment_method_id, world.clock);
    await sql`
      update payment_methods set lost_with_customer = ${stripeCustomerId}
      where customer_id = ${customerId}
        and stripe_payment_method_id = any(${cards.map((card) => card.stripe_payment_method_id)})`;
  });
  return "gone";
}
