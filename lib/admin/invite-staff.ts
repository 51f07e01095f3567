import { constraintName, transact } from "@/db/transaction";
import { context } from "@/lib/auth/context";
import { isEmail, normalEmail } from "@/lib/auth/email-address";
import { hashPassword, type PasswordProblem, passwordProblem } from "@/lib/auth/password";
import { hashSecretToken, isSecretToken, newSecretToken } from "@/lib/auth/secret-token";
import { mayStaff } from "@/lib/auth/staff-rights";
import { newId, type UserId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { staffInviteMail } from "@/lib/mail/staff-invite-mail";
import { recordActivity } from "./record-activity";
import type { StaffActor, StaffRole } from "./shapes";
import type { StaffMailing } from "./staff-mailing";
import { type StaffWorld, staffWorld } from "./world";

export const inviteHours = 72;

export type InviteRefusal =
  | { code: "not_allowed" }
  | { code: "email_not_valid" }
  /** Staff have logins of their own: nobody's is made one of staff from outside. */
  | { code: "email_taken" }
  /** The invitation stands, and nobody was told: withdraw it, or invite again. */
  | { code: "mail_not_sent" };

/**
 * Invites somebody by mail to work here in this role; admins alone. The link works once, for three days; one that is
 * sent again voids the one before it.
 */
export async function inviteStaff(
  actor: StaffActor,
  input: { email: string; role: StaffRole },
  { mailer, hostName, locale }: StaffMailing,
  world: StaffWorld = staffWorld(),
): Promise<Result<{ email: string }, InviteRefusal>> {
  if (!mayStaff(actor.role, "team.change")) return refuse({ code: "not_allowed" });
  const email = normalEmail(input.email);
  if (!isEmail(email)) return refuse({ code: "email_not_valid" });
  const { token, hash } = newSecretToken();
  const now = world.clock.now();
  const expiresAt = new Date(now.getTime() + inviteHours * 3_600_000);
  const made = await transact(world.staff, {}, async ({ sql }) => {
    const [taken] = await sql`select 1 from users where email = ${email}`;
    if (taken) return false;
    const [inviter] = await sql`select name from users where id = ${actor.userId}`;
    const detail = { email, role: input.role, by: (inviter?.name as string | undefined) ?? "" };
    await sql`
      update tokens set used_at = ${now}
      where kind = 'staff_invite' and used_at is null and detail->>'email' = ${email}`;
    await sql`
      insert into tokens (hash, kind, detail, created_at, expires_at)
      values (${hash}, 'staff_invite', ${sql.json(detail)}, ${now}, ${expiresAt})`;
    await recordActivity(world, sql, {
      customerId: null,
      userId: actor.userId,
      verb: "staff_invited",
      detail: { name: email, role: input.role },
    });
    return true;
  });
  if (!made) return refuse({ code: "email_taken" });
  const sent = await mailer.sendMail(
    await staffInviteMail({
      locale,
      recipient: { name: email, email },
      host: { name: hostName, url: world.portalUrl },
      url: `${world.portalUrl}/admin/invite/${token}`,
      role: input.role,
      hours: inviteHours,
    }),
  );
  return sent.ok ? ok({ email }) : refuse({ code: "mail_not_sent" });
}

/** Takes an invitation back, so that its link is void; admins alone. */
export async function withdrawInvite(
  actor: StaffActor,
  { email }: { email: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ email: string }, { code: "not_allowed" } | { code: "invite_gone" }>> {
  if (!mayStaff(actor.role, "team.change")) return refuse({ code: "not_allowed" });
  const now = world.clock.now();
  return transact(world.staff, {}, async ({ sql }) => {
    const withdrawn = await sql`
      update tokens set used_at = ${now}
      where kind = 'staff_invite' and used_at is null and expires_at > ${now}
        and detail->>'email' = ${normalEmail(email).replaceAll("\0", "")}
      returning detail`;
    if (withdrawn.length === 0) return refuse({ code: "invite_gone" });
    await recordActivity(world, sql, {
      customerId: null,
      userId: actor.userId,
      verb: "invite_withdrawn",
      detail: { name: withdrawn[0]?.detail.email },
    });
    return ok({ email });
  });
}

type InviteWorld = Pick<StaffWorld, "staff" | "clock">;

/** Whom a link invites; null for one that is void, used or over. */
export async function openInvite(
  token: string,
  world: InviteWorld = context(),
): Promise<{ email: string; role: StaffRole } | null> {
  if (!isSecretToken(token)) return null;
  const [found] = await world.staff.sql`
    select detail from tokens where hash = ${hashSecretToken(token)} and kind = 'staff_invite'
      and used_at is null and expires_at > ${world.clock.now()}`;
  return found ? { email: found.detail.email, role: found.detail.role } : null;
}

export type AcceptRefusal = { code: "link_not_valid" } | { code: "email_taken" } | PasswordProblem;

/** Makes the login of somebody who was invited, with the role that the invitation has. Of several at once one succeeds. */
export async function acceptInvite(
  input: { token: string; name: string; password: string; locale: string },
  world: InviteWorld = context(),
): Promise<Result<{ userId: UserId }, AcceptRefusal>> {
  const invite = await openInvite(input.token, world);
  if (!invite) return refuse({ code: "link_not_valid" });
  const problem = passwordProblem(input.password, invite.email);
  if (problem) return refuse(problem);
  const passwordHash = await hashPassword(input.password);
  const userId = newId<UserId>(world.clock);
  const now = world.clock.now();
  try {
    return await transact(world.staff, {}, async ({ sql }) => {
      const used = await sql`
        update tokens set used_at = ${now}
        where hash = ${hashSecretToken(input.token)} and kind = 'staff_invite' and used_at is null and expires_at > ${now}`;
      if (used.count === 0) return refuse({ code: "link_not_valid" });
      await sql`
        insert into users (id, email, name, password_hash, locale, created_at)
        values (${userId}, ${invite.email}, ${input.name}, ${passwordHash}, ${input.locale}, ${now})`;
      await sql`insert into staff (user_id, role, created_at) values (${userId}, ${invite.role}, ${now})`;
      await recordActivity(world, sql, {
        customerId: null,
        userId,
        verb: "staff_joined",
        detail: { name: input.name, role: invite.role },
      });
      return ok({ userId });
    });
  } catch (error) {
    if (constraintName(error) === "users_email_key") return refuse({ code: "email_taken" });
    throw error;
  }
}
