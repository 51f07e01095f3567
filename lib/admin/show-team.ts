import type { UserId } from "@/lib/kernel/id";
import type { StaffActor, StaffRole } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export interface TeamMember {
  userId: UserId;
  name: string;
  email: string;
  role: StaffRole;
  isDisabled: boolean;
  /** Of a session that is open; null where none is. */
  lastSeenAt: Date | null;
}

export interface OpenInvite {
  email: string;
  role: StaffRole;
  invitedBy: string;
  expiresAt: Date;
}

/** Who works here, and who is invited. Every role of staff may look. */
export async function showTeam(
  _actor: StaffActor,
  world: StaffWorld = staffWorld(),
): Promise<{ members: TeamMember[]; invites: OpenInvite[] }> {
  const { sql } = world.staff;
  const now = world.clock.now();
  const [members, invites] = await Promise.all([
    sql`
      select s.user_id, u.name, u.email, s.role, s.disabled_at,
        (select max(last_seen_at) from sessions x
          where x.user_id = s.user_id and x.revoked_at is null and x.expires_at > ${now}) as last_seen_at
      from staff s join users u on u.id = s.user_id
      order by s.disabled_at is not null, u.name, s.user_id limit 500`,
    sql`
      select detail, expires_at from tokens
      where kind = 'staff_invite' and used_at is null and expires_at > ${now} order by created_at limit 100`,
  ]);
  return {
    members: members.map((row) => ({
      userId: row.user_id as UserId,
      name: row.name,
      email: row.email,
      role: row.role,
      isDisabled: row.disabled_at !== null,
      lastSeenAt: row.last_seen_at,
    })),
    invites: invites.map(({ detail, expires_at }) => ({
      email: detail.email,
      role: detail.role,
      invitedBy: detail.by,
      expiresAt: expires_at,
    })),
  };
}
