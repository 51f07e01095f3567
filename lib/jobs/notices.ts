import type { ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { askAboutMail } from "@/lib/billing/reminder/ask-about-mail";
import type { World } from "@/lib/billing/world";
import type { CustomerId } from "@/lib/kernel/id";
import { mailIdOf } from "@/lib/mail/mail-id";
import type { Mail } from "@/lib/mail/mailer";

/** Something that has happened and that somebody is to hear of. */
export interface OutboxRow {
  customerId: CustomerId;
  id: string;
  topic: string;
  payload: Record<string, string | undefined>;
  /** Of an invoice's issue: a person did it, and not the renewal run. */
  isByHand: boolean;
}

/**
 * Puts the mail into the customer's inbox as it is sent now, before a mail server is asked to take it. Returns the id under
 * which it goes out, the same at each attempt.
 */
export async function noteAttempt(
  world: World,
  row: OutboxRow,
  mail: Mail,
  shortfalls: Record<string, string> = {},
): Promise<string> {
  const { customerId, id, topic } = row;
  const { subject, text, inboxText = text, link = "" } = mail;
  const copies = (mail.copies?.addresses ?? []).map((address) => address.toLowerCase());
  const [noted] = await world.jobs.sql`
    insert into notices (customer_id, id, topic, subject, body, link, copies, shortfalls, state, attempts, created_at)
    values (${customerId}, ${id}, ${topic}, ${subject}, ${inboxText}, ${link}, ${copies}, ${world.jobs.sql.json(shortfalls)}, 'waiting', 1, ${world.clock.now()})
    on conflict (customer_id, id) do update
    set subject = excluded.subject, body = excluded.body, link = excluded.link, copies = excluded.copies, shortfalls = excluded.shortfalls,
      attempts = notices.attempts + 1
    where notices.state = 'waiting'
    returning sending`;
  return mailIdOf(id, noted?.sending ?? 1);
}

/** What a worker holds that died is another's then; nobody writes to one customer for so long. */
const claimMs = 5 * 60_000;
/** A pass that has written to one customer for so long leaves the rest to the next. */
export const claimedMostMs = 3 * 60_000;

/**
 * Takes all that waits to be told to a customer, so that no other worker tells it meanwhile: mails gather it, and a server takes
 * each once. Returns the ids of it; null while another worker has taken some.
 */
export function claimUntold(world: World, customerId: CustomerId): Promise<Set<string> | null> {
  const now = world.clock.now();
  return transact(world.jobs, { customerId }, async ({ sql }) => {
    // One worker after the other: what one has taken is seen by the next.
    await sql`select pg_advisory_xact_lock(hashtextextended('mallard outbox ' || ${customerId}, 0))`;
    const [taken] = await sql`
      select 1 from outbox where customer_id = ${customerId} and handled_at is null and claimed_until > ${now} limit 1`;
    if (taken) return null;
    const rows = await sql`
      update outbox set claimed_until = ${new Date(now.getTime() + claimMs)}
      where customer_id = ${customerId} and handled_at is null returning id`;
    return new Set(rows.map(({ id }) => id as string));
  });
}

/** Gives back what was taken, told or not: staff may send it again. */
export async function releaseUntold(
  world: World,
  customerId: CustomerId,
  ids: ReadonlySet<string>,
): Promise<void> {
  await world.jobs.sql`
    update outbox set claimed_until = null where customer_id = ${customerId} and id = any(${[...ids]}::uuid[])`;
}

/** An address that did not get the mail, and what the mail server said of it. */
export interface RefusedAddress {
  readonly address: string;
  readonly isCopy: boolean;
  readonly reason: string;
}

/** How a row ends. */
export type Outcome =
  /** A mail server has it, but for these of its copies. */
  | { kind: "sent"; refused: readonly RefusedAddress[] }
  /** No mail server will ever take it. */
  | { kind: "undeliverable"; code: string; refused: readonly RefusedAddress[] }
  | { kind: "nothing_to_say" };

/** What an outcome makes of its notice. */
const stateAfter = { sent: "sent", undeliverable: "undeliverable", nothing_to_say: "withdrawn" } as const;

/**
 * Marks the row as done. A mail that was refused for good is shown to staff in the same transaction, as is one that has come
 * back meanwhile; one that was in the inbox and has nothing to say any more is withdrawn from there. `alsoTold` are further
 * rows of the customer that the mail told.
 */
export async function concludeRow(
  world: World,
  row: OutboxRow,
  outcome: Outcome,
  alsoTold: readonly string[] = [],
): Promise<void> {
  const { customerId, id, topic } = row;
  const now = world.clock.now();
  const isSent = outcome.kind === "sent";
  const isSilent = outcome.kind === "nothing_to_say";
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    const marked = await sql`
      update outbox set handled_at = ${now}, told_by = case when ${isSent} then null else told_by end
      where customer_id = ${customerId} and id = ${id} and handled_at is null returning 1`;
    if (marked.length === 0) return;
    await concludeAlsoTold(sql, row, alsoTold, now);
    // What was sent before and has nothing new to say was sent all the same, or came back.
    const [notice] = await sql`
      update notices n set sent_at = case when ${isSent} then ${now}::timestamptz else sent_at end,
        state = case
          when (${isSent} or (${isSilent} and sent_at is not null)) and exists (
            select from notice_failures f where f.customer_id = n.customer_id and f.notice_id = n.id
              and (f.sending = n.sending or ${isSilent}) and f.kind = 'bounced' and not f.is_copy) then 'bounced'
          when ${isSilent} and sent_at is not null then 'sent'
          else ${stateAfter[outcome.kind]} end
      where customer_id = ${customerId} and id = ${id} and state = 'waiting'
      returning state, sending`;
    if (!notice) return;
    for (const { address, isCopy, reason } of "refused" in outcome ? outcome.refused : []) {
      await sql`
        insert into notice_failures (customer_id, notice_id, sending, address, is_copy, kind, reason, noted_at)
        values (${customerId}, ${id}, ${notice.sending}, ${address}, ${isCopy}, 'refused', ${reason}, ${now})
        on conflict (customer_id, notice_id, sending, address) do nothing`;
    }
    if (notice.state === "undeliverable" || (isSent && notice.state === "bounced")) {
      const why = outcome.kind === "undeliverable" ? outcome.code : "bounced";
      await askAboutMail(sql, { customerId, noticeId: id, topic, why, now });
    }
  });
}

async function concludeAlsoTold(
  sql: ReservedSql,
  { customerId, id }: OutboxRow,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update outbox set handled_at = ${now}, told_by = ${id}
    where customer_id = ${customerId} and id = any(${[...ids]}::uuid[]) and handled_at is null`;
  await sql`
    update notices set state = case when sent_at is null then 'withdrawn' else 'sent' end
    where customer_id = ${customerId} and id = any(${[...ids]}::uuid[]) and state = 'waiting'`;
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
