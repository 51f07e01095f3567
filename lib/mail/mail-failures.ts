import type { ReservedSql, Sql } from "@/db/client";
import type { CustomerId } from "@/lib/kernel/id";

/** An address that a mail did not reach. */
export interface MailFailure {
  readonly address: string;
  readonly isCopy: boolean;
  /** Refused while it was handed over, sent back later, or still being tried. */
  readonly kind: "refused" | "bounced" | "delayed";
  /** The mail server's own sentence; "" where it gave none. */
  readonly reason: string;
  readonly notedAt: Date;
}

/** Whom these notices did not reach when they last went out, by notice. */
export async function readMailFailures(
  sql: Sql | ReservedSql,
  notices: readonly { customerId: string; id: string }[],
): Promise<Map<string, MailFailure[]>> {
  const failures = new Map<string, MailFailure[]>();
  if (notices.length === 0) return failures;
  const customerIds = notices.map(({ customerId }) => customerId);
  const ids = notices.map(({ id }) => id);
  const rows = await sql`
    select f.* from unnest(${customerIds}::uuid[], ${ids}::uuid[]) as t(customer_id, id)
    join notices n on n.customer_id = t.customer_id and n.id = t.id
    join notice_failures f on f.customer_id = n.customer_id and f.notice_id = n.id and f.sending = n.sending
    order by f.is_copy, f.address`;
  for (const row of rows) {
    failures.set(row.notice_id, [...(failures.get(row.notice_id) ?? []), failureOf(row)]);
  }
  return failures;
}

/**
 * The addresses of a customer, their own and those of copies, that the last mail to them did not reach for good. An address
 * that was changed since is not among them.
 */
export async function readUnreached(sql: Sql | ReservedSql, customerId: CustomerId): Promise<MailFailure[]> {
  const rows = await sql`
    with given as (
      select lower(email) as address, false as is_copy from customers where id = ${customerId}
      union all select lower(copy), true from customers, unnest(invoice_recipients) copy where id = ${customerId})
    select f.* from given g
    cross join lateral (
      select n.id, n.sending from notices n
      where n.customer_id = ${customerId} and n.state in ('sent', 'bounced', 'undeliverable')
        and (not g.is_copy or g.address = any(n.copies))
      order by n.id desc limit 1) n
    join notice_failures f on f.customer_id = ${customerId} and f.notice_id = n.id and f.sending = n.sending
      and f.address = g.address and f.is_copy = g.is_copy and f.kind <> 'delayed'
    order by f.is_copy, f.address`;
  return rows.map(failureOf);
}

function failureOf(row: Record<string, unknown>): MailFailure {
  return {
    address: row.address as string,
    isCopy: row.is_copy as boolean,
    kind: row.kind as MailFailure["kind"],
    reason: row.reason as string,
    notedAt: row.noted_at as Date,
  };
}
