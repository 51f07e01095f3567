import type { ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import type { World } from "@/lib/billing/world";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { type ExportedTable, exportedTables } from "./exported-tables";
import { recordOfMember } from "./member-record";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

/**
 * All that the portal keeps about a customer, as JSON, with the login of who asks; all of one moment. Secrets and
 * their hashes are no part of it. Amounts are whole numbers in the minor unit of their row's currency. For owners,
 * also of a customer that is closed; that it was asked for is recorded.
 */
export function exportData(
  actor: CustomerActor,
  world: World = portalWorld(),
): Promise<Result<{ fileName: string; json: string }, { code: "not_allowed" }>> {
  const { customerId, userId } = actor;
  return transact(world.app, { customerId, userId }, async (tx: Transaction) => {
    const { sql } = tx;
    const [, mayExport] = await Promise.all([
      sql`set transaction isolation level repeatable read`.execute(),
      may(sql, actor, "data.export"),
    ]);
    if (!mayExport) return refuse({ code: "not_allowed" });
    const names = Object.keys(exportedTables);
    const [own, [customer], ...texts] = await Promise.all([
      readOwn(sql, actor),
      sql`select reference from customers where id = ${customerId}`,
      ...Object.entries(exportedTables).map(([name, table]) => readRows(sql, actor, name, table)),
    ]);
    tx.write(recordOfMember(world, sql, actor, "data_exported", {}));
    const exportedAt = world.clock.now().toISOString();
    const tables = names.map((name, at) => `${JSON.stringify(name)}: [${texts[at]}]`);
    return ok({
      fileName: `${customer?.reference}-${exportedAt.slice(0, 10)}.json`,
      json: `{\n"exportedAt": ${JSON.stringify(exportedAt)},\n${own},\n${tables.join(",\n")}\n}\n`,
    });
  });
}

/** The rows as PostgreSQL writes them: no amount passes through a float. */
async function readRows(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  name: string,
  { order, without = [], only = "true" }: ExportedTable,
): Promise<string> {
  const [row] = await sql`
    select coalesce(string_agg(e'\n' || (to_jsonb(t) - ${[...without]}::text[])::text, ','
      order by ${sql.unsafe(order.map((column) => `t.${column}`).join(", "))}), '') as rows
    from ${sql(name)} t
    where t.${sql(name === "customers" ? "id" : "customer_id")} = ${customerId} and ${sql.unsafe(only)}`;
  return row?.rows ?? "";
}

/** Who the members are, and the login and the sessions of the one who asks. */
async function readOwn(sql: ReservedSql, { customerId, userId }: CustomerActor): Promise<string> {
  const [members, [user], sessions] = await Promise.all([
    sql`
      select u.id, u.name, u.email, m.role from memberships m join users u on u.id = m.user_id
      where m.customer_id = ${customerId} order by m.created_at, u.id`,
    sql`select id, email, name, locale, created_at from users where id = ${userId}`,
    sql`
      select created_at, last_seen_at, expires_at, revoked_at, address, user_agent from sessions
      where user_id = ${userId} order by created_at, id`,
  ]);
  const parts = { members, user, sessions };
  return Object.entries(parts)
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(",\n");
}
