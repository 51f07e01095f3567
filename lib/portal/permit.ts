import type { ReservedSql } from "@/db/client";
import { type MemberRight, type MemberRightName, memberRights } from "@/lib/auth/member-rights";
import type { CustomerActor } from "./shapes";

type SqlTag = ReservedSql;

/**
 * Whether this user has a right for this customer now, by lib/auth/member-rights.ts: one statement, to be sent with
 * what else the transaction asks.
 */
export async function may(sql: SqlTag, actor: CustomerActor, right: MemberRightName): Promise<boolean> {
  const { roles, isOfClosed }: MemberRight = memberRights[right];
  const rows = await sql`
    select 1 from memberships m join customers c on c.id = m.customer_id
    where m.customer_id = ${actor.customerId} and m.user_id = ${actor.userId}
      and m.role = any(${[...roles]}::text[]) and (c.closed_at is null or ${isOfClosed}::boolean)`;
  return rows.length > 0;
}

/** May this user spend this customer's money? */
export function mayPay(sql: SqlTag, actor: CustomerActor): Promise<boolean> {
  return may(sql, actor, "pay");
}

/** May this user see this customer's papers? */
export function maySee(sql: SqlTag, actor: CustomerActor): Promise<boolean> {
  return may(sql, actor, "invoices.read");
}
