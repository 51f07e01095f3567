import { transact } from "@/db/transaction";
import type { LoginMail } from "@/lib/auth/login-mail";
import { mayStaff } from "@/lib/auth/staff-rights";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** A mail about a login that no mail server took. What it says is not read here. */
export interface UnsentLoginMail {
  id: string;
  kind: LoginMail["kind"];
  email: string;
  attempts: number;
  createdAt: Date;
}

/** The newest of them. Every role of staff may look. */
export async function unsentLoginMails(
  _actor: StaffActor,
  world: StaffWorld = staffWorld(),
): Promise<UnsentLoginMail[]> {
  const rows = await world.staff.sql`
    select id, kind, email, attempts, created_at from login_mails
    where state = 'parked' order by created_at desc, id desc limit 100`;
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    email: row.email,
    attempts: row.attempts,
    createdAt: row.created_at,
  }));
}

/**
 * Sends a mail about a login once more, after no mail server took it; from support on. The worker writes it when it goes out:
 * the link for a forgotten password is a new one then, and nobody of the staff sees it.
 */
export async function resendLoginMail(
  actor: StaffActor,
  { loginMailId }: { loginMailId: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, { code: "not_allowed" } | { code: "mail_not_resendable" }>> {
  if (!mayStaff(actor.role, "mail.resend")) return refuse({ code: "not_allowed" });
  const now = world.clock.now();
  return transact(world.staff, {}, async ({ sql }) => {
    const [mail] = await sql`
      update login_mails set state = 'waiting', attempts = 0, next_attempt_at = ${now}
      where id = ${loginMailId} and state = 'parked' returning kind, email`;
    if (!mail) return refuse({ code: "mail_not_resendable" });
    const subject = `${mail.kind.replaceAll("_", " ")}, ${mail.email}`;
    await recordActivity(world, sql, {
      customerId: null,
      userId: actor.userId,
      verb: "mail_resent",
      detail: { subject },
    });
    return ok();
  });
}
