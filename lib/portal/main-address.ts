import type { ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import { askForMail } from "@/lib/auth/login-mail";
import type { World } from "@/lib/billing/world";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { isSame, type MailMember, type MailRefusal, mainAddressChoices } from "./mail-addresses";
import { lockMembers, recordOfMember } from "./member-record";
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
    if (!isSame(customer.email, seen)) return refuse({ code: "mail_addresses_changed" });
    if (isSame(customer.email, email)) return ok();
    const chosen = mainAddressChoices(members).find((one) => isSame(one.email, email));
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
  const { customerId } = actor;
  const [customer] = await sql<{ name: string; email: string; locale: string }[]>`
    select name, email, locale from customers where id = ${customerId}`;
  if (!customer) return;
  const { name, email: from, locale } = customer;
  await sql`update customers set email = ${to} where id = ${customerId}`;
  await recordOfMember(world, sql, actor, "main_address_changed", { from, to });
  const detail = { customer: name, address: from, email: to, locale };
  for (const email of [from, to]) {
    await askForMail(sql, world.clock, email, { kind: "main_address_changed", detail });
  }
}

export function readMailMembers(
  sql: ReservedSql,
  { customerId }: Pick<CustomerActor, "customerId">,
): Promise<MailMember[]> {
  return sql<MailMember[]>`
    select m.user_id as "userId", u.email, m.role, u.disabled_at is null as "canSignIn"
    from memberships m join users u on u.id = m.user_id
    where m.customer_id = ${customerId} order by m.created_at, m.user_id`;
}
