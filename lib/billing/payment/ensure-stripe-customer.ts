import { createHash } from "node:crypto";
import type { ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import type { Outcome } from "@/lib/gateway/port";
import type { CustomerId } from "@/lib/kernel/id";
import { pickUpCards } from "../card/pick-up-cards";
import { accountStanding } from "../card/stripe-account";
import type { World } from "../world";

export type StripeCustomer =
  | { kind: "known"; stripeCustomerId: string }
  | { kind: "not_allowed" }
  | { kind: "refused"; code: string }
  | { kind: "unknown"; reason: string };

/**
 * The customer at Stripe, made there before the first charge under a key of the customer's own: two tabs make one.
 * Nothing is taken; while Stripe does not answer, no payment begins. Refused are only those who may not pay.
 */
export async function ensureStripeCustomer(
  world: World,
  customerId: CustomerId,
  permit: (sql: ReservedSql) => Promise<boolean>,
): Promise<StripeCustomer> {
  const [isPermitted, [customer]] = await transact(world.app, { customerId }, ({ sql }) =>
    Promise.all([
      permit(sql),
      sql`
        select name, email, stripe_customer_id, stripe_customers_lost from customers where id = ${customerId}`,
    ]),
  );
  if (!isPermitted) return { kind: "not_allowed" };
  if (!customer) return { kind: "refused", code: "customer_not_found" };
  const known = customer.stripe_customer_id as string | null;
  if (known) return { kind: "known", stripeCustomerId: known };
  const wanted: Wanted = {
    customerId,
    name: customer.name,
    email: customer.email,
    lost: customer.stripe_customers_lost,
  };
  if (wanted.lost > 0) {
    const found = await findAgain(world, customerId);
    if (found.outcome === "unknown") return { kind: "unknown", reason: found.reason };
    if (found.value) return { kind: "known", stripeCustomerId: await storeAgain(world, wanted, found.value) };
  }
  const made = await create(world, wanted);
  if (made.outcome === "declined") return { kind: "refused", code: made.code };
  if (made.outcome === "unknown") return { kind: "unknown", reason: made.reason };
  const stripeCustomerId = await store(world, wanted, made.value.id);
  await noteFirstAccount(world);
  return { kind: "known", stripeCustomerId };
}

/** Of another account they were not to be seen; under the keys of their own again, they are there with their cards. */
async function findAgain(
  world: World,
  customerId: CustomerId,
): Promise<{ outcome: "succeeded"; value: string | null } | { outcome: "unknown"; reason: string }> {
  const rows = await world.jobs.sql`
    select id from stripe_objects where customer_id = ${customerId} and kind = 'customer' limit ${lostMost}`;
  for (const { id } of rows) {
    const read = await world.gateway.readCustomer(id);
    if (read.outcome === "unknown") return read;
    if (read.outcome === "succeeded" && read.value) return { outcome: "succeeded", value: id };
  }
  return { outcome: "succeeded", value: null };
}

const lostMost = 10;

async function storeAgain(world: World, wanted: Wanted, id: string): Promise<string> {
  const stripeCustomerId = await store(world, wanted, id);
  await pickUpCards(world, stripeCustomerId);
  return stripeCustomerId;
}

interface Wanted {
  customerId: CustomerId;
  name: string;
  email: string;
  lost: number;
}

/** An address that Stripe does not take is no reason to refuse money: it does without. */
async function create(world: World, wanted: Wanted): Promise<Outcome<{ id: string }>> {
  const { customerId, name, email } = wanted;
  const key = keyOf(world, wanted);
  const made = await world.gateway.createCustomer({ customerId, name, email }, key);
  if (made.outcome !== "declined" || made.code !== "email_invalid") return made;
  return world.gateway.createCustomer({ customerId, name, email: null }, `${key}/no_email`);
}

/**
 * Not for longer than minutes, not over a change of name, and not for one that is made anew: under one key Stripe replays its own errors for a day,
 * and refuses other parameters. A second customer at Stripe, should one come of it, is of no harm.
 */
function keyOf(world: World, { customerId, name, email, lost }: Wanted): string {
  const content = createHash("sha256").update(`${name}\n${email}`).digest("hex").slice(0, 16);
  const period = Math.floor(world.clock.now().getTime() / keyPeriodMs);
  return `${world.environment}/${customerId}/customer/${content}/${lost}/${period}`;
}

const keyPeriodMs = 10 * 60_000;

/** Which account is ours is known before anything of it can be missing. */
async function noteFirstAccount(world: World): Promise<void> {
  const known = await world.jobs.sql`select from stripe_accounts limit 1`;
  if (known.length === 0) await accountStanding(world);
}

/** The first one stored stays, whoever made another meanwhile. */
async function store(
  world: World,
  { customerId, name, email }: Wanted,
  stripeCustomerId: string,
): Promise<string> {
  const [row] = await transact(world.app, { customerId }, async ({ sql }) => {
    await sql`update customers set stripe_customer_id = ${stripeCustomerId}, stripe_name = ${name}, stripe_email = ${email}
      where id = ${customerId} and stripe_customer_id is null`;
    await sql`
      insert into stripe_objects (id, kind, customer_id, row_id)
      values (${stripeCustomerId}, 'customer', ${customerId}, ${customerId}) on conflict do nothing`;
    return sql`select stripe_customer_id from customers where id = ${customerId}`;
  });
  return row?.stripe_customer_id;
}
