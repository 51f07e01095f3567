import { createTestDatabase } from "./database";
import { openTestWorld, type TestWorld, type TestWorldOptions } from "./world";

/** A world over a database of its own; `close` drops that too. Call it once for each test file. */
export async function openOwnWorld(options: Omit<TestWorldOptions, "url"> = {}): Promise<TestWorld> {
  const database = await createTestDatabase();
  const world = openTestWorld({ ...options, url: database.url });
  return {
    ...world,
    close: async () => {
      await world.close();
      await database.drop();
    },
  };
}
