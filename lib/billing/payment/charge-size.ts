import type { ReservedSql, Sql } from "@/db/client";

/** What Stripe says of an amount that it does not charge: nothing was made, and another amount may go. */
export const sizeRefusals = ["amount_too_small", "amount_too_large"] as const;

export function isSizeRefusal(code: string): boolean {
  return (sizeRefusals as readonly string[]).includes(code);
}

/**
 * Whether an automatic payment, as `p`, used up its day. One that Stripe refused for its size did not: it is tried once
 * more with what was learned. The second one within an hour did, so that nothing is tried without end (domain.md, A10).
 */
export function usedItsDay(sql: Sql | ReservedSql) {
  return sql`(p.failure_code is null or p.failure_code <> all(${[...sizeRefusals]}) or exists (
    select from payments before where before.customer_id = p.customer_id and before.origin = 'auto'
      and before.kind = p.kind and before.currency = p.currency and before.id < p.id
      and before.failure_code = any(${[...sizeRefusals]}) and before.created_at > p.created_at - interval '1 hour'))`;
}
