import { newId } from "@/lib/kernel/id";
import type { World } from "../world";
import { type RenewalProgress, type RunOptions, runRenewals } from "./run-renewals";

/**
 * A renewal run whose progress can be followed: its row is there from the first batch on and is written after each. A pass
 * that finds nothing due leaves no row; one whose worker dies keeps what it had done, without an end.
 */
export async function runRenewalsRecorded(
  world: World,
  options: RunOptions = {},
  id: string = newId(world.clock),
): Promise<RenewalProgress> {
  const { sql } = world.jobs;
  const startedAt = world.clock.now();
  const note = async ({ due, issued, paid, short, parked }: RenewalProgress, endedAt: Date | null) => {
    const now = world.clock.now();
    await sql`
      insert into renewal_runs (id, started_at, updated_at, ended_at, due, issued, paid, short, parked)
      values (${id}, ${startedAt}, ${now}, ${endedAt}, ${due}, ${issued}, ${paid}, ${short}, ${parked})
      on conflict (id) do update set updated_at = excluded.updated_at, ended_at = excluded.ended_at, due = excluded.due,
        issued = excluded.issued, paid = excluded.paid, short = excluded.short, parked = excluded.parked`;
  };
  const progress = await runRenewals(world, {
    ...options,
    onProgress: async (sofar) => {
      await note(sofar, null);
      await options.onProgress?.(sofar);
    },
  });
  if (progress.due > 0) await note(progress, world.clock.now());
  return progress;
}
