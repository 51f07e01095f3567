import type { ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import type { World } from "@/lib/billing/world";
import { maySee } from "./permit";
import type { CustomerActor } from "./shapes";

/** Somebody asked for a customer they do not belong to: pages show it as not found. */
export class AccessDenied extends Error {
  override readonly name = "AccessDenied";
}

/**
 * Reads as one customer sees it: in one transaction under their scope, its statements in one round trip with the
 * question whether this user belongs there. Throws AccessDenied if not, whatever was read.
 */
export async function readAs<T>(
  world: World,
  actor: CustomerActor,
  read: (sql: ReservedSql) => Promise<T>,
): Promise<T> {
  const { customerId, userId } = actor;
  const [isMember, value] = await transact(world.app, { customerId, userId }, ({ sql }) =>
    Promise.all([maySee(sql, actor), read(sql)]),
  );
  if (!isMember) throw new AccessDenied("the user is no member of the customer");
  return value;
}
