import { transact } from "@/db/transaction";
import type { ListedCharge } from "@/lib/gateway/port";
import { uuidv7 } from "@/lib/kernel/id";
import { ensureHouse, houseCustomerId } from "../house";
import type { World } from "../world";
import type { Difference } from "./difference-tasks";

/** What moved on an account that others use too, and belongs to nobody here: Stripe's ids. */
export interface Strangers {
  charges: string[];
  refunds: string[];
  disputes: string[];
}

export const strangersKind = "strangers_at_stripe";

/** So long nothing that was told is told again: longer than a pass looks back. */
const toldForDays = 60;

/** Nothing of ours is written on it. Whose customer it names is asked apart. */
export function isUnnamed({ paymentId, customerId }: ListedCharge): boolean {
  return !paymentId && !customerId;
}

/** A difference that is a stranger's and no more: it is counted, and not shown one by one (stripe.md, amendment 9). */
export function isStrangers({ kind, customerId, detail }: Difference): boolean {
  return kind === "charge_of_stranger" && customerId === null && detail.isUnnamed === "yes";
}

/**
 * One task of a night for all that no night before has told: how many, and which. Of two workers at once one puts it
 * there; what staff have closed is not told again.
 */
export async function tellStrangers(world: World, strangers: Strangers): Promise<void> {
  const all = Object.values(strangers).flat();
  if (all.length === 0) return;
  const now = world.clock.now();
  const since = new Date(now.getTime() - toldForDays * 86_400_000);
  await transact(world.jobs, { customerId: houseCustomerId }, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('mallard strangers', 0))`;
    const told = await sql`
      select string_to_table(detail->>'ids', ' ') as id from tasks
      where customer_id = ${houseCustomerId} and kind = ${strangersKind} and created_at >= ${since}`;
    const known = new Set(told.map((row) => row.id as string));
    const fresh = (ids: readonly string[]) => ids.filter((id) => !known.has(id));
    const of = {
      charges: fresh(strangers.charges),
      refunds: fresh(strangers.refunds),
      disputes: fresh(strangers.disputes),
    };
    const ids = Object.values(of).flat();
    if (ids.length === 0) return;
    await ensureHouse(sql, now);
    const detail = {
      count: `${ids.length}`,
      charges: `${of.charges.length}`,
      refunds: `${of.refunds.length}`,
      disputes: `${of.disputes.length}`,
      ids: ids.join(" "),
    };
    await sql`
      insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
      values (${houseCustomerId}, ${uuidv7(world.clock)}, ${strangersKind}, 'stripe_day',
        ${now.toISOString().slice(0, 10)}, ${sql.json(detail)}, ${now})`;
  });
}
