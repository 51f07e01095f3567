import type { ReservedSql } from "@/db/client";
import { constraintName, type Transaction, transact } from "@/db/transaction";
import type { MembershipRole, SignedIn } from "@/lib/auth/actor";
import type { TooManyAttempts } from "@/lib/auth/attempt-limits";
import { hostNameOf } from "@/lib/auth/host";
import { lockMembers } from "@/lib/auth/lock-members";
import { askForMailToOwners } from "@/lib/auth/login-mail";
import { judgeNewPassword } from "@/lib/auth/new-password";
import { hashPassword, type PasswordProblem } from "@/lib/auth/password";
import { hasAddress, hasHostName, oneLineName } from "@/lib/auth/plain-name";
import type { World } from "@/lib/billing/world";
import { type CustomerId, newId, type UserId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { rolesThatInvite } from "./change-members";
import { readInvitationToken } from "./invitation-token";
import { recordOfMember } from "./member-record";
import { portalWorld } from "./world";

/** What the page of a link shows: to whoever has the link, which came by mail to `email`. */
export interface InvitationView {
  readonly customer: string;
  readonly email: string;
  readonly role: MembershipRole;
  /** Whether somebody signs in with this address already. */
  readonly hasLogin: boolean;
}

export type NameProblem =
  | { code: "name_missing" }
  | { code: "name_has_address" }
  /** The host's own name stands in it. */
  | { code: "name_has_host"; host: string };

export type AcceptRefusal =
  | { code: "invitation_not_valid" }
  /** The address that was invited is another than the one they sign in with. */
  | { code: "invited_as_another" };

/** What keeps somebody new from joining, beside that. */
export type JoinRefusal =
  | AcceptRefusal
  | PasswordProblem
  | TooManyAttempts
  | NameProblem
  | { code: "email_taken" };

/** The invitation of a link that can still be used, or null. */
export async function showInvitation(
  token: string,
  world: World = portalWorld(),
): Promise<InvitationView | null> {
  const named = readInvitationToken(token);
  if (!named) return null;
  return transact(world.app, { customerId: named.customerId }, async ({ sql }) => {
    const [row] = await sql`
      select c.name, i.email, i.role, exists (select from users u where u.email = i.email) as has_login
      from invitations i join customers c on c.id = i.customer_id
      where i.customer_id = ${named.customerId} and i.token_hash = ${named.hash} and c.closed_at is null
        and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > ${world.clock.now()}
        and ${senderMayInvite(sql)}`;
    return row ? { customer: row.name, email: row.email, role: row.role, hasLogin: row.has_login } : null;
  });
}

/**
 * Who is new makes a login with the address that was invited, and belongs to the customer. The link is spent with it.
 * A password that is refused leaves the link usable; an address that somebody signs in with is refused.
 */
export async function joinAsNew(
  input: { token: string; name: string; password: string; locale: string; hostName?: string },
  world: World = portalWorld(),
): Promise<Result<undefined, JoinRefusal>> {
  const view = await showInvitation(input.token, world);
  if (!view) return refuse({ code: "invitation_not_valid" });
  if (view.hasLogin) return refuse({ code: "email_taken" });
  const name = oneLineName(input.name);
  if (name === "") return refuse({ code: "name_missing" });
  if (hasAddress(name)) return refuse({ code: "name_has_address" });
  const hostName = await hostNameOf(world.app.sql, input.hostName ?? "");
  if (hasHostName(name, hostName)) return refuse({ code: "name_has_host", host: hostName });
  const judged = await judgeNewPassword(
    world.app,
    { password: input.password, by: input.token },
    {
      email: view.email,
      names: [name, view.customer, hostName],
    },
  );
  if (!judged.ok) return judged;
  const passwordHash = await hashPassword(input.password);
  const userId = newId<UserId>(world.clock);
  try {
    const joined = await join(world, input.token, { userId, email: view.email, name }, ({ sql, write }) =>
      write(sql`
        insert into users (id, email, name, password_hash, locale, created_at)
        values (${userId}, ${view.email}, ${name}, ${passwordHash}, ${input.locale}, ${world.clock.now()})`),
    );
    return joined.ok ? ok() : joined;
  } catch (error) {
    if (constraintName(error) === "users_email_key") return refuse({ code: "email_taken" });
    throw error;
  }
}

/**
 * Who has a login accepts once they are signed in with the address that was invited: a link that was passed on lets
 * nobody else in. Returns the customer that they now belong to.
 */
export function joinAsSignedIn(
  { userId, email, name = "" }: Pick<SignedIn, "userId" | "email"> & { name?: string },
  { token }: { token: string },
  world: World = portalWorld(),
): Promise<Result<{ customerId: CustomerId }, AcceptRefusal>> {
  return join(world, token, { userId, email, name }, () => {});
}

/** Whether who sent the invitation `i` could send it now. */
function senderMayInvite(sql: ReservedSql) {
  return sql`exists (
    select from memberships m join users u on u.id = m.user_id
    where m.customer_id = i.customer_id and m.user_id = i.user_id and u.disabled_at is null
      and m.role = any(${[...rolesThatInvite]}::text[]))`;
}

async function join(
  world: World,
  token: string,
  who: { userId: UserId; email: string; name: string },
  first: (tx: Transaction) => void,
): Promise<Result<{ customerId: CustomerId }, AcceptRefusal>> {
  const named = readInvitationToken(token);
  if (!named) return refuse({ code: "invitation_not_valid" });
  const { customerId, hash } = named;
  const { userId } = who;
  const now = world.clock.now();
  return transact(world.app, { customerId, userId }, async (tx: Transaction) => {
    const { sql } = tx;
    const [, [row]] = await Promise.all([
      lockMembers(sql, { customerId }),
      sql`
        select i.id, i.email, i.role, c.name as customer from invitations i join customers c on c.id = i.customer_id
        where i.customer_id = ${customerId} and i.token_hash = ${hash} and c.closed_at is null
          and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > ${now}
          and ${senderMayInvite(sql)}`,
    ]);
    if (!row) return refuse({ code: "invitation_not_valid" });
    if (row.email !== who.email) return refuse({ code: "invited_as_another" });
    first(tx);
    tx.write(sql`
      update invitations set accepted_at = ${now} where customer_id = ${customerId} and id = ${row.id}`);
    // Whoever became a member otherwise meanwhile keeps the role they have.
    tx.write(sql`
      insert into memberships (customer_id, user_id, role, created_at)
      values (${customerId}, ${userId}, ${row.role}, ${now})
      on conflict on constraint memberships_pk do nothing`);
    if (row.role === "owner") {
      const detail = { name: who.name, email: who.email, customer: row.customer };
      await askForMailToOwners(sql, world.clock, customerId, { kind: "new_owner", detail });
    }
    tx.write(recordOfMember(world, sql, { customerId, userId }, "member_joined", { role: row.role }));
    return ok({ customerId });
  });
}
