import type { Random } from "./random";

/** Where an actor lets others go first: before each transaction and each call to Stripe. */
export type Gate = () => Promise<void>;

/**
 * Runs several actors of whom only one moves at a time; at each gate chance says who goes on. Between two gates an
 * actor runs alone, so the same stream gives the same interleaving: two tabs, two workers, replayed exactly. What
 * happens inside transactions that wait for each other's locks is not for this (see storm.ts).
 */
export async function takeTurns<T>(
  random: Random,
  actors: readonly ((gate: Gate) => Promise<T>)[],
): Promise<PromiseSettledResult<T>[]> {
  const waiting: (() => void)[] = [];
  let moving = actors.length;
  const next = () => {
    if (moving > 0 || waiting.length === 0) return;
    const [go] = waiting.splice(random.int(waiting.length), 1);
    moving = 1;
    go?.();
  };
  const stops = () => {
    moving -= 1;
    next();
  };
  const gate: Gate = () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      stops();
    });
  return Promise.allSettled(
    actors.map(async (actor) => {
      await gate();
      return actor(gate).finally(stops);
    }),
  );
}
