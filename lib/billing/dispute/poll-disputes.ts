import { transact } from "@/db/transaction";
import { nextPollAt } from "../payment/poll-payments";
import type { World } from "../world";
import { type SettledDispute, settleDispute } from "./settle-dispute";

export interface PolledDispute {
  stripeDisputeId: string;
  /** What settling said, or the fault that one poisoned dispute had; the others go on. */
  result: SettledDispute | { kind: "fault"; error: unknown };
}

/** Asks Stripe about open disputes whose time has come, each on its own. Several workers share them without waiting. */
export async function pollDisputes(world: World, most = 50): Promise<PolledDispute[]> {
  const polled: PolledDispute[] = [];
  for (const stripeDisputeId of await takeDue(world, most)) {
    try {
      polled.push({ stripeDisputeId, result: await settleDispute(world, stripeDisputeId) });
    } catch (error) {
      polled.push({ stripeDisputeId, result: { kind: "fault", error } });
    }
  }
  return polled;
}

/** Sets the next look before this one, so that a worker that dies has lost nothing but one turn. */
async function takeDue(world: World, most: number): Promise<string[]> {
  const now = world.clock.now();
  return transact(world.jobs, {}, async ({ sql }) => {
    const rows = await sql`
      select customer_id, id, stripe_dispute_id, poll_count from disputes
      where next_poll_at <= ${now} order by next_poll_at limit ${most} for update skip locked`;
    const next = rows.map(({ customer_id, id, poll_count }) => ({
      customer_id,
      id,
      at: nextPollAt(poll_count + 1, now, null),
    }));
    if (next.length === 0) return [];
    await sql`
      update disputes d set poll_count = d.poll_count + 1, next_poll_at = t.at
      from json_to_recordset(${JSON.stringify(next)}::text::json) as t(customer_id uuid, id uuid, at timestamptz)
      where d.customer_id = t.customer_id and d.id = t.id and d.next_poll_at is not null`;
    return rows.map((row) => row.stripe_dispute_id);
  });
}
