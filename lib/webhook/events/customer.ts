import { forgetIfGone } from "@/lib/billing/card/forget-customer";
import { noteStripeCustomer } from "@/lib/billing/payment/update-stripe-customers";
import type { World } from "@/lib/billing/world";
import type { CustomerId } from "@/lib/kernel/id";
import type { EventObject, EventResult } from "../event-result";

/** A customer was deleted in Stripe's dashboard: whether that is so is asked of Stripe. */
export async function forgetCustomer(world: World, customer: EventObject): Promise<EventResult> {
  const customerId = await ownerOf(world, customer.id);
  if (!customerId) return { kind: "ignored", reason: "not_ours" };
  const gone = await forgetIfGone(world, customerId, customer.id);
  return gone === "unknown" ? { kind: "later", reason: "customer_unknown" } : { kind: "done" };
}

/** One was changed, there or by us: what Stripe has now is noted, and the worker tells it what differs from ours. */
export async function followCustomer(world: World, customer: EventObject): Promise<EventResult> {
  const customerId = await ownerOf(world, customer.id);
  if (!customerId) return { kind: "ignored", reason: "not_ours" };
  const read = await world.gateway.readCustomer(customer.id);
  if (read.outcome !== "succeeded") return { kind: "later", reason: "customer_unknown" };
  if (!read.value) return forgetCustomer(world, customer);
  await noteStripeCustomer(world, customerId, customer.id, read.value);
  return { kind: "done" };
}

async function ownerOf(world: World, stripeCustomerId: string): Promise<CustomerId | null> {
  const [row] = await world.jobs.sql`
    select customer_id from stripe_objects where id = ${stripeCustomerId} and kind = 'customer'`;
  return (row?.customer_id as CustomerId | undefined) ?? null;
}
