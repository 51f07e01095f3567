import type { ReservedSql } from "@/db/client";
import type { CustomerId } from "@/lib/kernel/id";

/** The house's own customer: what belongs to no customer is booked on it (domain.md, The ledger). */
export const houseCustomerId = "00000000-0000-7000-8000-000000000001" as CustomerId;

/** The house's customer is made by whatever needs it first. */
export async function ensureHouse(sql: ReservedSql, now: Date): Promise<void> {
  await sql`
    insert into customers (id, reference, name, email, country, currency, is_house, created_at)
    values (${houseCustomerId}, 'HOUSE', 'House', 'house@localhost', 'US', 'USD', true, ${now})
    on conflict (id) do nothing`;
}
