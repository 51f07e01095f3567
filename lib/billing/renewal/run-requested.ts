import { newId } from "@/lib/kernel/id";
import type { World } from "../world";
import { endCancelled } from "./end-cancelled";
import { runRenewalsRecorded } from "./record-run";
import type { RenewalProgress } from "./run-renewals";
import { settleCovered } from "./settle-covered";

/** What is notified when a run is asked for. */
export const renewalsRequested = "renewals_requested";

export type RenewedAll = RenewalProgress & { covered: number; ended: number };

/** All that the worker does for renewals each minute; `runId` is what the run's row is called. */
export async function renewAll(world: World, runId?: string): Promise<RenewedAll> {
  const ended = await endCancelled(world);
  const renewed = await runRenewalsRecorded(world, {}, runId);
  const covered = await settleCovered(world);
  return { ...renewed, covered, ended };
}

/**
 * Does the run that somebody of the staff asked for, if there is one and no other worker is at it; null if not. The
 * request is over once it ended or threw. A worker that dies in between leaves it open, and the next one does it: the lock
 * is held by a connection and goes with it. Beside the scheduled run nothing is billed twice. Throws what the run threw.
 */
export async function runRequested(world: World): Promise<RenewedAll | null> {
  const { sql } = world.jobs;
  const [open] = await sql`select from renewal_requests where ended_at is null`;
  if (!open) return null;
  const connection = await world.jobs.connections.take();
  try {
    // From its first statement on the loss of the connection is noticed.
    await connection.begin("select 1");
    const lock = connection.sql;
    const [tried] = await lock`select pg_try_advisory_lock(hashtext('renewal_requests')) as is_ours`;
    if (!tried?.is_ours) return null;
    try {
      return await runLocked(world);
    } finally {
      // Where the connection was lost, the lock went with it.
      await lock`select pg_advisory_unlock(hashtext('renewal_requests'))`.catch(() => {});
    }
  } finally {
    connection.release();
  }
}

async function runLocked(world: World): Promise<RenewedAll | null> {
  const { sql } = world.jobs;
  const runId = newId(world.clock);
  const [request] = await sql`
    update renewal_requests set started_at = ${world.clock.now()}, run_id = ${runId}
    where ended_at is null returning id`;
  if (!request) return null;
  const end = (outcome: { covered: number } | { failure: string }) => sql`
    update renewal_requests set ${sql({ ...outcome, ended_at: world.clock.now() })} where id = ${request.id}`;
  try {
    const renewed = await renewAll(world, runId);
    await end({ covered: renewed.covered });
    return renewed;
  } catch (error) {
    const failure = (error instanceof Error && error.message) || "fault";
    // Where the database itself is away nothing can be said, and the request stays open for the next worker.
    await end({ failure: failure.slice(0, 500) }).catch(() => {});
    throw error;
  }
}
