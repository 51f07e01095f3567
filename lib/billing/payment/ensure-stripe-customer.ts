import type { ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import type { CustomerId } from "@/lib/kernel/id";
import type { World } from "../world";

export type StripeCustomer =
  | { kind: "known"; stripeCustomerId: string; locale: string }
  | { kind: "not_allowed" }
  | { kind: "refused"; code: string }
  | { kind: "unknown"; reason: string };

/**
 * The customer at Stripe, made there before the first charge under a key of the customer's own: two tabs make one.
 * Nothing is taken; while Stripe does not answer, no payment begins.
 */
export async function ensureStripeCustomer(
  world: World,
  customerId: CustomerId,
  permit: (sql: ReservedSql) => Promise<boolean>,
): Promise<StripeCustomer> {
  const [isPermitted, [customer]] = await transact(world.app, { customerId }, ({ sql }) =>
    Promise.all([
      permit(sql),
      sql`select name, email, locale, stripe_customer_id from customers where id = ${customerId}`,
    ]),
  );
  if (!isPermitted) return { kind: "not_allowed" };
  if (!customer) return { kind: "refused", code: "customer_not_found" };
  const { locale, stripe_customer_id: known } = customer as {
    locale: string;
    stripe_customer_id: string | null;
  };
  if (known) return { kind: "known", stripeCustomerId: known, locale };
  const made = await world.gateway.createCustomer(
    { customerId, name: customer.name, email: customer.email },
    `${world.environment}/${customerId}/customer`,
  );
  if (made.outcome === "declined") return { kind: "refused", code: made.code };
  if (made.outcome === "unknown") return { kind: "unknown", reason: made.reason };
  const stripeCustomerId = await store(world, customerId, made.value.id);
  return { kind: "known", stripeCustomerId, locale };
}

/** The first one stored stays, whoever made another meanwhile. */
async function store(world: World, customerId: CustomerId, stripeCustomerId: string): Promise<string> {
  const [row] = await transact(world.app, { customerId }, async ({ sql }) => {
    await sql`update customers set stripe_customer_id = ${stripeCustomerId}
      where id = ${customerId} and stripe_customer_id is null`;
    await sql`
      insert into stripe_objects (id, kind, customer_id, row_id)
      values (${stripeCustomerId}, 'customer', ${customerId}, ${customerId}) on conflict do nothing`;
    return sql`select stripe_customer_id from customers where id = ${customerId}`;
  });
  return row?.stripe_customer_id;
}
