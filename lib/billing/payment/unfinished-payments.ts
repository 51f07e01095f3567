import type { ReservedSql } from "@/db/client";
import type { Clock } from "@/lib/kernel/clock";
import type { CustomerId } from "@/lib/kernel/id";

/** Far more than cards are declined or pages left in an hour; each is an object at Stripe. */
export const unfinishedMost = 30;
const withinMs = 60 * 60_000;

export interface TooManyUnfinished {
  code: "too_many_unfinished";
  most: number;
  retryAfterSeconds: number;
}

/**
 * Refuses another payment through Stripe to a customer who began so many within an hour and paid none of them: they wait,
 * ended, or were declined. What succeeded never counts, nor what somebody else began by a link. Asked under the lock of the
 * balances, so that of many at once no more than these begin.
 */
export async function tooManyUnfinished(
  sql: ReservedSql,
  clock: Clock,
  customerId: CustomerId,
): Promise<TooManyUnfinished | null> {
  const now = clock.now().getTime();
  const [full] = await sql<{ createdAt: Date }[]>`
    select created_at as "createdAt" from payments
    where customer_id = ${customerId} and created_at > ${new Date(now - withinMs)}
      and origin = 'customer' and card_minor > 0 and state <> 'succeeded'
    order by created_at desc offset ${unfinishedMost - 1} limit 1`;
  if (!full) return null;
  const waitsMs = full.createdAt.getTime() + withinMs - now;
  const retryAfterSeconds = Math.max(1, Math.ceil(waitsMs / 1000));
  return { code: "too_many_unfinished", most: unfinishedMost, retryAfterSeconds };
}
