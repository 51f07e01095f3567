import type { Sql } from "@/db/client";
import type { World } from "@/lib/billing/world";
import { holdBooks } from "./books";
import { interleave, ratioOf, type Side, spreadOf, warmUp } from "./measure";
import type { BenchOptions, Line, Part } from "./part";
import { customersEach } from "./pay";
import { Payables } from "./payables";
import { type BenchServer, openOwner } from "./server";
import { openWorld, payByUseCase } from "./use-case";

const atOnceTried = [1, 4, 16, 32];
const mostAtOnce = 32;
/** In each of the databases that one payer has to itself: few, so that all of them fit into PostgreSQL's memory. */
const customersApart = 200;

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
    "together = payFromBalance of customers in one database; apart (the limit) = the same, but each payer at once has a " +
    "database to itself, so that no two can share a row; planted = together, with one system row that every payment updates.",
  async run(server, options) {
    const scene = await openScene(server);
    try {
      return await compare(scene, options);
    } finally {
      await scene.close();
    }
  },
};

/** One database that is paid in, through a pool of its own. */
interface Place {
  world: World & { close(): Promise<void> };
  owner: Sql;
  payables: Payables;
}

interface Scene {
  together: Place;
  planted: Place;
  apart: Place[];
  close(): Promise<void>;
}

async function openScene(server: BenchServer): Promise<Scene> {
  const names = Array.from({ length: mostAtOnce }, (_, index) => `bench_apart_${index}`);
  const togetherUrl = await server.create("bench_together", customersEach);
  const plantedUrl = await server.copy("bench_planted", "bench_together");
  await server.create("bench_small", customersApart);
  const apartUrls: string[] = [];
  for (const name of names) apartUrls.push(await server.copy(name, "bench_small"));
  const together = openPlace(togetherUrl, mostAtOnce, customersEach);
  const planted = openPlace(plantedUrl, mostAtOnce, customersEach);
  const apart = apartUrls.map((url) => openPlace(url, 1, customersApart));
  await planted.owner.unsafe(plantSharedRow);
  return {
    together,
    planted,
    apart,
    close: async () => {
      await Promise.all(
        [together, planted, ...apart].flatMap(({ world, owner }) => [world.close(), owner.end()]),
      );
      for (const name of ["bench_together", "bench_planted", "bench_small", ...names])
        await server.drop(name);
    },
  };
}

function openPlace(url: string, max: number, customers: number): Place {
  const owner = openOwner(url, 1);
  return { world: openWorld(url, max), owner, payables: new Payables(owner, customers) };
}

async function compare(scene: Scene, { rounds, seconds, say }: BenchOptions): Promise<Line[]> {
  const { together, planted, apart } = scene;
  /** The payer `worker` pays in the place of that number, or all of them in the one there is. */
  const sideOf = (places: readonly Place[]): Side => ({
    prepare: async () => {
      for (const { payables } of places) await payables.refill();
    },
    act: (worker) => {
      const { world, payables } = places[worker % places.length] as Place;
      return payables.payNext((payable) => payByUseCase(world, payable));
    },
  });
  for (const places of [[together], [planted], apart]) await warmUp(mostAtOnce, 3, sideOf(places));

  const lines: Line[] = [];
  for (const atOnce of atOnceTried) {
    const readings = await interleave(
      { atOnce, rounds, seconds },
      { together: sideOf([together]), apart: sideOf(apart.slice(0, atOnce)), planted: sideOf([planted]) },
    );
    const figures = {
      ratio: ratioOf(readings.together, readings.apart),
      "together/s": spreadOf(readings.together.map(({ perSecond }) => perSecond)),
      "apart/s": spreadOf(readings.apart.map(({ perSecond }) => perSecond)),
      "planted's ratio": ratioOf(readings.planted, readings.apart),
    };
    lines.push({ what: `${atOnce} at once`, figures, goals: [{ figure: "ratio", atLeast: 0.95 }] });
    say(
      `  ${atOnce} at once: ${figures.ratio.median.toFixed(2)}, planted ${figures["planted's ratio"].median.toFixed(2)}`,
    );
  }
  for (const { world } of [together, planted, ...apart.slice(0, 1)]) await holdBooks(world);
  return lines;
}
