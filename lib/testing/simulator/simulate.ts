import { copyTemplate } from "../server";
import { makeCast } from "./cast";
import { ArrivedMoney, checkInvariants, checkServices } from "./checks";
import { drain } from "./drain";
import type { Operation } from "./operation";
import { autoChargeOperations } from "./operations/auto-charge";
import { bankOperations } from "./operations/bank";
import { cancelOperations } from "./operations/cancel";
import { draftOperations } from "./operations/draft-by-hand";
import { hostOperations } from "./operations/host";
import { hostedPageOperations } from "./operations/hosted-page";
import { jobOperations } from "./operations/jobs";
import { mailOperations } from "./operations/mail";
import { mailedLinkOperations } from "./operations/mailed-link";
import { moneyBackOperations } from "./operations/money-back";
import { payOperations } from "./operations/pay";
import { payLinkOperations } from "./operations/pay-link";
import { payOutOperations } from "./operations/pay-out";
import { reconcileOperations } from "./operations/reconcile";
import { saveCards, savedCardOperations } from "./operations/saved-card";
import { serviceOperations } from "./operations/services";
import { timeOperations } from "./operations/time";
import { webhookOperations } from "./operations/webhooks";
import { workerOperations } from "./operations/worker";
import { seededRandom } from "./random";
import { readBackInTime } from "./read-back-in-time";
import { Simulation, Turn, type Violated } from "./simulation";
import { openStage, type Stage } from "./stage";
import { storm } from "./storm";
import { checkNoPageIsLeft } from "./stripe-against-ledger";
import { armStripe, disarmStripe } from "./stripe-faults";
import type { Tally } from "./tally";

export interface SimulateOptions {
  /** Of a server whose template is migrated (lib/testing/server.ts). */
  readonly serverUrl: string;
  readonly seed: number;
  readonly steps: number;
  /** Given each line of the trail as it is written. */
  readonly follow?: (line: string) => void;
  /** Leaves out what comes after the steps: the storm and the draining. */
  readonly stepsOnly?: boolean;
  /** Takes steps of these operations alone. */
  readonly only?: readonly string[];
  /** Called before a step: tests plant what is wrong. */
  readonly plant?: (stage: Stage, step: number) => Promise<void>;
}

export interface Simulated {
  readonly seed: number;
  /** How many were taken, and how many were wished. */
  readonly steps: number;
  readonly wished: number;
  /** Of the steps alone. */
  readonly stepsMs: number;
  readonly operations: Tally;
  readonly faults: Tally;
  readonly violations: readonly Violated[];
  readonly trail: readonly string[];
  /** The same for two runs of a seed: everything that was decided and answered until the storm. */
  readonly digest: string;
}

const operations: readonly Operation[] = [
  ...payOperations,
  ...savedCardOperations,
  ...cancelOperations,
  ...payLinkOperations,
  ...mailedLinkOperations,
  ...hostedPageOperations,
  ...webhookOperations,
  ...jobOperations,
  ...mailOperations,
  ...hostOperations,
  ...payOutOperations,
  ...bankOperations,
  ...moneyBackOperations,
  ...reconcileOperations,
  ...draftOperations,
  ...serviceOperations,
  ...autoChargeOperations,
  ...workerOperations,
  ...timeOperations,
];

/** All that a run may reach. */
export const operationNames: readonly string[] = operations.map(({ name }) => name);

const wholeBooksEvery = 500;
const pagesEvery = 25;
/** A step that takes so long hangs. */
const stepMostMs = 60_000;

/** Runs the world of one seed: its steps, a storm, and the draining; stops at the first violation. */
export async function simulate(options: SimulateOptions): Promise<Simulated> {
  const random = seededRandom(`mallard ${options.seed}`);
  const database = await copyTemplate(options.serverUrl);
  const start = new Date(Date.UTC(2026, random.int(12), random.between(1, 31), random.int(24)));
  const stage = await openStage(database.url, start, random);
  try {
    const cast = await makeCast(stage.world, random.fork("cast"));
    await saveCards(stage, cast.cardHolders);
    const simulation = new Simulation(stage, cast, random);
    if (options.follow) simulation.trail.follow(options.follow);
    await stage.control.holdWebhooks();
    const beganAt = performance.now();
    await takeSteps(simulation, options);
    const stepsMs = performance.now() - beganAt;
    const digest = simulation.trail.digest();
    if (!options.stepsOnly) await comeToAnEnd(simulation);
    const { operations: counted, faults, violations, trail } = simulation;
    const told = { violations, trail: trail.last(), digest };
    const { seed, steps: wished } = options;
    return { seed, steps: simulation.step, wished, stepsMs, operations: counted, faults, ...told };
  } finally {
    await stage.close();
    await database.drop();
  }
}

async function comeToAnEnd(simulation: Simulation): Promise<void> {
  if (simulation.violations.length === 0) await storm(simulation);
  if (simulation.violations.length === 0) await drain(simulation);
}

async function takeSteps(simulation: Simulation, { steps, plant, only }: SimulateOptions): Promise<void> {
  const chosen = operations.filter(({ name }) => only?.includes(name) ?? true);
  const { stage, random, violations } = simulation;
  const arrived = new ArrivedMoney();
  let harm = 0;
  let checked: Promise<void> = Promise.resolve();
  for (let step = 1; step <= steps && violations.length === 0; step += 1) {
    simulation.step = step;
    if (step % 40 === 1) harm = random.pick([0.2, 0.7, 1, 2]);
    stage.world.clock.advance(random.between(1, 20_000));
    await plant?.(stage, step);
    const turn = await takeStep(simulation, chosen, harm);
    await arrived.check(simulation, turn.touched);
    await checkServices(simulation, turn.touched);
    // The last step's books are read in a snapshot, while the next step is under way.
    await checked;
    if (step % wholeBooksEvery === 0) await checkInvariants(simulation, "all");
    else if (turn.touched.size > 0) checked = checkInvariants(simulation, [...turn.touched]);
    if (step % pagesEvery === 0) await checkNoPageIsLeft(simulation);
  }
  await checked;
}

/** Draws until there is something to do. */
async function takeStep(simulation: Simulation, chosen: readonly Operation[], harm: number): Promise<Turn> {
  const { random } = simulation;
  await armStripe(simulation, harm);
  for (;;) {
    const operation = random.weighted(chosen.map((each) => [each.weight, each] as const));
    const turn = new Turn(simulation, operation.name, harm);
    const isOver = await inTime(operation.run(turn));
    if (!isOver) simulation.violate("every step comes to its end", operation.name);
    if (turn.isIdle) continue;
    simulation.operations.add(operation.name);
    await endStep(simulation, turn);
    return turn;
  }
}

async function endStep(simulation: Simulation, turn: Turn): Promise<void> {
  const { stage } = simulation;
  await disarmStripe(simulation);
  if (simulation.webhooks === "deliver") await stage.control.webhooksIdle();
  await turn.end();
  await readBackInTime(simulation);
}

function inTime(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), stepMostMs);
  });
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}
