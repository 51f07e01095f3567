import { expect, test } from "vitest";
import { seededRandom } from "./random";
import { type Gate, takeTurns } from "./turns";

/** What two actors of three steps each do, in the order in which they did it. */
async function order(seed: string): Promise<string> {
  const done: string[] = [];
  const actor = (name: string) => async (gate: Gate) => {
    for (const step of [1, 2, 3]) {
      await gate();
      done.push(`${name}${step}`);
    }
  };
  await takeTurns(seededRandom(seed), [actor("a"), actor("b")]);
  return done.join(" ");
}

test("the same seed gives the same interleaving, and seeds give many", async () => {
  const seeds = Array.from({ length: 40 }, (_, at) => `seed ${at}`);
  const first = await Promise.all(seeds.map(order));
  const again = await Promise.all(seeds.map(order));
  expect(again).toEqual(first);
  // Two sequences of three can be merged in twenty ways.
  expect(new Set(first).size).toBeGreaterThan(10);
});

test("an actor that throws does not hold up the others", async () => {
  const ends = await takeTurns(seededRandom("one"), [
    async (gate) => {
      await gate();
      throw new Error("fell");
    },
    async (gate) => {
      await gate();
      await gate();
      return "arrived";
    },
  ]);
  expect(ends.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
});
