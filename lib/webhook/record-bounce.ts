import type { ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { askAboutMail } from "@/lib/billing/reminder/ask-about-mail";
import type { World } from "@/lib/billing/world";
import type { CustomerId } from "@/lib/kernel/id";
import { noticeOfMailId } from "@/lib/mail/mail-id";
import type { Bounce, BouncedRecipient } from "@/lib/mail/read-bounce";

/**
 * Writes down with the notice whom its mail did not reach, each address once however often it is reported. A mail that came
 * back from the customer's own address is shown to staff; a copy's, and a delay, are only noted. Returns false, and changes
 * nothing, if no mail of ours has such an id, or staff have sent it anew since.
 */
export async function recordBounce(world: World, bounce: Bounce): Promise<boolean> {
  for (const mailId of bounce.mailIds) {
    const named = noticeOfMailId(mailId);
    if (!named) continue;
    const [found] = await world.jobs.sql`
      select customer_id from notices where id = ${named.noticeId} and sending = ${named.sending}`;
    if (!found) continue;
    const customerId = found.customer_id as CustomerId;
    return transact(world.jobs, { customerId }, ({ sql }) =>
      recordFor(world, sql, { customerId, ...named }, bounce.recipients),
    );
  }
  return false;
}

async function recordFor(
  world: World,
  sql: ReservedSql,
  {
    customerId,
    noticeId,
    sending,
    copy: copyAt,
  }: { customerId: CustomerId; noticeId: string; sending: number; copy: number | null },
  recipients: readonly BouncedRecipient[],
): Promise<boolean> {
  const now = world.clock.now();
  const [notice] = await sql`
    select topic, copies from notices
    where customer_id = ${customerId} and id = ${noticeId} and sending = ${sending} for update`;
  if (!notice) return false;
  const copies = new Set<string>((notice.copies as string[]).map((copy) => copy.toLowerCase()));
  let cameBack = false;
  for (const { addresses, outcome, reason } of recipients) {
    // A copy may have been forwarded: the address that it ended at is none of ours.
    const copy =
      addresses.find((address) => copies.has(address)) ??
      (copyAt === null ? undefined : [...copies][copyAt - 1]);
    const kind = outcome === "failed" ? "bounced" : "delayed";
    const noted = await sql`
      insert into notice_failures as f (customer_id, notice_id, sending, address, is_copy, kind, reason, noted_at)
      values (${customerId}, ${noticeId}, ${sending}, ${copy ?? addresses[0] ?? ""}, ${copy !== undefined}, ${kind}, ${reason}, ${now})
      on conflict (customer_id, notice_id, sending, address) do update
      set kind = excluded.kind, reason = excluded.reason, noted_at = excluded.noted_at
      where f.kind = 'delayed' and excluded.kind = 'bounced'
      returning 1`;
    cameBack ||= noted.length > 0 && kind === "bounced" && copy === undefined;
  }
  if (!cameBack) return true;
  // One that is just being handed over is concluded as one that came back.
  const marked = await sql`
    update notices set state = 'bounced' where customer_id = ${customerId} and id = ${noticeId} and state = 'sent' returning 1`;
  if (marked.length > 0)
    await askAboutMail(sql, { customerId, noticeId, topic: notice.topic, why: "bounced", now });
  return true;
}
