import { pollFees } from "@/lib/billing/payment/poll-fees";
import { pollPayments } from "@/lib/billing/payment/poll-payments";
import { checkBooks } from "@/lib/ledger/books";
import { processWaitingEvents } from "@/lib/webhook/process-events";
import { readBackEvents } from "@/lib/webhook/read-back-events";
import { type Delivery, deliverOutbox } from "./deliver-outbox";

/** One kind of work of the worker. Safe to run twice, in two workers at once, and to be killed anywhere. */
export interface Job {
  readonly name: string;
  /** Runs again so long after it ended; cron starts it anew each minute should that ever be lost. */
  readonly everySeconds: number;
  /** Returns what is worth a line in the log, or null if there was nothing to do. */
  run(delivery: Delivery): Promise<Record<string, unknown> | null>;
}

export const jobs: readonly Job[] = [
  { name: "poll-payments", everySeconds: 5, run: runPollPayments },
  { name: "process-events", everySeconds: 5, run: runProcessEvents },
  { name: "deliver-outbox", everySeconds: 5, run: runDeliverOutbox },
  { name: "poll-fees", everySeconds: 60, run: runPollFees },
  { name: "read-back-events", everySeconds: 300, run: runReadBackEvents },
  { name: "check-books", everySeconds: 300, run: runCheckBooks },
];

async function runPollPayments({ world }: Delivery) {
  const polled = await pollPayments(world);
  const faults = polled.filter(({ result }) => result.kind === "fault");
  for (const { ref, result } of faults) {
    console.error(
      JSON.stringify({ level: "error", event: "poll_fault", paymentId: ref.paymentId, error: text(result) }),
    );
  }
  return polled.length > 0 ? { looked: polled.length, faults: faults.length } : null;
}

async function runProcessEvents({ world }: Delivery) {
  const processed = await processWaitingEvents(world);
  return processed.length > 0 ? { processed: processed.length } : null;
}

async function runPollFees({ world }: Delivery) {
  const booked = await pollFees(world);
  return booked > 0 ? { booked } : null;
}

async function runDeliverOutbox(delivery: Delivery) {
  const sent = await deliverOutbox(delivery);
  return sent > 0 ? { sent } : null;
}

async function runReadBackEvents({ world }: Delivery) {
  const added = await readBackEvents(world);
  return added ? { added } : null;
}

async function runCheckBooks({ world }: Delivery) {
  const books = await checkBooks(world.jobs, { full: false, now: world.clock.now() });
  if (books.ok) return null;
  const broken = books.invariants.filter(({ violations }) => violations.length > 0).map(({ name }) => name);
  console.error(JSON.stringify({ level: "error", event: "books_do_not_balance", broken }));
  return { broken };
}

function text(result: unknown): string {
  const { error } = result as { error?: unknown };
  return error instanceof Error ? error.message : String(error);
}
