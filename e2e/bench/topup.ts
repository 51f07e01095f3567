import { holdBooks } from "./books";
import { interleave, ratioOf, type Side, spreadOf, warmUp } from "./measure";
import type { BenchOptions, Line, Part } from "./part";
import { seedCustomers, termMinor } from "./seed";
import { openOwner } from "./server";
import { invoicesEach, settleByUseCase, TopUps, type WaitingTopUp } from "./top-ups";
import { settleByLimit } from "./topup-limit";
import { openWorld } from "./use-case";

const atOnceTried = [1, 4];

/** Enough that a slice of the faster side does not run out on a machine that settles 400 a second. */
const customersEach = 250;

export const topup: Part = {
  title: `topup: a top-up that settles ${invoicesEach} waiting invoices`,
  about:
    "application = settle, once Stripe has said that the page was paid: the money arrives and pays the open auto-renew " +
    "invoices in the same transaction; limit = one prepared statement that locks and writes the same rows, set by set, as " +
    "the owner; both over postgres.js, each top-up of another customer.",
  async run(server, options) {
    const balanceMinor = BigInt(invoicesEach) * termMinor;
    const url = await server.create("bench_topup", 0);
    const owner = openOwner(url, 1);
    try {
      await seedCustomers(owner, customersEach, {
        services: invoicesEach,
        balanceMinor,
        isAutoRenew: true,
      });
      const topUps = new TopUps(owner, customersEach);
      const lines: Line[] = [];
      for (const atOnce of atOnceTried) lines.push(await compare(url, topUps, atOnce, options));
      return lines;
    } finally {
      await owner.end();
      await server.drop("bench_topup");
    }
  },
};

/** Each number at once has fresh connections, as many on both sides. */
async function compare(
  url: string,
  topUps: TopUps,
  atOnce: number,
  { rounds, seconds, say }: BenchOptions,
): Promise<Line> {
  const owner = openOwner(url, atOnce);
  const world = openWorld(url, atOnce, atOnce);
  try {
    const sideOf = (settleOne: (topUp: WaitingTopUp) => Promise<void>): Side => ({
      prepare: () => topUps.refill(),
      act: () => topUps.settleNext(settleOne),
    });
    const sides = {
      application: sideOf((topUp) => settleByUseCase(world, topUp)),
      limit: sideOf((topUp) => settleByLimit(owner, topUp)),
    };
    for (const side of Object.values(sides)) await warmUp(atOnce, 1, side);
    const readings = await interleave({ atOnce, rounds, seconds }, sides);
    await holdBooks(world);
    const figures = {
      ratio: ratioOf(readings.application, readings.limit),
      "application/s": spreadOf(readings.application.map(({ perSecond }) => perSecond)),
      "limit/s": spreadOf(readings.limit.map(({ perSecond }) => perSecond)),
      "CPU ms": spreadOf(readings.application.map(({ cpuMs }) => cpuMs)),
      "limit's CPU ms": spreadOf(readings.limit.map(({ cpuMs }) => cpuMs)),
    };
    say(`  ${atOnce} at once: ${figures.ratio.median.toFixed(2)}`);
    return { what: `${atOnce} at once`, figures, goals: [{ figure: "ratio", atLeast: 0.5 }] };
  } finally {
    await Promise.all([world.close(), owner.end()]);
  }
}
