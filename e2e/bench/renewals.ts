import type { Sql } from "@/db/client";
import type { World } from "@/lib/billing/world";
import { manualClock } from "@/lib/kernel/clock";
import { seedCustomers, termMinor } from "./seed";

/** Each customer's, so that one payment and one mail are about several. */
export const servicesEach = 2;

/** Of so many customers one has a balance that does not reach: they are reminded. */
const shortOneIn = 4;

/**
 * Makes customers whose services, so many in all, are due for renewal, and returns the instant at which they are: two
 * days before their terms end. Three quarters have the money.
 */
export async function seedDue(sql: Sql, services: number): Promise<Date> {
  const customers = Math.ceil(services / servicesEach);
  const short = Math.floor(customers / shortOneIn);
  const spent = BigInt(servicesEach) * termMinor;
  await seedCustomers(sql, customers - short, { services: servicesEach, isAutoRenew: true });
  await seedCustomers(sql, short, { services: servicesEach, isAutoRenew: true, balanceMinor: spent });
  await sql`
    insert into plan_prices (plan_id, currency, valid_from, price_minor)
    select id, 'USD', created_at - interval '1 year', ${termMinor.toString()}::bigint from plans where key = 'bench'`;
  await sql`vacuum analyze`;
  const [row] = await sql`select min(expires_at) - interval '2 days' as at from services`;
  return row?.at;
}

/** The world at that instant, for as long as a run takes. */
export function worldAt<W extends World>(world: W, at: Date): W {
  return { ...world, clock: manualClock(at) };
}
