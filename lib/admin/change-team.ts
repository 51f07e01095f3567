import { transact } from "@/db/transaction";
import { askForMailToAdmins } from "@/lib/auth/login-mail";
import { revokeAll, revokeSection } from "@/lib/auth/session";
import { mayStaff } from "@/lib/auth/staff-rights";
import type { UserId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { endInvitesOf } from "./invite-staff";
import { recordActivity } from "./record-activity";
import type { StaffActor, StaffRole } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** What somebody of the staff is to become; the last three as its page showed them. */
export interface TeamChange {
  userId: UserId;
  /** The role from now on; null ends their work here, and all their sessions at once. */
  role: StaffRole | null;
  /** As the page showed it, so that of two at once the other is told. Null is one who does not work here any more. */
  seenRole: StaffRole | null;
}

export type TeamRefusal =
  | { code: "not_allowed" }
  | { code: "staff_not_found" }
  /** Somebody was faster. */
  | { code: "staff_changed"; name: string }
  /** Without an admin nobody could make one. */
  | { code: "last_admin" };

interface Member {
  user_id: UserId;
  name: string;
  email: string;
  role: StaffRole;
  disabled_at: Date | null;
}

/** Gives somebody of the staff another role, ends their work here, or takes them back; admins alone. They sign in anew. */
export async function changeTeam(
  actor: StaffActor,
  { userId, role, seenRole }: TeamChange,
  world: StaffWorld = staffWorld(),
): Promise<Result<{ name: string }, TeamRefusal>> {
  if (!mayStaff(actor.role, "team.change")) return refuse({ code: "not_allowed" });
  const now = world.clock.now();
  return transact(world.staff, {}, async ({ sql }) => {
    // All of them, in order: of two admins who demote each other at once, one waits and then is the last.
    const team = await sql<Member[]>`
      select s.user_id, u.name, u.email, s.role, s.disabled_at from staff s join users u on u.id = s.user_id
      order by s.user_id for update of s`;
    const member = team.find((one) => one.user_id === userId);
    if (!member) return refuse({ code: "staff_not_found" });
    const roleOf = (one: Member) => (one.disabled_at ? null : one.role);
    // Whoever waited for the lock may not be an admin any more.
    const own = team.find((one) => one.user_id === actor.userId);
    if (!own || roleOf(own) === null || !mayStaff(own.role, "team.change"))
      return refuse({ code: "not_allowed" });
    const was = roleOf(member);
    if (was !== seenRole) return refuse({ code: "staff_changed", name: member.name });
    if (was === role) return ok({ name: member.name });
    const isLast = !team.some((one) => one.user_id !== userId && roleOf(one) === "admin");
    if (was === "admin" && isLast) return refuse({ code: "last_admin" });
    await sql`
      update staff set role = ${role ?? member.role}, disabled_at = ${role === null ? now : null}
      where user_id = ${userId}`;
    if (role === null || !mayStaff(role, "team.change")) await endInvitesOf(world, sql, actor, userId);
    if (role === "admin") {
      const detail = { name: member.name, email: member.email };
      await askForMailToAdmins(sql, world.clock, { kind: "new_admin", detail });
    }
    // Rights are read anew at each request anyway; what is still open on a screen ends as well.
    if (role === null) await revokeAll(sql, userId, now);
    else await revokeSection(sql, { userId, section: "admin" }, actor.sessionId, now);
    await recordActivity(world, sql, {
      customerId: null,
      userId: actor.userId,
      verb: role === null ? "staff_left" : was === null ? "staff_returned" : "staff_role_changed",
      detail: { name: member.name, role: role ?? member.role, from: was ?? "" },
    });
    return ok({ name: member.name });
  });
}
