import { jobs } from "@/lib/jobs/jobs";
import { checkSetup } from "@/lib/webhook/check-setup";
import type { Mortal } from "../mortal";
import type { Operation } from "../operation";
import { readBackInTime } from "../read-back-in-time";
import { isLost, type Turn } from "../simulation";
import { takeTurns } from "../turns";
import { fees, poll, processEvents, readBack } from "./jobs";
import { deliver, nowhere } from "./mail";
import { advance } from "./time";

const hourMs = 3_600_000;

/** The jobs that move services on, as the worker runs them: one, two at once, or all while days go by. */
export const names = ["renew", "apply-plans", "charge-cards", "remind", "stop-services"] as const;

export const workerOperations: readonly Operation[] = [
  { name: "job: one that moves services on", weight: 7, run: one },
  { name: "job: one that moves services on, two workers", weight: 3, run: two },
  { name: "worker: days go by", weight: 5, run: days },
];

async function one(turn: Turn): Promise<void> {
  turn.touchAll();
  const name = turn.random.pick(names);
  turn.note(`${name} → ${await run(turn, name)}`);
}

async function two(turn: Turn): Promise<void> {
  turn.touchAll();
  const name = turn.random.pick(names);
  const worker = (gate: () => Promise<void>) => run(turn, name, gate);
  const ends = await takeTurns(turn.random, [worker, worker]);
  const said = ends.map((end) => (end.status === "fulfilled" ? end.value : String(end.reason)));
  turn.note(`${name} → ${said.join(" | ")}`);
}

/** Mostly each day with its work; at times the worker was down for one. */
async function days(turn: Turn): Promise<void> {
  const { random, simulation, stage } = turn;
  turn.touchAll();
  const count = random.between(1, 5);
  turn.note(`${count} days`);
  for (let day = 0; day < count; day += 1) {
    const ms = random.between(18, 26) * hourMs;
    await advance({ control: stage.control, clock: stage.world.clock }, ms);
    await readBackInTime(simulation);
    if (random.chance(0.1)) continue;
    await poll(turn);
    await processEvents(turn);
    for (const name of names) turn.note(`${name} ${await run(turn, name)}`);
    const failing = random.chance(0.1) ? "down" : null;
    const sent = await turn.within(turn.mortal(), (world) => deliver(simulation, world, failing));
    turn.note(isLost(sent) ? sent.lost : `${sent} sent`);
  }
  await fees(turn);
  await readBack(turn);
}

export async function run(
  turn: Turn,
  name: (typeof names)[number],
  gate?: () => Promise<void>,
): Promise<string> {
  const done = await turn.within(turn.mortal(gate ? { gate } : {}), (world) => doJob(world, name));
  if (isLost(done)) return done.lost;
  const parked = Number(done?.parked ?? 0);
  if (parked > 0) turn.simulation.violate("what is right is not parked", `${parked} by ${name}`);
  const said = Object.entries(done ?? {}).filter(([, count]) => count !== 0);
  return said.map(([what, count]) => `${count} ${what}`).join(" ") || "nothing";
}

function doJob(world: Mortal["world"], name: string): Promise<Record<string, unknown> | null> {
  const job = jobs.find((each) => each.name === name);
  if (!job) throw new Error(`there is a job ${name}`);
  return job.run({
    ...nowhere(world),
    events: { process: async () => 0, readBack: async () => null, checkSetup },
  });
}
