import type { ReservedSql, Sql } from "@/db/client";
import { constraintName, transact } from "@/db/transaction";
import { staffRoles } from "@/lib/auth/actor";
import { attemptLimits, type TooManyAttempts } from "@/lib/auth/attempt-limits";
import { context } from "@/lib/auth/context";
import { isEmail, mailboxOf, normalEmail } from "@/lib/auth/email-address";
import { hostNameOf } from "@/lib/auth/host";
import { askForMailToAdmins } from "@/lib/auth/login-mail";
import { judgeNewPassword } from "@/lib/auth/new-password";
import { hashPassword, type PasswordProblem } from "@/lib/auth/password";
import { hasAddress, oneLineName } from "@/lib/auth/plain-name";
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
  | { code: "mail_not_sent" }
  /** Two mails a day for each address. */
  | { code: "invited_too_often"; email: string };

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
  const limits = attemptLimits(world.staff);
  const mailbox = mailboxOf(email);
  if (!(await limits.take("staffInvited", mailbox)).ok) return refuse({ code: "invited_too_often", email });
  const invited = await invite(actor, { ...input, email }, { mailer, hostName, locale }, world);
  // What was not sent is no mail.
  if (!invited.ok) await limits.giveBack("staffInvited", mailbox);
  return invited;
}

async function invite(
  actor: StaffActor,
  { email, role }: { email: string; role: StaffRole },
  { mailer, hostName, locale }: StaffMailing,
  world: StaffWorld,
): Promise<Result<{ email: string }, InviteRefusal>> {
  const { token, hash } = newSecretToken();
  const now = world.clock.now();
  const expiresAt = new Date(now.getTime() + inviteHours * 3_600_000);
  const made = await transact(world.staff, {}, async ({ sql }) => {
    const [taken] = await sql`select 1 from users where email = ${email}`;
    if (taken) return false;
    const [inviter] = await sql`select name from users where id = ${actor.userId}`;
    const by = (inviter?.name as string | undefined) ?? "";
    const detail = { email, role, by, byId: actor.userId };
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
      detail: { name: email, role },
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
      role,
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

/** Ends what somebody invited others to staff with, in the transaction that ends their right to. */
export async function endInvitesOf(
  world: Pick<StaffWorld, "clock">,
  sql: ReservedSql,
  actor: StaffActor,
  userId: UserId,
): Promise<void> {
  const ended = await sql`
    update tokens set used_at = ${world.clock.now()}
    where kind = 'staff_invite' and used_at is null and detail->>'byId' = ${userId} returning detail`;
  for (const { detail } of ended) {
    await recordActivity(world, sql, {
      customerId: null,
      userId: actor.userId,
      verb: "invite_withdrawn",
      detail: { name: detail.email },
    });
  }
}

/** Who may let others in. */
const rolesThatInvite = staffRoles.filter((role) => mayStaff(role, "team.change"));

/** Whom a link invites; null for one that is void, used or over, or whose sender may not invite any more. */
export async function openInvite(
  token: string,
  world: InviteWorld = context(),
  sql: Sql | ReservedSql = world.staff.sql,
): Promise<{ email: string; role: StaffRole } | null> {
  if (!isSecretToken(token)) return null;
  const [found] = await sql`
    select detail from tokens t where hash = ${hashSecretToken(token)} and kind = 'staff_invite'
      and used_at is null and expires_at > ${world.clock.now()}
      and exists (select from staff s join users u on u.id = s.user_id
        where s.user_id::text = t.detail->>'byId' and s.role = any(${[...rolesThatInvite]}::text[])
          and s.disabled_at is null and u.disabled_at is null)`;
  return found ? { email: found.detail.email, role: found.detail.role } : null;
}

export type AcceptRefusal =
  | { code: "link_not_valid" }
  | { code: "email_taken" }
  | { code: "name_has_address" }
  | PasswordProblem
  | TooManyAttempts;

/** Makes the login of somebody who was invited, with the role that the invitation has. Of several at once one succeeds. */
export async function acceptInvite(
  input: { token: string; name: string; password: string; locale: string; hostName?: string },
  world: InviteWorld = context(),
): Promise<Result<{ userId: UserId }, AcceptRefusal>> {
  const invite = await openInvite(input.token, world);
  if (!invite) return refuse({ code: "link_not_valid" });
  const name = oneLineName(input.name);
  if (hasAddress(name)) return refuse({ code: "name_has_address" });
  const judged = await judgeNewPassword(
    world.staff,
    { password: input.password, by: input.token },
    { email: invite.email, names: [name, await hostNameOf(world.staff.sql, input.hostName ?? "")] },
  );
  if (!judged.ok) return judged;
  const passwordHash = await hashPassword(input.password);
  const userId = newId<UserId>(world.clock);
  const now = world.clock.now();
  try {
    return await transact(world.staff, {}, async ({ sql }) => {
      // Whoever sends its sender away waits here, or was first: then the link is void.
      await sql`select from staff order by user_id for share`;
      if (!(await openInvite(input.token, world, sql))) return refuse({ code: "link_not_valid" });
      const used = await sql`
        update tokens set used_at = ${now}
        where hash = ${hashSecretToken(input.token)} and kind = 'staff_invite' and used_at is null and expires_at > ${now}`;
      if (used.count === 0) return refuse({ code: "link_not_valid" });
      await sql`
        insert into users (id, email, name, password_hash, locale, created_at)
        values (${userId}, ${invite.email}, ${name}, ${passwordHash}, ${input.locale}, ${now})`;
      await sql`insert into staff (user_id, role, created_at) values (${userId}, ${invite.role}, ${now})`;
      if (invite.role === "admin") {
        const detail = { name, email: invite.email };
        await askForMailToAdmins(sql, world.clock, { kind: "new_admin", detail });
      }
      await recordActivity(world, sql, {
        customerId: null,
        userId,
        verb: "staff_joined",
        detail: { name, role: invite.role },
      });
      return ok({ userId });
    });
  } catch (error) {
    if (constraintName(error) === "users_email_key") return refuse({ code: "email_taken" });
    throw error;
  }
}
