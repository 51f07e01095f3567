/** What one round of one side measured. */
export interface Reading {
  /** Payments, or whatever is counted, in a second. */
  perSecond: number;
  /** Milliseconds of this process's CPU for each, in user and system. */
  cpuMs: number;
}

/** Of all rounds. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

/** What was done in a slice of time; slices of one side and round are summed up. */
interface Tally {
  count: number;
  elapsedMs: number;
  cpuMs: number;
}

/** One of the sides that are compared. */
export interface Side {
  /** Makes ready for a slice; not measured. */
  prepare(): Promise<void>;
  /** False when there is nothing left to do: the slice ends early then. */
  act(worker: number): Promise<boolean>;
}

/** Short enough that what the machine does beside hits all sides alike, long enough that starting does not count. */
const sliceSeconds = 0.25;

/**
 * Measures the sides in turn, slice by slice, so many at once. A round is `seconds` of each side.
 */
export async function interleave<Name extends string>(
  { atOnce, rounds, seconds }: { atOnce: number; rounds: number; seconds: number },
  sides: Record<Name, Side>,
): Promise<Record<Name, Reading[]>> {
  const names = Object.keys(sides) as Name[];
  const readings = recordOf(names, (): Reading[] => []);
  const slices = Math.max(1, Math.round(seconds / sliceSeconds));
  for (let round = 0; round < rounds; round += 1) {
    const tallies = recordOf(names, (): Tally => ({ count: 0, elapsedMs: 0, cpuMs: 0 }));
    for (let slice = 0; slice < slices; slice += 1) {
      // Each turn begins with another side: none always runs first.
      for (let place = 0; place < names.length; place += 1) {
        const name = names[(place + slice) % names.length] as Name;
        add(tallies[name], await measure(atOnce, seconds / slices, sides[name]));
      }
    }
    for (const name of names) readings[name].push(readingOf(tallies[name]));
  }
  return readings;
}

/** Lets a side run for a while before anything counts: plans are settled, code is compiled. */
export async function warmUp(atOnce: number, seconds: number, side: Side): Promise<void> {
  await measure(atOnce, seconds, side);
}

async function measure(atOnce: number, seconds: number, { prepare, act }: Side): Promise<Tally> {
  await prepare();
  let count = 0;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  const work = async (worker: number) => {
    while (performance.now() < endsAt && (await act(worker))) count += 1;
  };
  await Promise.all(Array.from({ length: atOnce }, (_, worker) => work(worker)));
  const { user, system } = process.cpuUsage(cpuBefore);
  return { count, elapsedMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
}

function add(sum: Tally, slice: Tally): void {
  sum.count += slice.count;
  sum.elapsedMs += slice.elapsedMs;
  sum.cpuMs += slice.cpuMs;
}

function readingOf({ count, elapsedMs, cpuMs }: Tally): Reading {
  return { perSecond: (count * 1000) / elapsedMs, cpuMs: cpuMs / count };
}

function recordOf<Name extends string, T>(names: readonly Name[], make: () => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, make()])) as Record<Name, T>;
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
