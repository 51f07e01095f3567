import type { Sql } from "@/db/client";
import type { World } from "@/lib/billing/world";
import { payByLimit } from "./limit";
import { interleave, measure, ratioOf, spreadOf } from "./measure";
import type { BenchOptions, Line, Part } from "./part";
import { Payables } from "./payables";
import { openOwner } from "./server";
import { openWorld, payByUseCase } from "./use-case";

const atOnceTried = [1, 4, 16, 32];
const poolSize = 32;

/** Enough that a window ends by the clock and not for want of customers, up to so many payments a second. */
export function customersFor({ seconds }: BenchOptions): number {
  return Math.max(4_000, Math.ceil(5_000 * seconds));
}

export const pay: Part = {
  title: "pay: an invoice from the balance, through the use case",
  about:
    "application = payFromBalance with authorization and row security; limit = one prepared plpgsql function that " +
    "reads, locks and writes the same rows as the owner; both over postgres.js, each payment of another customer.",
  async run(server, options) {
    const url = await server.create("bench_pay", customersFor(options));
    const owner = openOwner(url, poolSize);
    const world = openWorld(url, poolSize);
    try {
      return await compare(world, owner, options);
    } finally {
      await Promise.all([world.close(), owner.end()]);
      await server.drop("bench_pay");
    }
  },
};

async function compare(world: World, owner: Sql, { rounds, seconds, say }: BenchOptions): Promise<Line[]> {
  const payables = new Payables(owner);
  const window = async (atOnce: number, forSeconds: number, payOne: PayOne) => {
    await payables.refill();
    return measure(atOnce, forSeconds, () => payables.payNext(payOne));
  };
  const application: PayOne = (payable) => payByUseCase(world, payable);
  const limit: PayOne = (payable) => payByLimit(owner, payable);
  // Every connection has prepared its statements and settled on their plans before anything counts.
  for (const side of [application, limit, application, limit]) await window(poolSize, 1, side);

  const lines: Line[] = [];
  for (const atOnce of atOnceTried) {
    const readings = await interleave(rounds, {
      application: () => window(atOnce, seconds, application),
      limit: () => window(atOnce, seconds, limit),
    });
    const figures = {
      ratio: ratioOf(readings.application, readings.limit),
      "application/s": spreadOf(readings.application.map(({ perSecond }) => perSecond)),
      "limit/s": spreadOf(readings.limit.map(({ perSecond }) => perSecond)),
      "CPU ms": spreadOf(readings.application.map(({ cpuMs }) => cpuMs)),
      "limit's CPU ms": spreadOf(readings.limit.map(({ cpuMs }) => cpuMs)),
    };
    const goals = [
      { figure: "ratio", atLeast: 0.5 },
      { figure: "CPU ms", atMost: 0.5 },
    ];
    lines.push({ what: `${atOnce} at once`, figures, goals: atOnce === 16 ? goals : [] });
    say(`  ${atOnce} at once: ${figures.ratio.median.toFixed(2)}`);
  }
  return lines;
}

type PayOne = Parameters<Payables["payNext"]>[0];
