import type { ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import { lockMembers } from "@/lib/auth/lock-members";
import {
  isSameAddress,
  mainAddressChoices,
  readMailMembers,
  writeMainAddress,
} from "@/lib/auth/main-address";
import type { World } from "@/lib/billing/world";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { MailRefusal } from "./mail-addresses";
import { recordOfMember } from "./member-record";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

type MainAddressRefusal = Exclude<MailRefusal, { code: "main_address_theirs" }> | { code: "not_allowed" };

/**
 * Makes a member's address the one that mail about invoices goes to. For owners; refused if another was chosen since the page
 * was loaded. Both addresses are written to. Stripe is told by the job that tells it of changed names and addresses.
 */
export function changeMainAddress(
  actor: CustomerActor,
  { email, seen }: { email: string; seen: string },
  world: World = portalWorld(),
): Promise<Result<undefined, MainAddressRefusal>> {
  return transact(world.app, actor, async (tx: Transaction) => {
    const { sql } = tx;
    const [, mayChange, [customer], members] = await Promise.all([
      lockMembers(sql, actor),
      may(sql, actor, "company.change"),
      sql<{ email: string }[]>`select email from customers where id = ${actor.customerId}`,
      readMailMembers(sql, actor),
    ]);
    if (!mayChange || !customer) return refuse({ code: "not_allowed" });
    if (!isSameAddress(customer.email, seen)) return refuse({ code: "mail_addresses_changed" });
    if (isSameAddress(customer.email, email)) return ok();
    const chosen = mainAddressChoices(members).find((one) => isSameAddress(one.email, email));
    if (!chosen) return refuse({ code: "main_address_not_member" });
    await setMainAddress(world, sql, actor, chosen.email);
    return ok();
  });
}

/** Writes the new main address and the record, and asks for the mails to both. Under the lock of the members. */
export async function setMainAddress(
  world: Pick<World, "clock">,
  sql: ReservedSql,
  actor: Pick<CustomerActor, "customerId" | "userId">,
  to: string,
): Promise<void> {
  const written = await writeMainAddress(sql, world.clock, { customerId: actor.customerId, to });
  if (written) await recordOfMember(world, sql, actor, "main_address_changed", written);
}
