import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type DemoStage, openDemoStage } from "@/lib/testing/demo-days/demo-stage";
import { giveBalance, makeActiveService, makeCustomer, makePlan } from "@/lib/testing/fixtures";
import { moveTime } from "./time-machine";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe("the time machine", () => {
  let scene: DemoStage;

  beforeAll(async () => {
    scene = await openDemoStage(inject("testServerUrl"), 1);
  });

  afterAll(() => scene.close());

  it("shows a shortfall, and the money that mends it, as the jobs would have come to them", async () => {
    const { world, movable } = scene;
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const [before] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
    const told = await moveTime(movable, "event");
    expect(told.happened).toContainEqual({ verb: "invoice_issued", count: 1 });
    expect(told.mails).toBe(1);
    // Seven days ahead, and found by the run of that hour.
    const aheadMs = before?.expires_at.getTime() - told.to.getTime();
    expect(Math.abs(aheadMs - 7 * dayMs)).toBeLessThanOrEqual(2 * hourMs);
    await giveBalance(world, customer, 1_000n);
    const mended = await moveTime(movable, "day");
    expect(mended.to.getTime() - mended.from.getTime()).toBe(dayMs);
    const [after] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
    expect(after?.expires_at.getTime() - before?.expires_at.getTime()).toBeGreaterThan(27 * dayMs);
    expect(mended.booksBalance).toBe(true);
  }, 120_000);
});
