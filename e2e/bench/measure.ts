/** What one window of one side measured. */
export interface Reading {
  /** Payments, or whatever is counted, in a second. */
  perSecond: number;
  /** Milliseconds of this process's CPU for each, in user and system. */
  cpuMs: number;
}

/** Of three rounds or more. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

/**
 * Does a thing over and over, so many at once, until the time is over or `act` finds nothing to do (false). The
 * window ends when the last one under way is done.
 */
export async function measure(
  atOnce: number,
  seconds: number,
  act: (worker: number) => Promise<boolean>,
): Promise<Reading> {
  let count = 0;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  const work = async (worker: number) => {
    while (performance.now() < endsAt && (await act(worker))) count += 1;
  };
  await Promise.all(Array.from({ length: atOnce }, (_, worker) => work(worker)));
  const elapsedMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: (count * 1000) / elapsedMs, cpuMs: (user + system) / 1000 / count };
}

/** Measures the sides in turn, round by round, so that what the machine does beside hits all of them. */
export async function interleave<Side extends string>(
  rounds: number,
  sides: Record<Side, () => Promise<Reading>>,
): Promise<Record<Side, Reading[]>> {
  const names = Object.keys(sides) as Side[];
  const readings = Object.fromEntries(names.map((name) => [name, [] as Reading[]])) as Record<
    Side,
    Reading[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another side: none always runs first.
    for (let place = 0; place < names.length; place += 1) {
      const name = names[(place + round) % names.length] as Side;
      readings[name].push(await sides[name]());
    }
  }
  return readings;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    min: at(0),
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    max: at(sorted.length - 1),
  };
}

/** What one side reached of the other, round by round. */
export function ratioOf(side: readonly Reading[], limit: readonly Reading[]): Spread {
  return spreadOf(side.map((reading, round) => reading.perSecond / (limit[round]?.perSecond ?? Number.NaN)));
}
