import { holdBooks } from "./books";
import { payByLimit } from "./limit";
import { interleave, ratioOf, type Side, type Spread, spreadOf, warmUp } from "./measure";
import type { BenchOptions, Line, Part } from "./part";
import { customersEach } from "./pay";
import { Payables } from "./payables";
import type { Payable } from "./seed";
import { type BenchServer, openOwner } from "./server";
import { openWorld, payByUseCase } from "./use-case";

const atOnceTried = [1, 4, 16, 32];

/**
 * Makes every payment also count on one row of the house, as a ledger with system accounts does: the fault that this
 * part is there to find, planted so that it is seen that it would be found.
 */
export const plantSharedRow = `
  create table bench_system (id integer primary key, payments bigint not null);
  insert into bench_system values (1, 0);
  create function bench_count() returns trigger language plpgsql security definer as $$
  begin
    update bench_system set payments = payments + 1 where id = 1;
    return new;
  end $$;
  create trigger bench_count before insert on payments for each row execute function bench_count();`;

export const spread: Part = {
  title: "spread: payments of different customers do not wait for each other",
  about:
    "together = payFromBalance of customers in one database; limit = the hand-written payment, which shares no row, in the " +
    "same tables and as many at once; planted = together, with one system row that every payment updates. Spread is what " +
    "a side reaches of the limit beside what the application reaches of it one at a time.",
  async run(server, options) {
    const scene = await openScene(server);
    try {
      return await compare(scene, options);
    } finally {
      await scene.close();
    }
  },
};

/** One database that is paid in. */
interface Place {
  url: string;
  payables: Payables;
}

interface Scene {
  together: Place;
  planted: Place;
  close(): Promise<void>;
}

async function openScene(server: BenchServer): Promise<Scene> {
  const togetherUrl = await server.create("bench_together", customersEach);
  const plantedUrl = await server.copy("bench_planted", "bench_together");
  const seeders = [openOwner(togetherUrl, 1), openOwner(plantedUrl, 1)] as const;
  await seeders[1].unsafe(plantSharedRow);
  return {
    together: { url: togetherUrl, payables: new Payables(seeders[0], customersEach) },
    planted: { url: plantedUrl, payables: new Payables(seeders[1], customersEach) },
    close: async () => {
      await Promise.all(seeders.map((seeder) => seeder.end()));
      for (const name of ["bench_together", "bench_planted"]) await server.drop(name);
    },
  };
}

async function compare(scene: Scene, options: BenchOptions): Promise<Line[]> {
  const lines: Line[] = [];
  let alone: number | null = null;
  for (const atOnce of atOnceTried) {
    const readings = await read(scene, atOnce, options);
    const ratio = ratioOf(readings.together, readings.limit);
    alone ??= ratio.median;
    const figures = {
      spread: partOf(ratio, alone),
      "planted's spread": partOf(ratioOf(readings.planted, readings.limit), alone),
      "together/s": spreadOf(readings.together.map(({ perSecond }) => perSecond)),
      "limit/s": spreadOf(readings.limit.map(({ perSecond }) => perSecond)),
      "planted/s": spreadOf(readings.planted.map(({ perSecond }) => perSecond)),
    };
    lines.push({ what: `${atOnce} at once`, figures, goals: [{ figure: "spread", atLeast: 0.95 }] });
    options.say(
      `  ${atOnce} at once: ${figures.spread.median.toFixed(2)}, planted ${figures["planted's spread"].median.toFixed(2)}`,
    );
  }
  return lines;
}

/** Each number at once has fresh connections, as many for each side: a larger pool would be cold for a smaller number. */
async function read({ together, planted }: Scene, atOnce: number, { rounds, seconds }: BenchOptions) {
  const worlds = [openWorld(together.url, atOnce), openWorld(planted.url, atOnce)] as const;
  const owner = openOwner(together.url, atOnce);
  try {
    const sides = {
      together: sideOf(together, (payable) => payByUseCase(worlds[0], payable)),
      limit: sideOf(together, (payable) => payByLimit(owner, payable)),
      planted: sideOf(planted, (payable) => payByUseCase(worlds[1], payable)),
    };
    for (const side of Object.values(sides)) await warmUp(atOnce, 2, side);
    const readings = await interleave({ atOnce, rounds, seconds }, sides);
    for (const world of worlds) await holdBooks(world);
    return readings;
  } finally {
    await Promise.all([...worlds.map((world) => world.close()), owner.end()]);
  }
}

function sideOf({ payables }: Place, payOne: (payable: Payable) => Promise<void>): Side {
  return { prepare: () => payables.refill(), act: () => payables.payNext(payOne) };
}

function partOf({ min, median, max }: Spread, whole: number): Spread {
  return { min: min / whole, median: median / whole, max: max / whole };
}
