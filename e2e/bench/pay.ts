import { holdBooks } from "./books";
import { payByLimit } from "./limit";
import { interleave, measure, ratioOf, spreadOf } from "./measure";
import type { BenchOptions, Line, Part } from "./part";
import { Payables } from "./payables";
import type { Payable } from "./seed";
import { openOwner } from "./server";
import { openWorld, payByUseCase } from "./use-case";

const atOnceTried = [1, 4, 16, 32];

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
    const lines: Line[] = [];
    try {
      for (const atOnce of atOnceTried) lines.push(await compare(url, atOnce, options));
    } finally {
      await server.drop("bench_pay");
    }
    return lines;
  },
};

/** Each number at once has fresh connections, as many on both sides. */
async function compare(url: string, atOnce: number, { rounds, seconds, say }: BenchOptions): Promise<Line> {
  const owner = openOwner(url, atOnce);
  const world = openWorld(url, atOnce);
  try {
    const payables = new Payables(owner);
    const window = async (forSeconds: number, payOne: (payable: Payable) => Promise<void>) => {
      await payables.refill();
      return measure(atOnce, forSeconds, () => payables.payNext(payOne));
    };
    const application = (payable: Payable) => payByUseCase(world, payable);
    const limit = (payable: Payable) => payByLimit(owner, payable);
    // Every connection has prepared its statements and settled on their plans before anything counts.
    for (const side of [application, limit]) await window(2, side);

    const readings = await interleave(rounds, {
      application: () => window(seconds, application),
      limit: () => window(seconds, limit),
    });
    await holdBooks(world);
    const figures = {
      ratio: ratioOf(readings.application, readings.limit),
      "application/s": spreadOf(readings.application.map(({ perSecond }) => perSecond)),
      "limit/s": spreadOf(readings.limit.map(({ perSecond }) => perSecond)),
      "CPU ms": spreadOf(readings.application.map(({ cpuMs }) => cpuMs)),
      "limit's CPU ms": spreadOf(readings.limit.map(({ cpuMs }) => cpuMs)),
    };
    say(`  ${atOnce} at once: ${figures.ratio.median.toFixed(2)}`);
    return { what: `${atOnce} at once`, figures, goals: atOnce === 16 ? goals : [] };
  } finally {
    await Promise.all([world.close(), owner.end()]);
  }
}

const goals = [
  { figure: "ratio", atLeast: 0.5 },
  { figure: "CPU ms", atMost: 0.5 },
];
