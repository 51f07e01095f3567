import type { Dispute, ListFrom, Outcome, Page, Refund } from "@/lib/gateway/port";
import { judgeDispute } from "../dispute/judge-dispute";
import { settleDispute } from "../dispute/settle-dispute";
import { takeInRefund } from "../refund/take-in-refund";
import type { World } from "../world";

/** Stripe keeps events for so long: one whose every event was lost is met in this time on many nights. */
const lookBackMs = 30 * 24 * 3_600_000;

/** What a pass came upon, in refunds and disputes. */
export interface Reconciled {
  /** Nobody here had heard of it: settled now, as their events would have settled them. */
  found: number;
  /** Stripe says of them what does not fit; staff are shown it. */
  differing: number;
  /** Stripe's ids of those whose charge is not booked here, or of which Stripe did not say more. */
  waiting: string[];
  /** Those that one poisoned each; the others went on. */
  faults: { id: string; error: unknown }[];
  /** False where Stripe did not say all: the next pass lists it again. */
  isWhole: boolean;
}

/**
 * Asks Stripe for the refunds and disputes of the last thirty days, and settles those that no event, poller or person has
 * brought here, in the way that all of these do: once, whoever is at it too. So is a refund that failed after it had
 * succeeded; a dispute that ended otherwise than is booked is shown to staff. Safe to run twice, at once and after each other, and to be killed anywhere.
 */
export async function reconcileMoneyBack(world: World, most = 100): Promise<Reconciled> {
  const done: Reconciled = { found: 0, differing: 0, waiting: [], faults: [], isWhole: true };
  const since = new Date(world.clock.now().getTime() - lookBackMs);
  const { gateway } = world;
  await eachPage(
    (from) => gateway.listRefunds(since, { ...from, most }),
    async (rows) => settleEach(done, await unsettledRefunds(world, rows), (id) => takeInRefund(world, id)),
    done,
  );
  await eachPage(
    (from) => gateway.listDisputes(since, { ...from, most }),
    async (rows) => settleEach(done, await unsettledDisputes(world, rows), (id) => settleDispute(world, id)),
    done,
  );
  return done;
}

async function eachPage<T>(
  read: (from: ListFrom) => Promise<Outcome<Page<T>>>,
  work: (rows: readonly T[]) => Promise<void>,
  done: Reconciled,
): Promise<void> {
  for (let after: string | null = null; ; ) {
    const page: Outcome<Page<T>> = await read({ after });
    if (page.outcome !== "succeeded") {
      done.isWhole = false;
      return;
    }
    await work(page.value.rows);
    after = page.value.next;
    if (after === null) return;
  }
}

async function settleEach(
  done: Reconciled,
  ids: readonly string[],
  settle: (id: string) => Promise<{ kind: "settled" | "unknown" | "quarantined" | "not_found" }>,
): Promise<void> {
  for (const id of ids) {
    try {
      const { kind } = await settle(id);
      if (kind === "settled") done.found += 1;
      else if (kind === "quarantined") done.differing += 1;
      else done.waiting.push(id);
    } catch (error) {
      done.faults.push({ id, error });
    }
  }
}

/** Refunds that have no row here, and those that a bank refused after they had succeeded. Open ones are polled. */
async function unsettledRefunds(
  { jobs }: World,
  refunds: readonly Pick<Refund, "id" | "status">[],
): Promise<string[]> {
  const ids = refunds.map(({ id }) => id);
  const rows = await jobs.sql`
    select o.id, r.state from stripe_objects o
    join refunds r on r.customer_id = o.customer_id and r.id = o.row_id
    where o.kind = 'refund' and o.id = any(${ids})`;
  const stateOf = new Map(rows.map((row) => [row.id as string, row.state as string]));
  return refunds
    .filter(({ id, status }) => {
      const state = stateOf.get(id);
      return state === undefined || (state === "succeeded" && (status === "failed" || status === "canceled"));
    })
    .map(({ id }) => id);
}

/** Disputes that have no row here, and those that are over here and ended otherwise at Stripe. Open ones are polled. */
async function unsettledDisputes({ jobs, gateway }: World, disputes: readonly Dispute[]): Promise<string[]> {
  const ids = disputes.map(({ id }) => id);
  const rows = await jobs.sql`
    select o.id, d.state from stripe_objects o
    join disputes d on d.customer_id = o.customer_id and d.id = o.row_id
    where o.kind = 'dispute' and o.id = any(${ids})`;
  const stateOf = new Map(rows.map((row) => [row.id as string, row.state as string]));
  return disputes
    .filter((dispute) => {
      const state = stateOf.get(dispute.id);
      if (state === undefined) return true;
      const verdict = judgeDispute(dispute, gateway.isLive);
      const end = verdict.kind === "said" ? verdict.said.end : null;
      return state !== "open" && end !== null && end !== state;
    })
    .map(({ id }) => id);
}
