import { afterAll, beforeAll, expect, it } from "vitest";
import { calendarDay } from "@/lib/kernel/calendar";
import { newId } from "@/lib/kernel/id";
import { makeCustomer } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { recordReminders } from "./record-reminders";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

it("counts a stage once, whichever worker recorded it", async () => {
  const { customerId } = await makeCustomer(world);
  const today = calendarDay(world.clock.now(), world.timeZone);
  const stages = [-3, 0].map((stage) => ({
    customerId,
    kind: "invoice_due" as const,
    subjectId: newId(),
    stage,
  }));
  const counts = await Promise.all([1, 2, 3].map(() => recordReminders(world, today, stages)));
  expect(counts.reduce((total, count) => total + count, 0)).toBe(2);
  expect(await recordReminders(world, today, stages)).toBe(0);
});
