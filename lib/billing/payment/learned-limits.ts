import { transact } from "@/db/transaction";
import type { LearnedLimits } from "@/lib/gateway/port";
import type { World } from "../world";

type LimitsWorld = Pick<World, "jobs" | "gateway" | "clock">;

/** Rates move, and so does what Stripe takes: what was learned counts for so long. */
const countsForDays = 90;
const everyMs = 10_000;

/** This process charges by what all of them have learned of Stripe's refusals for size: read now, and every ten seconds. */
export function followLimits(world: LimitsWorld): void {
  const read = () => void readLimits(world).catch(() => {});
  read();
  setInterval(read, everyMs).unref();
}

export async function readLimits({ jobs, gateway, clock }: LimitsWorld): Promise<void> {
  const since = new Date(clock.now().getTime() - countsForDays * 86_400_000);
  const rows = await jobs.sql`
    select currency, least_minor, most_minor from charge_limits
    where is_live = ${gateway.isLive} and learned_at >= ${since}`;
  gateway.learnLimits(
    rows.map(
      (row): LearnedLimits => ({
        currency: row.currency,
        leastMinor: row.least_minor,
        mostMinor: row.most_minor,
      }),
    ),
  );
}

/** After Stripe has refused an amount of this currency for its size: the other processes, and the next ones, know it too. */
export async function keepLimits(world: LimitsWorld, currency: string): Promise<void> {
  const { gateway, clock } = world;
  const learned = gateway.learnedLimits().find((one) => one.currency === currency);
  if (!learned) return;
  const now = clock.now();
  const since = new Date(now.getTime() - countsForDays * 86_400_000);
  await transact(world.jobs, {}, async ({ sql }) => {
    await sql`
      insert into charge_limits as known (is_live, currency, least_minor, most_minor, learned_at)
      values (${gateway.isLive}, ${currency}, ${learned.leastMinor?.toString() ?? null},
        ${learned.mostMinor?.toString() ?? null}, ${now})
      on conflict (is_live, currency) do update set learned_at = excluded.learned_at,
        least_minor = case when known.learned_at < ${since} then excluded.least_minor
          else greatest(known.least_minor, excluded.least_minor) end,
        most_minor = case when known.learned_at < ${since} then excluded.most_minor
          else least(known.most_minor, excluded.most_minor) end`;
  });
  await readLimits(world);
}
