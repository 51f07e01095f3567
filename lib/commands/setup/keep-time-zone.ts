import postgres from "postgres";
import { SetupFault } from "./setup-fault";

/**
 * The billing time zone is fixed after the first invoice: days that are due, paid and printed are days of it (domain.md, A1).
 * Until then the latest start decides. Throws a SetupFault where the database bills in another zone. As its owner.
 */
export async function keepTimeZone(url: string, timeZone: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {}, connection: { "mallard.owner": "on" } });
  try {
    const bills = await client.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(hashtext('mallard billing time zone'))`;
      const [kept] = await sql`
        select value #>> '{}' as zone, exists (select from invoices) as is_fixed from settings
        where key = 'billing_time_zone'`;
      if (kept?.is_fixed) return kept.zone as string;
      await sql`
        insert into settings (key, value) values ('billing_time_zone', to_jsonb(${timeZone}::text))
        on conflict (key) do update set value = excluded.value`;
      return timeZone;
    });
    if (bills === timeZone) return;
    throw new SetupFault(
      `MALLARD_TIME_ZONE is ${timeZone}, but this database has bills in ${bills}, which is fixed after the first invoice: set it to ${bills}.`,
    );
  } finally {
    await client.end({ timeout: 1 });
  }
}
