import type { ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import type { MembershipRole } from "@/lib/auth/actor";
import { askForMailToOwners } from "@/lib/auth/login-mail";
import { memberRights } from "@/lib/auth/member-rights";
import { revokeSection } from "@/lib/auth/session";
import type { World } from "@/lib/billing/world";
import { newId, type UserId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { decideMemberChange, type MemberChange, type MemberFacts, type MemberRefusal } from "./member-change";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type ChangeMemberRefusal = MemberRefusal | { code: "not_allowed" };

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
 * belongs to the customer may leave; an owner always stays.
 */
export function removeMember(
  actor: CustomerActor,
  { userId }: { userId: UserId },
  world: World = portalWorld(),
): Promise<Result<undefined, ChangeMemberRefusal>> {
  return changeMember(world, actor, { kind: "remove", userId });
}

function changeMember(
  world: World,
  actor: CustomerActor,
  change: MemberChange,
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

/**
 * Of two who change the members at once the second waits here, and then reads what the first left. The customer's row
 * stands for all of its members: also for those who are only joining.
 */
export function lockMembers(sql: ReservedSql, { customerId }: Pick<CustomerActor, "customerId">) {
  return sql`select from customers where id = ${customerId} for no key update`.execute();
}

async function readMembers(sql: ReservedSql, { customerId }: CustomerActor): Promise<MemberFacts[]> {
  const rows = await sql`
    select m.user_id, m.role, u.disabled_at is null as can_sign_in
    from memberships m join users u on u.id = m.user_id where m.customer_id = ${customerId}`;
  return rows.map((row) => ({ userId: row.user_id, role: row.role, canSignIn: row.can_sign_in }));
}

/** What members did among themselves, in the customer's record. */
export function recordOfMember(
  world: Pick<World, "clock">,
  sql: ReservedSql,
  { customerId, userId }: Pick<CustomerActor, "customerId" | "userId">,
  verb: string,
  detail: object,
) {
  return sql`
    insert into activities (customer_id, id, occurred_at, actor, user_id, subject, subject_id, verb, detail, is_visible)
    values (${customerId}, ${newId(world.clock)}, ${world.clock.now()}, 'customer', ${userId}, 'customer', ${customerId},
      ${verb}, ${JSON.stringify(detail)}::text::jsonb, true)`;
}
