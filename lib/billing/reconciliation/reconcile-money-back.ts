import type { Dispute, ListedMovement, Refund } from "@/lib/gateway/port";
import { judgeDispute } from "../dispute/judge-dispute";
import { settleDispute } from "../dispute/settle-dispute";
import { takeInRefund } from "../refund/take-in-refund";
import type { World } from "../world";
import { eachPage, lookBackDays, nothingReconciled, type Reconciled, settleEach } from "./reconciled";

/**
 * Asks Stripe for the refunds and disputes of the last thirty days, and settles those that no event, poller or person has
 * brought here, in the way that all of these do: once, whoever is at it too. So is a refund that failed after it had
 * succeeded; a dispute that ended otherwise than is booked is shown to staff. `moved` is what moved at Stripe lately, and
 * finds what became now of one that is older than the lists go back. Safe to run twice, at once and after each other, and to
 * be killed anywhere.
 */
export async function reconcileMoneyBack(
  world: World,
  most = 100,
  moved: readonly ListedMovement[] = [],
): Promise<Reconciled> {
  const done = nothingReconciled();
  const asked = new Set<string>();
  const since = new Date(world.clock.now().getTime() - lookBackDays * 86_400_000);
  const { gateway } = world;
  await eachPage(
    (from) => gateway.listRefunds(since, { ...from, most }),
    async (rows) => settleRefunds(world, done, asked, await unsettledRefunds(world, rows)),
    done,
  );
  await eachPage(
    (from) => gateway.listDisputes(since, { ...from, most }),
    async (rows) => settleDisputes(world, done, asked, await unsettledDisputes(world, rows)),
    done,
  );
  await settleRefunds(world, done, asked, await movedRefunds(world, moved));
  await settleDisputes(world, done, asked, await movedDisputes(world, moved));
  return done;
}

async function settleRefunds(world: World, done: Reconciled, asked: Set<string>, ids: readonly string[]) {
  await settleEach(done, "refund", fresh(asked, ids), (id) => takeInRefund(world, id));
}

async function settleDisputes(world: World, done: Reconciled, asked: Set<string>, ids: readonly string[]) {
  await settleEach(done, "dispute", fresh(asked, ids), (id) => settleDispute(world, id));
}

/** Each is asked about once in a pass, wherever it is met. */
function fresh(asked: Set<string>, ids: readonly string[]): string[] {
  return ids.filter((id) => !asked.has(id) && asked.add(id));
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

/** Refunds that moved money of which nothing is booked: made elsewhere, or come back after they had succeeded. */
async function movedRefunds({ jobs }: World, moved: readonly ListedMovement[]): Promise<string[]> {
  const of = movedBy(moved, "refund");
  const rows = await jobs.sql`
    select o.id, r.state = 'failed' as has_returned from stripe_objects o
    join refunds r on r.customer_id = o.customer_id and r.id = o.row_id
    where o.kind = 'refund' and o.id = any(${of.map(({ id }) => id)})`;
  const known = new Map(rows.map((row) => [row.id as string, row.has_returned as boolean]));
  return of.filter(({ id, isIn }) => !known.has(id) || (isIn && known.get(id) === false)).map(({ id }) => id);
}

/** Disputes whose money was withdrawn or came back at Stripe, and not here. */
async function movedDisputes({ jobs }: World, moved: readonly ListedMovement[]): Promise<string[]> {
  const of = movedBy(moved, "dispute");
  const rows = await jobs.sql`
    select stripe_balance_transaction_id as id from dispute_movements
    where stripe_balance_transaction_id = any(${of.map(({ movementId }) => movementId)})`;
  const known = new Set(rows.map((row) => row.id as string));
  return of.filter(({ movementId }) => !known.has(movementId)).map(({ id }) => id);
}

function movedBy(moved: readonly ListedMovement[], kind: "refund" | "dispute") {
  return moved.flatMap(({ source, settledMinor, balanceTransactionId: movementId }) =>
    source.kind === kind && source.id !== null
      ? [{ id: source.id, isIn: settledMinor > 0n, movementId }]
      : [],
  );
}
