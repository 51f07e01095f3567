import { transact } from "@/db/transaction";
import type { SignedIn } from "@/lib/auth/actor";
import type { World } from "@/lib/billing/world";
import type { CustomerId } from "@/lib/kernel/id";
import { portalWorld } from "./world";

export interface OwnCustomer {
  readonly customerId: CustomerId;
  readonly name: string;
}

/** Enough for people, and a bound for what one page asks. */
const most = 20;

/**
 * The customers that a person belongs to, by name, in the order in which they joined; empty if there is nothing to
 * choose. Each is read in its own scope: no transaction sees the rows of two customers.
 */
export async function listOwnCustomers(
  { userId, memberships }: Pick<SignedIn, "userId" | "memberships">,
  world: Pick<World, "app"> = portalWorld(),
): Promise<OwnCustomer[]> {
  if (memberships.length < 2) return [];
  return Promise.all(
    memberships.slice(0, most).map(({ customerId }) =>
      transact(world.app, { customerId, userId }, async ({ sql }) => {
        const [row] = await sql`select name from customers where id = ${customerId}`;
        return { customerId, name: row?.name ?? "" };
      }),
    ),
  );
}
