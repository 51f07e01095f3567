import type { Sql } from "@/db/client";

/**
 * Puts a parked event of Stripe's back to work, as if it had just come: the worker takes it within seconds. False if it
 * is not parked (any more).
 */
export async function unparkEvent(sql: Sql, eventId: string, now: Date): Promise<boolean> {
  const rows = await sql`
    update event_runs set state = 'waiting', attempts = 0, next_attempt_at = ${now}, updated_at = ${now}
    where event_id = ${eventId} and state = 'parked' returning 1`;
  return rows.length > 0;
}
