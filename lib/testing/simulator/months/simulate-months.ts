import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { copyTemplate } from "../../server";
import { checkInvariants, checkServices } from "../checks";
import { drain } from "../drain";
import type { Operation } from "../operation";
import { autoChargeOperations } from "../operations/auto-charge";
import { bankOperations } from "../operations/bank";
import { cancelOperations } from "../operations/cancel";
import { hostOperations } from "../operations/host";
import { hostedPageOperations } from "../operations/hosted-page";
import { fees, poll, processEvents } from "../operations/jobs";
import { deliver } from "../operations/mail";
import { moneyBackOperations } from "../operations/money-back";
import { payOperations } from "../operations/pay";
import { payLinkOperations } from "../operations/pay-link";
import { reconcileOperations } from "../operations/reconcile";
import { saveCards, savedCardOperations } from "../operations/saved-card";
import { serviceOperations } from "../operations/services";
import { advance } from "../operations/time";
import { webhookOperations } from "../operations/webhooks";
import { names, run } from "../operations/worker";
import { seededRandom } from "../random";
import { readBackInTime } from "../read-back-in-time";
import type { Simulated } from "../simulate";
import { isLost, Simulation, Turn } from "../simulation";
import { openStage } from "../stage";
import { armStripe, clearStripe, disarmStripe } from "../stripe-faults";
import { makeHost } from "./host";
import { checkWhatWasTold } from "./told";

export interface MonthsOptions {
  /** Of a server whose template is migrated. */
  readonly serverUrl: string;
  readonly seed: number;
  readonly services: number;
  readonly days: number;
  readonly follow?: (line: string) => void;
}

/** What people do in a day; the runs of jobs come beside it. */
const acts: readonly Operation[] = [
  ...payOperations,
  ...savedCardOperations,
  ...cancelOperations,
  ...payLinkOperations,
  ...hostedPageOperations,
  ...webhookOperations,
  ...hostOperations.filter(({ name }) => !/^renewal|stopped/.test(name)),
  ...bankOperations,
  ...moneyBackOperations,
  ...reconcileOperations,
  ...serviceOperations,
  ...autoChargeOperations,
];

const hourMs = 3_600_000;
const roundsADay = 3;
const wholeBooksEvery = 7;
const harm = 0.7;

/**
 * A host over its days: people act, all jobs run several times a day in processes that die anywhere, Stripe and mail fail,
 * webhooks come twice, in another order or never. At the end the books hold, Stripe and ledger agree, every term came once,
 * and what people were told is what happened. A seed draws the same chances again.
 */
export async function simulateMonths(options: MonthsOptions): Promise<Simulated & { told: string }> {
  const { seed, days, services } = options;
  const random = seededRandom(`mallard months ${seed}`);
  const database = await copyTemplate(options.serverUrl);
  const start = new Date(Date.UTC(2026, random.int(12), random.between(1, 31), random.int(24)));
  const stage = await openStage(database.url, start, random);
  try {
    const cast = await makeHost(stage.world, services, random.fork("host"));
    await saveCards(stage, cast.cardHolders);
    const simulation = new Simulation(stage, cast, random);
    if (options.follow) simulation.trail.follow(options.follow);
    await chargeByThemselves(simulation);
    await stage.control.holdWebhooks();
    const beganAt = performance.now();
    for (let day = 1; day <= days && simulation.violations.length === 0; day += 1) {
      simulation.step = day;
      await passDay(simulation, Math.ceil(services / 6));
    }
    const stepsMs = performance.now() - beganAt;
    const digest = simulation.trail.digest();
    if (simulation.violations.length === 0) await comeToRest(simulation);
    const told = await counted(simulation);
    if (simulation.violations.length === 0) await drain(simulation);
    const { operations, faults, violations, trail, step: steps } = simulation;
    return {
      ...{ seed, steps, wished: days, stepsMs, operations, faults, violations },
      ...{ trail: trail.last(), digest, told },
    };
  } finally {
    await stage.close();
    await database.drop();
  }
}

/** Most of those with cards let them be charged, as the first thing that they do. */
async function chargeByThemselves(simulation: Simulation): Promise<void> {
  for (let at = 0; at < simulation.cast.cardHolders.length * 2; at += 1) {
    const { run: doIt, name } = simulation.random.pick(autoChargeOperations);
    const turn = new Turn(simulation, name, 0);
    await doIt(turn);
    await turn.end();
  }
}

async function passDay(simulation: Simulation, actions: number): Promise<void> {
  const { random, stage, step } = simulation;
  const touched = new Set<Parameters<typeof checkServices>[1] extends ReadonlySet<infer T> ? T : never>();
  for (let round = 0; round < roundsADay; round += 1) {
    await advance({ control: stage.control, clock: stage.world.clock }, (24 / roundsADay) * hourMs);
    for (let at = 0; at < actions / roundsADay; at += 1) {
      for (const id of await act(simulation)) touched.add(id);
    }
    await armStripe(simulation, harm);
    if (!random.chance(0.05)) await workerRound(simulation, harm);
    await disarmStripe(simulation);
  }
  await readBackInTime(simulation);
  await checkServices(simulation, new Set(simulation.customers.map(({ customerId }) => customerId)));
  if (step % wholeBooksEvery === 0) await checkInvariants(simulation, "all");
  else await checkInvariants(simulation, [...touched]);
}

/** Something that somebody does; returns whose books it may have moved. */
async function act(simulation: Simulation): Promise<Turn["touched"]> {
  const { random, stage } = simulation;
  await armStripe(simulation, harm);
  for (;;) {
    const operation = random.weighted(acts.map((each) => [each.weight, each] as const));
    const turn = new Turn(simulation, operation.name, harm);
    await operation.run(turn);
    if (turn.isIdle) continue;
    simulation.operations.add(operation.name);
    await disarmStripe(simulation);
    if (simulation.webhooks === "deliver") await stage.control.webhooksIdle();
    await turn.end();
    return turn.touched;
  }
}

/** Every job of the worker once, each in a process of its own. */
async function workerRound(simulation: Simulation, harmOfIt: number): Promise<void> {
  const turn = new Turn(simulation, "worker: a round", harmOfIt);
  simulation.operations.add("worker: a round");
  await poll(turn);
  await processEvents(turn);
  for (const name of names) turn.note(`${name} ${await run(turn, name)}`);
  await fees(turn);
  const failing =
    harmOfIt > 0 && turn.random.chance(0.1) ? turn.random.pick(["down", "refuses"] as const) : null;
  if (failing) simulation.faults.add(`mail server ${failing}`);
  const sent = await turn.within(turn.mortal(), (world) => deliver(simulation, world, failing, 1_000));
  turn.note(isLost(sent) ? sent.lost : `${sent} sent`);
  await turn.end();
}

/** All is well again, and the worker gets to everything that waits. */
async function comeToRest(simulation: Simulation): Promise<void> {
  const { stage } = simulation;
  await clearStripe(simulation);
  await stage.control.clearFaults();
  for (let round = 0; round < 3; round += 1) {
    // One of them is in the hours in which customers are reminded.
    await advance({ control: stage.control, clock: stage.world.clock }, 8 * hourMs);
    await workerRound(simulation, 0);
  }
  const again = await runRenewals(stage.world);
  if (again.due > 0) simulation.violate("what was renewed is not due again", `${again.due} services`);
  await checkWhatWasTold(simulation);
}

async function counted({ stage, mails }: Simulation): Promise<string> {
  const [row] = await stage.owner`
    select (select count(*) from customers where not is_house) as customers, (select count(*) from services) as services,
      (select count(*) from terms) as terms, (select count(*) from reminders) as reminders,
      (select count(*) from activities where verb = 'service_suspended') as suspended,
      (select count(*) from activities where verb = 'service_terminated') as terminated,
      (select count(*) from payments where state = 'succeeded' and card_minor > 0) as charges`;
  const said = Object.entries(row ?? {}).map(([what, count]) => `${count} ${what}`);
  return [...said, `${mails.size} mails`].join(", ");
}
