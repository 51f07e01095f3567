import { type Transaction, transact } from "@/db/transaction";
import type { MembershipRole } from "@/lib/auth/actor";
import { attemptLimits, type TooManyAttempts } from "@/lib/auth/attempt-limits";
import { context } from "@/lib/auth/context";
import { isEmail, mailboxOf, normalEmail } from "@/lib/auth/email-address";
import { hostNameOf } from "@/lib/auth/host";
import { lockMembers } from "@/lib/auth/lock-members";
import { nameForStranger } from "@/lib/auth/plain-name";
import type { World } from "@/lib/billing/world";
import { type InvitationId, newId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { invitationMail } from "@/lib/mail/invitation-mail";
import { createMailer, type Mailer } from "@/lib/mail/mailer";
import { newInvitationToken } from "./invitation-token";
import { recordOfMember } from "./member-record";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

/** How long the link in the mail can be used. */
export const invitationDays = 7;

/** Members and open invitations of one customer together. */
export const membersMost = 50;

/** Their readers did not ask for these mails. */
const invitationsPerHour = 20;

export type InviteRefusal =
  | { code: "not_allowed" }
  | { code: "email_not_valid" }
  | { code: "already_member"; email: string }
  | { code: "too_many_members"; most: number }
  /** The mail server did not take the mail: nobody is invited. */
  | { code: "invitation_not_mailed" }
  /** Of anybody's invitations: two a day for each address. */
  | { code: "invited_too_often"; email: string }
  | TooManyAttempts;

/** What sends the mail, and in whose name. */
export interface Post {
  readonly mailer: Mailer;
  readonly host: { readonly name: string; readonly url: string };
}

/**
 * Invites somebody by mail, with a link that works once and for `invitationDays`. Inviting the same address again
 * sends a new link and voids the one before. For owners of a customer that is not closed. If no mail server takes
 * the mail, nobody is invited.
 */
export async function inviteMember(
  actor: CustomerActor,
  input: { email: string; role: MembershipRole },
  world: World = portalWorld(),
  post: Post = postOfPortal(),
): Promise<Result<{ email: string }, InviteRefusal>> {
  const email = normalEmail(input.email);
  if (!isEmail(email)) return refuse({ code: "email_not_valid" });
  const asked = await transact(world.app, actor, ({ sql }) => may(sql, actor, "members.change"));
  if (!asked) return refuse({ code: "not_allowed" });
  const limits = attemptLimits(world.app);
  const mailbox = mailboxOf(email);
  if (!(await limits.take("invitedEmail", mailbox)).ok) return refuse({ code: "invited_too_often", email });
  const invited = await invite(actor, { ...input, email }, world, post);
  // What was not sent is no mail.
  if (!invited.ok) await limits.giveBack("invitedEmail", mailbox);
  return invited;
}

async function invite(
  actor: CustomerActor,
  { email, role }: { email: string; role: MembershipRole },
  world: World,
  post: Post,
): Promise<Result<{ email: string }, InviteRefusal>> {
  const { customerId, userId } = actor;
  const { token, hash } = newInvitationToken(customerId);
  const id = newId<InvitationId>(world.clock);
  const now = world.clock.now();
  const hourAgo = new Date(now.getTime() - 3_600_000);
  const expiresAt = new Date(now.getTime() + invitationDays * 24 * 3_600_000);
  const written = await transact(world.app, { customerId, userId }, async (tx: Transaction) => {
    const { sql } = tx;
    const [, mayChange, [facts]] = await Promise.all([
      lockMembers(sql, actor),
      may(sql, actor, "members.change"),
      sql`
        select c.name as customer, c.reference, c.locale, (select name from users where id = ${userId}) as inviter,
          exists (select from memberships m join users u on u.id = m.user_id
            where m.customer_id = c.id and u.email = ${email}) as is_member,
          (select count(*) from memberships m where m.customer_id = c.id)::int
          + (select count(*) from invitations i where i.customer_id = c.id and i.email <> ${email}
              and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > ${now})::int as others,
          (select count(*) from invitations i where i.customer_id = c.id and i.created_at > ${hourAgo})::int as lately
        from customers c where c.id = ${customerId}`,
    ]);
    if (!mayChange || !facts) return refuse({ code: "not_allowed" });
    if (facts.is_member) return refuse({ code: "already_member", email });
    if (facts.others >= membersMost) return refuse({ code: "too_many_members", most: membersMost });
    if (facts.lately >= invitationsPerHour) {
      return refuse({ code: "too_many_attempts", retryAfterSeconds: 3600 });
    }
    tx.write(sql`
      update invitations set withdrawn_at = ${now}
      where customer_id = ${customerId} and email = ${email} and accepted_at is null and withdrawn_at is null`);
    tx.write(sql`
      insert into invitations (customer_id, id, email, role, token_hash, user_id, created_at, expires_at)
      values (${customerId}, ${id}, ${email}, ${role}, ${hash}, ${userId}, ${now}, ${expiresAt})`);
    tx.write(recordOfMember(world, sql, actor, "member_invited", { email, role }));
    const { customer, reference, locale, inviter } = facts;
    return ok({ customer, reference, locale, inviter });
  });
  if (!written.ok) return written;
  const { mailer } = post;
  const { locale, customer, reference, inviter } = written.value;
  const host = { ...post.host, name: await hostNameOf(world.app.sql, post.host.name) };
  const url = `${host.url}/invitation/${token}`;
  const sent = await mailer.sendMail({
    ...(await invitationMail({
      locale,
      customer: nameForStranger(customer, host.name),
      inviter: nameForStranger(inviter, host.name),
      reference,
      host,
      email,
      role,
      url,
      days: invitationDays,
    })),
    id,
  });
  if (sent.ok) return ok({ email });
  await withdraw(world, actor, id);
  return refuse({ code: "invitation_not_mailed" });
}

/** Takes an invitation back; its link works no more. One that is over already is left as it is. */
export async function withdrawInvitation(
  actor: CustomerActor,
  { invitationId }: { invitationId: InvitationId },
  world: World = portalWorld(),
): Promise<Result<undefined, { code: "not_allowed" } | { code: "invitation_not_found" }>> {
  const { customerId, userId } = actor;
  return transact(world.app, { customerId, userId }, async (tx: Transaction) => {
    const { sql } = tx;
    const [mayChange, [invitation]] = await Promise.all([
      may(sql, actor, "members.change"),
      sql`select email from invitations where customer_id = ${customerId} and id = ${invitationId}`,
    ]);
    if (!mayChange) return refuse({ code: "not_allowed" });
    if (!invitation) return refuse({ code: "invitation_not_found" });
    const { count } = await endInvitation(sql, world, actor, invitationId);
    if (count > 0) {
      tx.write(recordOfMember(world, sql, actor, "invitation_withdrawn", { email: invitation.email }));
    }
    return ok();
  });
}

async function withdraw(world: World, actor: CustomerActor, id: InvitationId): Promise<void> {
  const { customerId, userId } = actor;
  await transact(world.app, { customerId, userId }, ({ sql }) => endInvitation(sql, world, actor, id));
}

function endInvitation(
  sql: Transaction["sql"],
  world: Pick<World, "clock">,
  { customerId }: CustomerActor,
  id: InvitationId,
) {
  return sql`
    update invitations set withdrawn_at = ${world.clock.now()}
    where customer_id = ${customerId} and id = ${id} and accepted_at is null and withdrawn_at is null`.execute();
}

function postOfPortal(): Post {
  const { settings } = context();
  return { mailer: createMailer(settings), host: { name: settings.hostName, url: settings.mallardUrl } };
}
