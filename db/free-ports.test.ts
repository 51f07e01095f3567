import { expect, test } from "vitest";
import { freePort, freePorts } from "./embedded";

test("ports that are chosen together differ, though the same one is preferred twice or is taken by another", async () => {
  const wish = await freePort();
  const ports = await freePorts([wish, wish, undefined, 0, wish]);
  expect(new Set(ports).size).toBe(5);
  expect(ports[0]).toBe(wish);
  expect(await freePorts([wish], [wish])).not.toContain(wish);
});
