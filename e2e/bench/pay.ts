import { holdBooks } from "./books";
import { openBuilder, payByBuilder } from "./builder";
import { payByLimit } from "./limit";
import { interleave, type Reading, ratioOf, type Side, spreadOf, warmUp } from "./measure";
import type { BenchOptions, Line, Part } from "./part";
import { Payables } from "./payables";
import type { Payable } from "./seed";
import { openOwner } from "./server";
import { openWorld, payByUseCase } from "./use-case";

const atOnceTried = [1, 4, 16, 32];

/** Twice what a slice pays on a machine that pays 8,000 a second. */
export const customersEach = 4_000;

export const pay: Part = {
  title: "pay: an invoice from the balance, through the use case",
  about:
    "application = payFromBalance with authorization and row security; limit = one prepared plpgsql function that " +
    "reads, locks and writes the same rows as the owner; builder = the plain way, statement by statement through Drizzle's " +
    "builder, whose CPU is the measure for the application's; all over postgres.js, each payment of another customer.",
  async run(server, options) {
    const url = await server.create("bench_pay", customersEach);
    const seeder = openOwner(url, 1);
    const payables = new Payables(seeder, customersEach);
    const lines: Line[] = [];
    try {
      for (const atOnce of atOnceTried) lines.push(await compare(url, payables, atOnce, options));
    } finally {
      await seeder.end();
      await server.drop("bench_pay");
    }
    return lines;
  },
};

/** Each number at once has fresh connections, as many on both sides. */
async function compare(
  url: string,
  payables: Payables,
  atOnce: number,
  { rounds, seconds, say }: BenchOptions,
): Promise<Line> {
  const owner = openOwner(url, atOnce);
  const world = openWorld(url, atOnce);
  const builder = openBuilder(url, atOnce);
  try {
    const sideOf = (payOne: (payable: Payable) => Promise<void>): Side => ({
      prepare: () => payables.refill(),
      act: () => payables.payNext(payOne),
    });
    const sides = {
      application: sideOf((payable) => payByUseCase(world, payable)),
      limit: sideOf((payable) => payByLimit(owner, payable)),
      builder: sideOf((payable) => payByBuilder(builder, payable)),
    };
    for (const side of Object.values(sides)) await warmUp(atOnce, 2, side);
    const readings = await interleave({ atOnce, rounds, seconds }, sides);
    await holdBooks(world);
    const figures = {
      ratio: ratioOf(readings.application, readings.limit),
      "application/s": spreadOf(readings.application.map(({ perSecond }) => perSecond)),
      "limit/s": spreadOf(readings.limit.map(({ perSecond }) => perSecond)),
      "CPU of builder's": cpuRatioOf(readings.application, readings.builder),
      "CPU ms": spreadOf(readings.application.map(({ cpuMs }) => cpuMs)),
      "builder's CPU ms": spreadOf(readings.builder.map(({ cpuMs }) => cpuMs)),
      "limit's CPU ms": spreadOf(readings.limit.map(({ cpuMs }) => cpuMs)),
      "builder's ratio": ratioOf(readings.builder, readings.limit),
    };
    say(`  ${atOnce} at once: ${figures.ratio.median.toFixed(2)}`);
    return { what: `${atOnce} at once`, figures, goals: atOnce === 16 ? goals : [] };
  } finally {
    await Promise.all([world.close(), owner.end(), builder.close()]);
  }
}

/** What one side cost Node of what the other did, round by round. */
function cpuRatioOf(side: readonly Reading[], other: readonly Reading[]) {
  return spreadOf(side.map(({ cpuMs }, round) => cpuMs / (other[round]?.cpuMs ?? Number.NaN)));
}

/** 0.5 ms beside a builder that takes 1.2 ms (quality.md), as a ratio that holds on any machine (decision 0011). */
const cpuMost = 0.5 / 1.2;

const goals = [
  { figure: "ratio", atLeast: 0.5 },
  { figure: "CPU of builder's", atMost: cpuMost },
];
