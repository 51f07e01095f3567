import type { ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import type { MembershipRole } from "@/lib/auth/actor";
import { lockMembers } from "@/lib/auth/lock-members";
import { askForMailToOwners } from "@/lib/auth/login-mail";
import { readMailMembers } from "@/lib/auth/main-address";
import { memberRights } from "@/lib/auth/member-rights";
import { revokeSection } from "@/lib/auth/session";
import type { World } from "@/lib/billing/world";
import type { UserId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { type MailRefusal, type MailWish, mailWithout } from "./mail-addresses";
import { setMainAddress } from "./main-address";
import { decideMemberChange, type MemberChange, type MemberFacts, type MemberRefusal } from "./member-change";
import { recordOfMember } from "./member-record";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type ChangeMemberRefusal = MemberRefusal | MailRefusal | { code: "not_allowed" };

/** Gives a member another role, their own as well; another signs in anew. For owners; there is always one left. */
export function changeMemberRole(
  actor: CustomerActor,
  { userId, role }: { userId: UserId; role: MembershipRole },
  world: World = portalWorld(),
): Promise<Result<undefined, ChangeMemberRefusal>> {
  return changeMember(world, actor, { kind: "role", userId, role });
}

/**
 * Removes a member; what they see of the customer ends with their next request. Owners remove anybody, and whoever
 * belongs to the customer may leave; an owner always stays. Mail about invoices goes to who stays: where they had the main
 * address, another is named with the removal.
 */
export function removeMember(
  actor: CustomerActor,
  { userId, ...mail }: { userId: UserId } & MailWish,
  world: World = portalWorld(),
): Promise<Result<undefined, ChangeMemberRefusal>> {
  return changeMember(world, actor, { kind: "remove", userId }, mail);
}

function changeMember(
  world: World,
  actor: CustomerActor,
  change: MemberChange,
  mail: MailWish = {},
): Promise<Result<undefined, ChangeMemberRefusal>> {
  const { customerId, userId } = actor;
  return transact(world.app, { customerId, userId }, async (tx: Transaction) => {
    const { sql } = tx;
    const [, mayChange, members] = await Promise.all([
      lockMembers(sql, actor),
      may(sql, actor, "members.change"),
      readMembers(sql, actor),
    ]);
    const isLeaving = change.kind === "remove" && change.userId === userId;
    if (!mayChange && !(isLeaving && members.some((one) => one.userId === userId))) {
      return refuse({ code: "not_allowed" });
    }
    const decided = decideMemberChange(members, change);
    if (!decided.ok) return decided;
    const before = members.find((one) => one.userId === change.userId);
    if (change.kind === "role" && before?.role === change.role) return ok();
    if (change.kind === "remove") {
      const moved = await moveMail(world, sql, actor, change.userId, mail);
      if (!moved.ok) return moved;
    }
    tx.write(
      change.kind === "role"
        ? sql`
          update memberships set role = ${change.role}
          where customer_id = ${customerId} and user_id = ${change.userId}`
        : sql`delete from memberships where customer_id = ${customerId} and user_id = ${change.userId}`,
    );
    // Their invitations go with the right to invite: nobody comes in at the word of somebody who was sent away.
    if (change.kind === "remove" || !rolesThatInvite.includes(change.role)) {
      await endInvitationsOf(world, sql, actor, change.userId);
    }
    if (change.kind === "role") {
      const now = world.clock.now();
      tx.write(revokeSection(sql, { userId: change.userId, section: "portal" }, actor.sessionId, now));
    }
    if (change.kind === "role" && change.role === "owner")
      await tellOfOwner(world, sql, actor, change.userId);
    const verb = change.kind === "role" ? "member_role_changed" : "member_removed";
    tx.write(recordOfMember(world, sql, actor, verb, { ...change, from: before?.role }));
    return ok();
  });
}

/** Takes mail about invoices from who goes, as was said with the removal; writes nothing where that is refused. */
async function moveMail(
  world: World,
  sql: ReservedSql,
  actor: CustomerActor,
  userId: UserId,
  wish: MailWish,
): Promise<Result<undefined, MailRefusal>> {
  const { customerId } = actor;
  const [[now], members, ofMain, ofCopies] = await Promise.all([
    sql<{ main: string; copies: string[] }[]>`
      select email as main, invoice_recipients as copies from customers where id = ${customerId}`,
    readMailMembers(sql, actor),
    may(sql, actor, "company.change"),
    may(sql, actor, "recipients.change"),
  ]);
  const leaving = members.find((one) => one.userId === userId);
  if (!now || !leaving) return ok();
  const next = mailWithout(now, members, leaving, wish, { ofMain, ofCopies });
  if (!next.ok) return next;
  const { main, copies } = next.value;
  if (main !== now.main) await setMainAddress(world, sql, actor, main);
  if (copies.length !== now.copies.length) {
    await sql`update customers set invoice_recipients = ${[...copies]}::text[] where id = ${customerId}`;
    const removed = now.copies.filter((copy) => !copies.includes(copy));
    await recordOfMember(world, sql, actor, "recipients_changed", { added: [], removed });
  }
  return ok();
}

/** Who may let others in. */
export const rolesThatInvite: readonly MembershipRole[] = memberRights["members.change"].roles;

/** Every owner hears of a new one. */
export async function tellOfOwner(
  world: Pick<World, "clock">,
  sql: ReservedSql,
  { customerId }: Pick<CustomerActor, "customerId">,
  userId: UserId,
): Promise<void> {
  const [facts] = await sql`
    select c.name as customer, u.name, u.email from customers c, users u
    where c.id = ${customerId} and u.id = ${userId}`;
  if (!facts) return;
  const { name, email, customer } = facts;
  await askForMailToOwners(sql, world.clock, customerId, {
    kind: "new_owner",
    detail: { name, email, customer },
  });
}

/** Withdraws what somebody invited others with, and says so in the record. */
async function endInvitationsOf(
  world: World,
  sql: ReservedSql,
  actor: CustomerActor,
  userId: UserId,
): Promise<void> {
  const ended = await sql`
    update invitations set withdrawn_at = ${world.clock.now()}
    where customer_id = ${actor.customerId} and user_id = ${userId} and accepted_at is null and withdrawn_at is null
    returning email`;
  for (const { email } of ended) {
    await recordOfMember(world, sql, actor, "invitation_withdrawn", { email });
  }
}

async function readMembers(sql: ReservedSql, { customerId }: CustomerActor): Promise<MemberFacts[]> {
  const rows = await sql`
    select m.user_id, m.role, u.disabled_at is null as can_sign_in
    from memberships m join users u on u.id = m.user_id where m.customer_id = ${customerId}`;
  return rows.map((row) => ({ userId: row.user_id, role: row.role, canSignIn: row.can_sign_in }));
}
