import type { ReservedSql } from "@/db/client";
import type { CustomerId } from "@/lib/kernel/id";

/** Shows staff a mail that did not reach its customer: one task for each mail, open again when it fails again. */
export async function askAboutMail(
  sql: ReservedSql,
  about: { customerId: CustomerId; noticeId: string; topic: string; why: string; now: Date },
): Promise<void> {
  const { customerId, noticeId, topic, why, now } = about;
  await sql`
    insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
    values (${customerId}, ${noticeId}, 'mail_undeliverable', 'customer', ${customerId},
      ${sql.json({ topic, reason: why })}, ${now})
    on conflict (customer_id, id) do update set done_at = null`;
}
