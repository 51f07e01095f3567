import { transact } from "@/db/transaction";
import type { World } from "@/lib/billing/world";
import type { CustomerId } from "@/lib/kernel/id";
import type { Mail } from "@/lib/mail/mailer";

/** Something that has happened and that somebody is to hear of. */
export interface OutboxRow {
  customerId: CustomerId;
  id: string;
  topic: string;
  payload: Record<string, string | undefined>;
}

/** Puts the mail into the customer's inbox as it is sent now, before a mail server is asked to take it. */
export async function noteAttempt(world: World, row: OutboxRow, mail: Mail): Promise<void> {
  const { customerId, id, topic } = row;
  const { subject, text, inboxText = text, link = "" } = mail;
  await world.jobs.sql`
    insert into notices (customer_id, id, topic, subject, body, link, state, attempts, created_at)
    values (${customerId}, ${id}, ${topic}, ${subject}, ${inboxText}, ${link}, 'waiting', 1, ${world.clock.now()})
    on conflict (customer_id, id) do update
    set subject = excluded.subject, body = excluded.body, link = excluded.link, attempts = notices.attempts + 1
    where notices.state = 'waiting'`;
}

/**
 * Marks the row as done. A mail that was refused for good is shown to staff in the same transaction; one that was in the
 * inbox and has nothing to say any more is withdrawn from there. `alsoTold` are further rows of the customer that the mail told.
 */
export async function concludeRow(
  world: World,
  row: OutboxRow,
  outcome: "sent" | "nothing_to_say" | (string & {}),
  alsoTold: readonly string[] = [],
): Promise<void> {
  const { customerId, id } = row;
  const now = world.clock.now();
  const isSent = outcome === "sent";
  const state = isSent ? "sent" : outcome === "nothing_to_say" ? "withdrawn" : "undeliverable";
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    const marked = await sql`
      update outbox set handled_at = ${now}
      where customer_id = ${customerId} and id = ${id} and handled_at is null returning 1`;
    if (marked.length === 0) return;
    if (alsoTold.length > 0) {
      await sql`
        update outbox set handled_at = ${now}
        where customer_id = ${customerId} and id = any(${[...alsoTold]}::uuid[]) and handled_at is null`;
      await sql`
        update notices set state = case when sent_at is null then 'withdrawn' else 'sent' end
        where customer_id = ${customerId} and id = any(${[...alsoTold]}::uuid[]) and state = 'waiting'`;
    }
    // What was sent before and has nothing new to say was sent all the same.
    await sql`
      update notices set sent_at = case when ${isSent} then ${now}::timestamptz else sent_at end,
        state = case when ${state === "withdrawn"} and sent_at is not null then 'sent' else ${state} end
      where customer_id = ${customerId} and id = ${id} and state = 'waiting'`;
    if (state !== "undeliverable") return;
    await sql`
      insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
      values (${customerId}, ${id}, 'mail_undeliverable', 'customer', ${customerId},
        ${sql.json({ topic: row.topic, reason: outcome })}, ${now})
      on conflict (customer_id, id) do update set done_at = null`;
  });
}

/** Marks rows as done of which nobody is told by mail, all at once: after a renewal run there are thousands of them. */
export async function concludeUntold(world: World, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  const customerIds = [...new Set(rows.map(({ customerId }) => customerId))];
  const ids = rows.map(({ id }) => id);
  await world.jobs.sql`
    with free as (
      select customer_id, id from outbox
      where customer_id = any(${customerIds}::uuid[]) and id = any(${ids}::uuid[]) and handled_at is null
      order by customer_id, id for update skip locked)
    update outbox o set handled_at = ${world.clock.now()} from free
    where o.customer_id = free.customer_id and o.id = free.id`;
}
