import { transact } from "@/db/transaction";
import { revokeAll } from "@/lib/auth/session";
import { mayStaff } from "@/lib/auth/staff-rights";
import type { CustomerId, UserId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export interface LoginSwitch {
  /** The customer on whose page this is asked; the login is disabled for all of its customers. */
  customerId: CustomerId;
  userId: UserId;
  to: "disabled" | "enabled";
  reason: string;
}

export type LoginSwitchRefusal =
  | ReasonRefusal
  | { code: "not_allowed" }
  /** Nobody of this customer, or not any more. */
  | { code: "user_not_found" }
  /** Who works here is let go on the team's page, by admins. */
  | { code: "login_of_staff"; name: string }
  /** Somebody was faster. */
  | { code: "login_switched"; name: string };

/**
 * Disables the login of a customer's member, which ends all their sessions at once, or lets them sign in again; with a
 * reason, by support and admins.
 */
export async function switchLogin(
  actor: StaffActor,
  input: LoginSwitch,
  world: Pick<StaffWorld, "staff" | "clock"> = staffWorld(),
): Promise<Result<{ name: string }, LoginSwitchRefusal>> {
  if (!mayStaff(actor.role, "user.disable")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(input.reason);
  if (!checked.ok) return checked;
  const { customerId, userId, to } = input;
  const now = world.clock.now();
  return transact(world.staff, { customerId }, async ({ sql }) => {
    // First, as the team's page does: nobody is taken back to the team while their login is being disabled.
    const [member] = await sql<{ is_working: boolean }[]>`
      select disabled_at is null as is_working from staff where user_id = ${userId} for update`;
    const [user] = await sql<{ name: string; email: string; is_disabled: boolean }[]>`
      select u.name, u.email, u.disabled_at is not null as is_disabled from users u
      where u.id = ${userId} and exists (
        select from memberships m where m.customer_id = ${customerId} and m.user_id = u.id)
      for update of u`;
    if (!user) return refuse({ code: "user_not_found" });
    const { name, email } = user;
    // Admins may let somebody sign in again whom they took back to the team.
    const isTeams = member?.is_working && (to === "disabled" || !mayStaff(actor.role, "team.change"));
    if (isTeams) return refuse({ code: "login_of_staff", name });
    if (user.is_disabled === (to === "disabled")) return refuse({ code: "login_switched", name });
    await sql`update users set disabled_at = ${to === "disabled" ? now : null} where id = ${userId}`;
    // Also when it is enabled: a session that began in the very moment of disabling stays ended.
    await revokeAll(sql, userId, now);
    await recordActivity(world, sql, {
      customerId,
      userId: actor.userId,
      verb: to === "disabled" ? "login_disabled" : "login_enabled",
      detail: { name, email, reason: checked.reason },
    });
    return ok({ name });
  });
}
