import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** The last run that somebody of the staff asked for. */
export interface RequestedRun {
  requestedAt: Date;
  by: string;
  /** Not taken up yet; under way; over; or over because it threw, with what it threw. */
  state: "waiting" | "running" | "ended" | "failed";
  failure: string | null;
  /** It is over, nothing was due, and no balance covered anything that was open. */
  foundNothing: boolean;
  /** So far, in services. All zero while nothing was found due. */
  issued: number;
  paid: number;
  short: number;
  parked: number;
  /** Open invoices that balances paid beside it. */
  covered: number;
  /** Where it waits for a worker of which nothing is heard: when something last was, null if never. Else not said. */
  workerSilent: { heardAt: Date | null } | null;
}

/** The worker's shortest jobs say something every few seconds. */
const silentMs = 60_000;

/** Null if nobody ever asked for one. Every role of staff may look. */
export async function showRequestedRun(
  _actor: StaffActor,
  world: StaffWorld = staffWorld(),
): Promise<RequestedRun | null> {
  const [row] = await world.staff.sql`
    select q.requested_at, q.started_at, q.ended_at, q.covered, q.failure, u.name, r.id as run_id, r.issued, r.paid, r.short, r.parked,
      (select max(greatest(j.started_at, j.ended_at)) from job_runs j) as heard_at
    from renewal_requests q join users u on u.id = q.user_id left join renewal_runs r on r.id = q.run_id
    order by q.requested_at desc, q.id desc limit 1`;
  if (!row) return null;
  const heardAt: Date | null = row.heard_at;
  const isHeard = heardAt !== null && world.clock.now().getTime() - heardAt.getTime() < silentMs;
  return {
    requestedAt: row.requested_at,
    by: row.name,
    state: stateOf(row),
    foundNothing: stateOf(row) === "ended" && row.run_id === null && !row.covered,
    failure: row.failure,
    issued: row.issued ?? 0,
    paid: row.paid ?? 0,
    short: row.short ?? 0,
    parked: row.parked ?? 0,
    covered: row.covered ?? 0,
    workerSilent: row.ended_at || isHeard ? null : { heardAt },
  };
}

function stateOf(row: Record<string, unknown>): RequestedRun["state"] {
  if (row.ended_at) return row.failure === null ? "ended" : "failed";
  return row.started_at ? "running" : "waiting";
}
