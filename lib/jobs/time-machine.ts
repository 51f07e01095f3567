import { transact } from "@/db/transaction";
import { checkBooks } from "@/lib/ledger/books";
import { type Job, jobs, type WorkerTools } from "./jobs";
import { noteEnd, noteStart } from "./note-run";

/** How far the demo's clock is moved: a day, a week, or until a job finds something to do. */
export type Move = "day" | "week" | "event";

export const moves: readonly Move[] = ["day", "week", "event"];

/** What the demo's clock is moved by, beside the jobs. */
export interface Movable {
  readonly tools: WorkerTools;
  /** Moves the clock of all processes on, by whole milliseconds. */
  advance(ms: number): void;
  /** The local Stripe: it has a clock of its own, which goes along. */
  readonly stripe: {
    /** When it does something by itself next; null is never. */
    nextDue(): Promise<Date | null>;
    now(): Promise<Date>;
    advance(ms: number): Promise<unknown>;
    webhooksIdle(): Promise<unknown>;
  } | null;
  /** How many hours pass between two runs of the jobs; one, where nobody says. */
  readonly stepHours?: number;
}

/** What became of a move. */
export interface Passed {
  readonly from: Date;
  readonly to: Date;
  /** How often each verb was recorded meanwhile, the most frequent first. */
  readonly happened: readonly { verb: string; count: number }[];
  readonly mails: number;
  readonly booksBalance: boolean;
}

const hourMs = 3_600_000;

export const hoursOf = { day: 24, week: 7 * 24 } as const;

/** A clock that finds nothing to do for so long stops. */
const eventHoursMost = 60 * 24;

const deliveries = ["deliver-outbox", "deliver-webhooks"];

/** Delivery comes last: what the others found to say goes out at the hour at which they found it. */
const inOrder: readonly Job[] = [
  ...jobs.filter(({ name }) => !deliveries.includes(name) && name !== "check-books"),
  ...jobs.filter(({ name }) => deliveries.includes(name)),
];

/**
 * Moves the billing clock on, hour by hour, and runs every job whose time comes, as the worker would have run it; the local
 * Stripe does what it has to at its own instants between them. Only for the demo and tests: a job that faults ends it.
 */
export async function moveTime(
  movable: Movable,
  move: Move,
  onHour: (now: Date) => void | Promise<void> = () => {},
): Promise<Passed> {
  const { world } = movable.tools;
  const from = world.clock.now();
  const hours = move === "event" ? eventHoursMost : hoursOf[move];
  const { stepHours = 1 } = movable;
  const ran = new Map<Job, Date>();
  for (let passed = 0; passed < hours; passed += stepHours) {
    const before = world.clock.now();
    await passHours(movable, stepHours);
    const isEvent = await runJobs(movable.tools, before, ran);
    await onHour(world.clock.now());
    if (move === "event" && isEvent) break;
  }
  const to = world.clock.now();
  const books = await checkBooks(world.jobs, { full: false, now: to });
  for (const job of jobs) if (job.name === "check-books") ran.set(job, to);
  // Or the desk would call them late that ran last before the move.
  for (const [job, at] of ran) {
    await noteStart(world.jobs, job, at);
    await noteEnd(world.jobs, job.name, null, at);
  }
  return { from, to, ...(await recorded(movable.tools, from, to)), booksBalance: books.ok };
}

async function passHours({ tools, advance, stripe }: Movable, hours: number): Promise<void> {
  const endMs = tools.world.clock.now().getTime() + hours * hourMs;
  for (;;) {
    const leftMs = endMs - tools.world.clock.now().getTime();
    if (leftMs <= 0) return;
    // Stripe's webhooks are refused once they are minutes old: our clock stops where it has something to tell.
    const stepMs = stripe ? await untilDue(stripe, leftMs) : leftMs;
    advance(stepMs);
    await stripe?.advance(stepMs);
    await stripe?.webhooksIdle();
  }
}

async function untilDue(stripe: NonNullable<Movable["stripe"]>, mostMs: number): Promise<number> {
  const due = await stripe.nextDue();
  if (!due) return mostMs;
  const untilMs = due.getTime() - (await stripe.now()).getTime();
  return Math.min(mostMs, Math.max(1_000, untilMs));
}

/** Whether one of them found something that customers or staff see. */
async function runJobs(tools: WorkerTools, before: Date, ran: Map<Job, Date>): Promise<boolean> {
  let isEvent = false;
  const turnsBy = (at: Date, { everySeconds }: Job) => Math.floor(at.getTime() / (everySeconds * 1_000));
  for (const job of inOrder) {
    // What is done once a day has its turn in one hour of it.
    if (turnsBy(tools.world.clock.now(), job) === turnsBy(before, job)) continue;
    const done = await job.run(tools);
    ran.set(job, tools.world.clock.now());
    if (done && job.name !== "poll-fees" && job.name !== "read-back-events") isEvent = true;
  }
  return isEvent;
}

async function recorded({ world }: WorkerTools, from: Date, to: Date) {
  return transact(world.jobs, {}, async ({ sql }) => {
    const [happened, [mailed]] = await Promise.all([
      sql<{ verb: string; count: bigint }[]>`
        select verb, count(*) as count from activities
        where occurred_at > ${from} and occurred_at <= ${to} group by verb order by count(*) desc, verb`,
      sql<{ count: bigint }[]>`
        select count(*) as count from notices where sent_at > ${from} and sent_at <= ${to}`,
    ]);
    return {
      happened: happened.map(({ verb, count }) => ({ verb, count: Number(count) })),
      mails: Number(mailed?.count ?? 0),
    };
  });
}
