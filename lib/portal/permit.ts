import type { ReservedSql } from "@/db/client";
import type { CustomerActor } from "./shapes";

type SqlTag = ReservedSql;

/** May this user spend this customer's money? Owners and billing members of an open customer. */
export async function mayPay(sql: SqlTag, actor: CustomerActor): Promise<boolean> {
  const rows = await sql`
    select 1 from memberships m join customers c on c.id = m.customer_id
    where m.customer_id = ${actor.customerId} and m.user_id = ${actor.userId}
      and m.role in ('owner', 'billing') and c.closed_at is null`;
  return rows.length > 0;
}

/** May this user see this customer's papers? Every member. */
export async function maySee(sql: SqlTag, actor: CustomerActor): Promise<boolean> {
  const rows = await sql`
    select 1 from memberships where customer_id = ${actor.customerId} and user_id = ${actor.userId}`;
  return rows.length > 0;
}
