import type { Sql } from "@/db/client";

/** All rows of a customer by table, without what differs between two customers who did the same. */
export async function rowsOf(owner: Sql, customerId: string): Promise<Record<string, string[]>> {
  const tables = await owner`
    select c.relname as name from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'customer_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname`;
  const entries = tables.map(async ({ name }) => {
    const rows = await owner.unsafe(`select to_jsonb(t)::text as row from ${name} t where customer_id = $1`, [
      customerId,
    ]);
    return [name, rows.map(({ row }) => withoutIds(row)).sort()] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const ownInstants = [
  ...["created_at", "occurred_at", "ended_at", "paid_at", "issued_at", "due_on", "value_date"],
  ...["booked_at", "first_sent_at"],
];

function withoutIds(row: string): string {
  const kept = Object.entries(JSON.parse(row)).filter(([name]) => !ownInstants.includes(name));
  return JSON.stringify(Object.fromEntries(kept))
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "id")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "hash")
    .replaceAll(/INV-\d{4}-\d{6}/g, "number")
    .replaceAll(/"sequence":\d+/g, '"sequence"')
    .replaceAll(/(Customer|User) \d+/g, "$1");
}
