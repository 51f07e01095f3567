import type { MembershipRole } from "@/lib/auth/actor";
import type { World } from "@/lib/billing/world";
import type { InvitationId, UserId } from "@/lib/kernel/id";
import { may } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export interface MemberView {
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  readonly role: MembershipRole;
  readonly joinedAt: Date;
  readonly isSelf: boolean;
  /** False for a user who was disabled. */
  readonly canSignIn: boolean;
}

export interface InvitationRow {
  readonly id: InvitationId;
  readonly email: string;
  readonly role: MembershipRole;
  readonly expiresAt: Date;
  readonly isExpired: boolean;
}

export interface MembersView {
  /** The customer's name. */
  readonly customer: string;
  readonly members: readonly MemberView[];
  /** Neither accepted nor withdrawn. */
  readonly invitations: readonly InvitationRow[];
  readonly canChange: boolean;
}

/** Who belongs to the customer, the first first, and who is invited. Throws AccessDenied to who is no member. */
export function showMembers(actor: CustomerActor, world: World = portalWorld()): Promise<MembersView> {
  const { customerId, userId } = actor;
  const now = world.clock.now();
  return readAs(world, actor, async (sql) => {
    const [canChange, [customer], members, invitations] = await Promise.all([
      may(sql, actor, "members.change"),
      sql`select name from customers where id = ${customerId}`,
      sql`
        select m.user_id, m.role, m.created_at, u.name, u.email, u.disabled_at is null as can_sign_in
        from memberships m join users u on u.id = m.user_id
        where m.customer_id = ${customerId} order by m.created_at, m.user_id`,
      sql`
        select id, email, role, expires_at from invitations
        where customer_id = ${customerId} and accepted_at is null and withdrawn_at is null order by id`,
    ]);
    return {
      customer: customer?.name ?? "",
      canChange,
      members: members.map((row) => ({
        userId: row.user_id,
        name: row.name,
        email: row.email,
        role: row.role,
        joinedAt: row.created_at,
        isSelf: row.user_id === userId,
        canSignIn: row.can_sign_in,
      })),
      invitations: invitations.map((row) => ({
        id: row.id,
        email: row.email,
        role: row.role,
        expiresAt: row.expires_at,
        isExpired: row.expires_at <= now,
      })),
    };
  });
}
