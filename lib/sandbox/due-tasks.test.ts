import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DueTasks } from "@/lib/sandbox/due-tasks";
import { Store } from "@/lib/sandbox/state/store";
import { VirtualClock } from "@/lib/sandbox/state/virtual-clock";
import { Deliveries } from "@/lib/sandbox/webhooks/deliveries";
import { World } from "@/lib/sandbox/world";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
});

test("what was not yet due when its timer came, a millisecond early, is done when it is", () => {
  const begin = Date.UTC(2026, 10, 30);
  let nowMs = begin;
  const world = new World(new Store(null), new VirtualClock({ now: () => new Date(nowMs) }));
  const due = new DueTasks(world, new Deliveries(world));
  world.store.transact(() => world.plan({ kind: "book_charge", dueMs: begin + 1000, charge: "ch_none" }));

  nowMs = begin + 999;
  vi.advanceTimersByTime(1000);
  expect(world.nextDueMs()).toBe(begin + 1000);

  nowMs = begin + 1000;
  vi.advanceTimersByTime(1);
  expect(world.nextDueMs()).toBeNull();
  due.stop();
});
