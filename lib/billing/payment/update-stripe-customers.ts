import { transact } from "@/db/transaction";
import type { Outcome, StripeCustomer } from "@/lib/gateway/port";
import type { CustomerId } from "@/lib/kernel/id";
import { forgetIfGone } from "../card/forget-customer";
import type { World } from "../world";

/** What Stripe could not answer for, or refused, is tried again after so long. */
const againMs = 15 * 60_000;

interface Changed {
  customerId: CustomerId;
  stripeCustomerId: string;
  name: string;
  email: string;
}

/**
 * Tells Stripe the name and e-mail address of customers where it has others: whoever changed them, the change itself
 * waits for nobody. An address that Stripe does not take is left out. Returns how many it was told.
 */
export async function updateStripeCustomers(world: World, most = 50): Promise<number> {
  let told = 0;
  for (const changed of await takeChanged(world, most)) {
    const outcome = await tell(world, changed);
    if (outcome.outcome === "succeeded") {
      await noteTold(world, changed);
      told += 1;
    } else if (outcome.outcome === "declined" && outcome.gone === "customer") {
      await forgetIfGone(world, changed.customerId, changed.stripeCustomerId);
    }
  }
  return told;
}

async function tell(
  world: World,
  { stripeCustomerId, name, email }: Changed,
): Promise<Outcome<StripeCustomer>> {
  const told = await world.gateway.updateCustomer(stripeCustomerId, { name, email });
  const isOfAddress = told.outcome === "declined" && told.code === "email_invalid";
  return isOfAddress ? world.gateway.updateCustomer(stripeCustomerId, { name, email: null }) : told;
}

/** Sets the next attempt before this one: a worker that dies has lost one turn. */
async function takeChanged(world: World, most: number): Promise<Changed[]> {
  const now = world.clock.now();
  const rows = await world.jobs.sql`
    update customers c set stripe_update_at = ${new Date(now.getTime() + againMs)}
    from (
      select id from customers
      where stripe_customer_id is not null
        and (name is distinct from stripe_name or email is distinct from stripe_email)
        and (stripe_update_at is null or stripe_update_at <= ${now})
      order by id limit ${most} for no key update skip locked) due
    where c.id = due.id
    returning c.id, c.stripe_customer_id, c.name, c.email`;
  return rows.map((row) => ({
    customerId: row.id,
    stripeCustomerId: row.stripe_customer_id,
    name: row.name,
    email: row.email,
  }));
}

async function noteTold(world: World, { customerId, stripeCustomerId, name, email }: Changed): Promise<void> {
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    await sql`
      update customers set stripe_name = ${name}, stripe_email = ${email}, stripe_update_at = null
      where id = ${customerId} and stripe_customer_id = ${stripeCustomerId}`;
  });
}

/** What Stripe has by what it says itself. That it has no address is its own refusal, and not told again and again. */
export async function noteStripeCustomer(
  world: World,
  customerId: CustomerId,
  stripeCustomerId: string,
  { name, email }: StripeCustomer,
): Promise<void> {
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    await sql`
      update customers set stripe_name = ${name}, stripe_email = coalesce(${email}, stripe_email)
      where id = ${customerId} and stripe_customer_id = ${stripeCustomerId}`;
  });
}
