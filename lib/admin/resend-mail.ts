import type { ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import type { CustomerId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type ResendRefusal =
  | { code: "not_allowed" }
  | { code: "mail_not_found" }
  /** It is on its way, or it had nothing to say any more. */
  | { code: "mail_not_resendable"; state: "waiting" | "withdrawn" };

/**
 * Sends a mail of a customer's once more, one that was taken or one that was refused; from support on. It is written anew
 * from what is true when it goes out, by the worker: nothing goes out for what was paid or cancelled meanwhile.
 */
export async function resendMail(
  actor: StaffActor,
  { customerId, noticeId }: { customerId: CustomerId; noticeId: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, ResendRefusal>> {
  if (!mayStaff(actor.role, "mail.resend")) return refuse({ code: "not_allowed" });
  const now = world.clock.now();
  return transact(world.staff, { customerId }, async ({ sql }) => {
    const [notice] = await sql`
      select state, subject from notices where customer_id = ${customerId} and id = ${noticeId} for update`;
    if (!notice) return refuse({ code: "mail_not_found" });
    const { state, subject } = notice;
    const isParked = state === "withdrawn" && (await isParkedMail(sql, customerId, noticeId));
    if ((state === "waiting" || state === "withdrawn") && !isParked) {
      return refuse({ code: "mail_not_resendable", state });
    }
    await sql`
      update notices set state = 'waiting', sending = sending + 1 where customer_id = ${customerId} and id = ${noticeId}`;
    await sql`update outbox set handled_at = null, faults = 0 where customer_id = ${customerId} and id = ${noticeId}`;
    await sql`
      update tasks set done_at = ${now}
      where customer_id = ${customerId} and id = ${noticeId} and kind = 'mail_undeliverable' and done_at is null`;
    await recordActivity(world, sql, {
      customerId,
      userId: actor.userId,
      verb: "mail_resent",
      detail: { subject },
    });
    return ok();
  });
}

/** One that could not be written: nothing of it stands in the inbox, and staff are asked about it. */
async function isParkedMail(sql: ReservedSql, customerId: CustomerId, noticeId: string): Promise<boolean> {
  const rows = await sql`
    select 1 from tasks where customer_id = ${customerId} and id = ${noticeId} and kind = 'mail_undeliverable'
      and done_at is null and detail->>'reason' = 'mail_fault'`;
  return rows.length > 0;
}
