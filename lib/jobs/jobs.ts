import { chargeDue } from "@/lib/billing/auto-pay/charge-due";
import { topUpLow } from "@/lib/billing/auto-pay/top-up-low";
import { pollDisputes } from "@/lib/billing/dispute/poll-disputes";
import { pollFees } from "@/lib/billing/payment/poll-fees";
import { pollPayments } from "@/lib/billing/payment/poll-payments";
import { updateStripeCustomers } from "@/lib/billing/payment/update-stripe-customers";
import { type StripeCheck, sentenceOf } from "@/lib/billing/reconciliation/check-stripe";
import { reconcile } from "@/lib/billing/reconciliation/reconcile";
import { pollRefunds } from "@/lib/billing/refund/poll-refunds";
import { applyNextPlans } from "@/lib/billing/renewal/apply-next-plans";
import { renewAll, renewalsRequested, runRequested } from "@/lib/billing/renewal/run-requested";
import { stopServices } from "@/lib/billing/suspension/stop-services";
import { voidUnpaidOrders } from "@/lib/billing/suspension/void-unpaid-orders";
import type { World } from "@/lib/billing/world";
import type { Clock } from "@/lib/kernel/clock";
import { writeLog } from "@/lib/kernel/log";
import { checkBooks } from "@/lib/ledger/books";
import { keepChecks } from "@/lib/ledger/books/keep-checks";
import { deliverLoginMails } from "./deliver-login-mails";
import { type Delivery, deliverOutbox } from "./deliver-outbox";
import { deliverWebhooks } from "./deliver-webhooks";
import { remindCustomers } from "./remind-customers";

/** What jobs work with. Stripe's events belong to lib/webhook, a neighbour: who starts the worker brings them. */
export interface WorkerTools extends Delivery {
  /** What the host's own systems go by, whatever the demo's time machine does. The world's, if left out. */
  readonly wallClock?: Clock;
  readonly events: {
    /** Works on the stored events whose time has come; returns how many. */
    process(world: World): Promise<number>;
    /** Fetches events that were not delivered; returns how many were new, null if Stripe did not say. */
    readBack(world: World): Promise<number | null>;
    /** Compares the host's setup at Stripe with what the portal needs, and keeps what differs. */
    checkSetup(world: World): Promise<StripeCheck>;
  };
}

/** One kind of work of the worker. Safe to run twice, in two workers at once, and to be killed anywhere. */
export interface Job {
  readonly name: string;
  /** Runs again so long after it ended; cron starts it anew each minute should that ever be lost. */
  readonly everySeconds: number;
  /** Runs as soon as this is notified, too. */
  readonly wakesOn?: string;
  /** Returns what is worth a line in the log, or null if there was nothing to do. */
  run(tools: WorkerTools): Promise<Record<string, unknown> | null>;
}

export const jobs: readonly Job[] = [
  { name: "poll-payments", everySeconds: 5, run: runPollPayments },
  { name: "poll-money-back", everySeconds: 30, run: runPollMoneyBack },
  { name: "process-events", everySeconds: 5, run: runProcessEvents },
  { name: "deliver-outbox", everySeconds: 5, run: runDeliverOutbox },
  { name: "deliver-login-mails", everySeconds: 5, run: runDeliverLoginMails },
  { name: "deliver-webhooks", everySeconds: 5, run: runDeliverWebhooks },
  { name: "renew", everySeconds: 60, run: runRenewalJob },
  { name: "renew-requested", everySeconds: 5, wakesOn: renewalsRequested, run: runRequestedJob },
  { name: "apply-plans", everySeconds: 60, run: runApplyPlans },
  { name: "charge-cards", everySeconds: 300, run: runChargeJob },
  { name: "remind", everySeconds: 300, run: runReminderJob },
  { name: "stop-services", everySeconds: 300, run: runStopJob },
  { name: "poll-fees", everySeconds: 60, run: runPollFees },
  { name: "update-stripe-customers", everySeconds: 30, run: runUpdateCustomers },
  { name: "check-stripe", everySeconds: 45, run: runCheckStripe },
  { name: "read-back-events", everySeconds: 300, run: runReadBackEvents },
  { name: "reconcile", everySeconds: 86_400, run: runReconcile },
  { name: "check-books", everySeconds: 300, run: runCheckBooks },
];

async function runPollPayments({ world }: WorkerTools) {
  const polled = await pollPayments(world);
  const faults = polled.filter(({ result }) => result.kind === "fault");
  for (const { ref, result } of faults) {
    writeLog("error", "poll_fault", { paymentId: ref.paymentId, error: text(result) });
  }
  return polled.length > 0 ? { looked: polled.length, faults: faults.length } : null;
}

/** Refunds and disputes that are not over, asked about as payments are. */
async function runPollMoneyBack({ world }: WorkerTools) {
  const [refunds, disputes] = [await pollRefunds(world), await pollDisputes(world)];
  const faults = [...refunds, ...disputes].filter(({ result }) => result.kind === "fault");
  for (const { result } of faults) {
    writeLog("error", "poll_fault", { error: text(result) });
  }
  if (refunds.length + disputes.length === 0) return null;
  return { refunds: refunds.length, disputes: disputes.length, faults: faults.length };
}

async function runProcessEvents({ world, events }: WorkerTools) {
  const processed = await events.process(world);
  return processed > 0 ? { processed } : null;
}

async function runPollFees({ world }: WorkerTools) {
  const booked = await pollFees(world);
  return booked > 0 ? { booked } : null;
}

async function runRenewalJob({ world }: WorkerTools) {
  const renewed = await renewAll(world);
  return renewed.due + renewed.covered + renewed.ended > 0 ? { ...renewed } : null;
}

async function runRequestedJob({ world }: WorkerTools) {
  const renewed = await runRequested(world);
  return renewed && { ...renewed };
}

async function runChargeJob({ world }: WorkerTools) {
  const charged = await chargeDue(world);
  const toppedUp = await topUpLow(world);
  const done = charged.charged + charged.paid + charged.parked + toppedUp;
  return done > 0 ? { ...charged, toppedUp } : null;
}

async function runApplyPlans({ world }: WorkerTools) {
  const changed = await applyNextPlans(world);
  return changed > 0 ? { changed } : null;
}

async function runReminderJob({ world }: WorkerTools) {
  const stages = await remindCustomers(world);
  return stages ? { stages } : null;
}

async function runStopJob({ world }: WorkerTools) {
  const stopped = await stopServices(world);
  const orders = await voidUnpaidOrders(world);
  const { suspended, terminated, parked } = stopped;
  return suspended + terminated + parked + orders > 0 ? { ...stopped, orders } : null;
}

/** Most rows need no mail: after a renewal run, or moving in, a receipt must not wait behind fifty of them each time. */
async function runDeliverOutbox(delivery: WorkerTools) {
  const sent = await deliverOutbox(delivery, 1_000);
  return sent > 0 ? { sent } : null;
}

/** A key that Stripe refuses fails the job, so that staff see it as soon as it is so. */
async function runCheckStripe({ world, events }: WorkerTools) {
  const check = await events.checkSetup(world);
  if (check.failure === "key_refused") throw new Error(sentenceOf(check) ?? check.failure);
  return null;
}

async function runUpdateCustomers({ world }: WorkerTools) {
  const told = await updateStripeCustomers(world);
  return told > 0 ? { told } : null;
}

async function runDeliverLoginMails(tools: WorkerTools) {
  const sent = await deliverLoginMails(tools);
  return sent > 0 ? { sent } : null;
}

async function runReadBackEvents({ world, events }: WorkerTools) {
  const added = await events.readBack(world);
  return added ? { added } : null;
}

/** Each night: what Stripe has beside our books, and what no event has brought. */
async function runReconcile({ world }: WorkerTools) {
  const { found, differing, waiting, faults, isWhole } = await reconcile(world);
  for (const { id, error } of faults) {
    writeLog("error", "reconcile_fault", { stripeId: id, error: text({ error }) });
  }
  const isQuiet = found + differing + waiting.length + faults.length === 0 && isWhole;
  return isQuiet ? null : { found, differing, waiting, faults: faults.length, isWhole };
}

async function runDeliverWebhooks({ world, wallClock }: WorkerTools) {
  const taken = await deliverWebhooks(world, { wallClock });
  return taken > 0 ? { taken } : null;
}

async function runCheckBooks({ world }: WorkerTools) {
  const now = world.clock.now();
  const books = await checkBooks(world.jobs, { full: false, now });
  await keepChecks(world.jobs, books, { isFull: false, now });
  if (books.ok) return null;
  const broken = books.invariants.filter(({ violations }) => violations.length > 0).map(({ name }) => name);
  writeLog("error", "books_do_not_balance", { broken });
  return { broken };
}

function text(result: unknown): string {
  const { error } = result as { error?: unknown };
  return error instanceof Error ? error.message : String(error);
}
