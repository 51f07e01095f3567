import postgres from "postgres";
import { openDatabase } from "@/db/client";
import { exactTypes } from "@/db/exact-sql";
import { type SandboxControl, sandboxControl } from "@/lib/sandbox/control";
import { makeCast } from "@/lib/testing/simulator/cast";
import { checkInvariants } from "@/lib/testing/simulator/checks";
import { drain } from "@/lib/testing/simulator/drain";
import { seededRandom } from "@/lib/testing/simulator/random";
import { Simulation } from "@/lib/testing/simulator/simulation";
import type { Stage } from "@/lib/testing/simulator/stage";
import type { Tally } from "@/lib/testing/simulator/tally";
import { localGateway, openTestWorld, testSecretKey } from "@/lib/testing/world";
import { type Household, openHousehold } from "./household";
import { outliveLostConnections, pause } from "./killable";
import { Person } from "./person";

export interface KilledProcesses {
  readonly operations: Tally;
  readonly faults: Tally;
  readonly violations: Simulation["violations"];
  readonly trail: readonly string[];
  /** Where the logs are, if something was wrong. */
  readonly logDir: string | null;
}

export interface KillOptions {
  readonly root: string;
  readonly seed: number;
  /** How long people act while processes are killed. */
  readonly seconds: number;
}

const people = 6;

/**
 * People act at once while web, worker, local Stripe and database are killed with -9 and started again; then all comes
 * to its end, and the books and Stripe are held against each other. The seed says who does what and who is killed, but
 * not when: real processes are not replayed exactly.
 */
export async function killProcesses({ root, seed, seconds }: KillOptions): Promise<KilledProcesses> {
  outliveLostConnections();
  const random = seededRandom(`mallard processes ${seed}`);
  const household = await openHousehold(root);
  const stage = openHouseholdStage(household);
  let isWrong = true;
  try {
    const simulation = new Simulation(stage, await makeCast(stage.world, random.fork("cast")), random);
    const until = Date.now() + seconds * 1_000;
    const crowd = Array.from({ length: people }, (_, at) =>
      new Person(simulation, household, random.fork(`person ${at}`)).actUntil(until),
    );
    await Promise.all([...crowd, killUntil(until, simulation, household)]);
    await household.stripe.ready();
    await Promise.all([household.web.stop(), household.worker.stop()]);
    await untilDatabaseAnswers(stage);
    stage.world.clock.set(new Date());
    await checkInvariants(simulation, "all");
    if (simulation.violations.length === 0) await drain(simulation);
    isWrong = simulation.violations.length > 0;
    const { operations, faults, violations, trail } = simulation;
    return { operations, faults, violations, trail: trail.last(), logDir: isWrong ? household.logDir : null };
  } finally {
    await stage.close();
    await household.stop(isWrong);
  }
}

async function killUntil(until: number, simulation: Simulation, household: Household): Promise<void> {
  const random = simulation.random.fork("killer");
  const { web, worker, stripe } = household;
  while (Date.now() < until) {
    await pause(random.between(300, 3_000));
    const victim = random.weighted([
      [50, "web"],
      [15, "worker"],
      [20, "stripe"],
      [15, "database"],
    ] as const);
    simulation.faults.add(`kill -9: ${victim}`);
    simulation.trail.add(`kill -9: ${victim}`);
    if (victim === "database") await household.killDatabase();
    else ({ web, worker, stripe })[victim].kill();
    // Who was killed is back before the next one goes, mostly: else nothing would ever be under way.
    if (random.chance(0.8)) await Promise.all([web.ready(), stripe.ready()]);
  }
}

async function untilDatabaseAnswers({ owner }: Stage): Promise<void> {
  for (;;) {
    const isThere = await owner`select 1`.then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await pause(100);
  }
}

function openHouseholdStage({ databaseUrl, stripeUrl }: Household): Stage {
  const gateway = localGateway(stripeUrl);
  const opened = openTestWorld({ url: databaseUrl, gateway, start: new Date(), max: 4 });
  const owner = postgres(databaseUrl, { max: 3, types: exactTypes, onnotice: () => {} });
  const checker = openDatabase({ url: databaseUrl, role: "mallard_jobs", max: 1 });
  const world = { ...opened, terminate: async () => undefined };
  const unused = async () => undefined;
  return {
    world,
    owner,
    checker,
    control: following(sandboxControl(stripeUrl, testSecretKey), world.clock),
    stripeUrl,
    impatient: gateway,
    endpoint: { url: "", serveIn: () => undefined, recorded: () => [], close: unused },
    close: async () => {
      await Promise.all([opened.close(), owner.end({ timeout: 5 }), checker.close()]);
    },
  };
}

/** In the end the clock is ours; a Stripe in a process of its own is told how far to go. */
function following(control: SandboxControl, clock: { now(): Date }): SandboxControl {
  return {
    ...control,
    webhooksIdle: async () => {
      const behindMs = clock.now().getTime() - (await control.now()).getTime();
      if (behindMs > 0) await control.advance(behindMs);
      return control.webhooksIdle();
    },
  };
}
