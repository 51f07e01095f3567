import type { StaffActor } from "@/lib/admin/shapes";
import { syncPayment } from "@/lib/admin/sync-payment";
import { pollFees } from "@/lib/billing/payment/poll-fees";
import { type Polled, pollPayments } from "@/lib/billing/payment/poll-payments";
import { type RenewalProgress, runRenewals } from "@/lib/billing/renewal/run-renewals";
import { settleCovered } from "@/lib/billing/renewal/settle-covered";
import { isUuid, type PaymentId, type SessionId, type UserId } from "@/lib/kernel/id";
import { processWaitingEvents } from "@/lib/webhook/process-events";
import { readBackEvents } from "@/lib/webhook/read-back-events";
import type { Mortal } from "../mortal";
import type { Operation } from "../operation";
import { isLost, type Lost, type Turn } from "../simulation";
import { type Gate, takeTurns } from "../turns";

const staff: StaffActor = {
  userId: "00000000-0000-7000-8000-000000000001" as UserId,
  sessionId: "00000000-0000-7000-8000-000000000002" as SessionId,
  role: "support",
};

export const jobOperations: readonly Operation[] = [
  { name: "job: poll payments", weight: 10, run: poll },
  { name: "job: poll payments, two workers", weight: 3, run: pollTwice },
  { name: "staff: sync a payment", weight: 3, run: sync },
  { name: "job: process events", weight: 8, run: processEvents },
  { name: "job: renew", weight: 4, run: renew },
  { name: "job: renew, two workers", weight: 2, run: renewTwice },
  { name: "job: try the balance", weight: 3, run: tryBalance },
  { name: "job: poll fees", weight: 4, run: fees },
  { name: "job: read events back", weight: 4, run: readBack },
];

export async function poll(turn: Turn): Promise<void> {
  turn.touchAll();
  turn.note(polled(turn, await run(turn, (world) => pollPayments(world))));
}

async function pollTwice(turn: Turn): Promise<void> {
  turn.touchAll();
  const worker = async (gate: Gate) => polled(turn, await run(turn, (world) => pollPayments(world, 3), gate));
  const ends = await takeTurns(turn.random, [worker, worker]);
  turn.note(ends.map((end) => (end.status === "fulfilled" ? end.value : String(end.reason))).join(" | "));
}

function polled(turn: Turn, result: Polled[] | Lost): string {
  if (isLost(result)) return result.lost;
  return words(
    result.map(({ result: one }) => {
      if (one.kind === "fault") return turn.fault(one.error);
      return one.kind === "settled" ? one.state : one.kind;
    }),
  );
}

async function renew(turn: Turn): Promise<void> {
  turn.touchAll();
  turn.note(renewed(turn, await run(turn, (world) => runRenewals(world, { batchSize: 3, lanes: 1 }))));
}

async function renewTwice(turn: Turn): Promise<void> {
  turn.touchAll();
  const worker = async (gate: Gate) =>
    renewed(turn, await run(turn, (world) => runRenewals(world, { batchSize: 2, lanes: 1 }), gate));
  const ends = await takeTurns(turn.random, [worker, worker]);
  turn.note(ends.map((end) => (end.status === "fulfilled" ? end.value : String(end.reason))).join(" | "));
}

async function tryBalance(turn: Turn): Promise<void> {
  turn.touchAll();
  const paid = await run(turn, (world) => settleCovered(world));
  turn.note(isLost(paid) ? paid.lost : `${paid} paid`);
}

function renewed(turn: Turn, result: RenewalProgress | Lost): string {
  if (isLost(result)) return result.lost;
  const { due, issued, paid, short, parked } = result;
  if (parked > 0) turn.simulation.violate("what is right is not parked", `${parked} renewals`);
  return `${due} due, ${issued} issued, ${paid} paid, ${short} short`;
}

async function sync(turn: Turn): Promise<void> {
  const draft = turn.simulation.drafts.at(-1 - turn.random.int(25));
  if (!draft || !isUuid(draft.input.paymentId)) return turn.idle();
  const { customer, input, name } = draft;
  turn.touch([customer]);
  const ref = { customerId: customer.customerId, paymentId: input.paymentId as PaymentId };
  const answer = await run(turn, (world) => syncPayment(staff, ref, world));
  const word = isLost(answer) ? answer.lost : answer.ok ? answer.value.state : answer.refusal.code;
  turn.note(`${name} → ${word}`);
}

export async function processEvents(turn: Turn): Promise<void> {
  turn.touchAll();
  const result = await run(turn, (world) => processWaitingEvents(world, turn.random.pick([1, 5, 100])));
  if (isLost(result)) return turn.note(result.lost);
  turn.note(
    words(result.map(({ result: one }) => (one.kind === "fault" ? turn.fault(one.error) : one.kind))),
  );
}

export async function fees(turn: Turn): Promise<void> {
  turn.touchAll();
  const result = await run(turn, (world) => pollFees(world));
  turn.note(isLost(result) ? result.lost : `${result} booked`);
}

export async function readBack(turn: Turn): Promise<void> {
  turn.touchAll();
  const result = await run(turn, (world) => readBackEvents(world));
  turn.note(isLost(result) ? result.lost : `${result ?? "unknown"} new`);
}

function run<T>(turn: Turn, job: (world: Mortal["world"]) => Promise<T>, gate?: Gate): Promise<T | Lost> {
  return turn.within(turn.mortal(gate ? { gate } : {}), job);
}

/** How many of each, in the order of the words. */
function words(list: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");
}
