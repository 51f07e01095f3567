import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type DemoStage, openDemoStage } from "@/lib/testing/demo-days/demo-stage";
import { giveBalance, makeActiveService, makeCustomer, makePlan } from "@/lib/testing/fixtures";
import { jobs } from "./jobs";
import { moveTime } from "./time-machine";
import { startTimeMachine } from "./time-machine-server";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function ask(url: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}${path}`, { method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

describe("the time machine", () => {
  let scene: DemoStage;

  beforeAll(async () => {
    scene = await openDemoStage(inject("testServerUrl"), 1);
  });

  afterAll(() => scene.close());

  it("is moved by the portal's own server, and by no page in a browser", async () => {
    const machine = await startTimeMachine(scene.movable, 0);
    const before = scene.world.clock.now();
    const foreign: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: machine.url },
      { "sec-fetch-site": "cross-site" },
      { host: "evil.example" },
    ];
    for (const headers of foreign) {
      for (const path of ["/day", "/week", "/event"]) expect(await ask(machine.url, path, headers)).toBe(403);
    }
    expect(machine.isMoving()).toBe(false);
    expect(scene.world.clock.now()).toEqual(before);
    expect((await fetch(machine.url)).status).toBe(200);
    expect(await ask(machine.url, "/nowhere", {})).toBe(404);
    await machine.close();
  });

  it("shows a shortfall, and the money that mends it, as the jobs would have come to them", async () => {
    const { world, movable } = scene;
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const [before] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
    const told = await moveTime(movable, "event");
    expect(told.happened).toContainEqual({ verb: "invoice_issued", count: 1 });
    expect(told.mails).toBe(0);
    // Seven days ahead, and found by the run of that hour.
    const aheadMs = before?.expires_at.getTime() - told.to.getTime();
    expect(Math.abs(aheadMs - 7 * dayMs)).toBeLessThanOrEqual(2 * hourMs);
    const reminded = await moveTime(movable, "event");
    expect(reminded.mails).toBe(1);
    expect(reminded.to.getUTCHours()).toBe(9);
    await giveBalance(world, customer, 1_000n);
    const mended = await moveTime(movable, "day");
    expect(mended.to.getTime() - mended.from.getTime()).toBe(dayMs);
    const [after] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
    expect(after?.expires_at.getTime() - before?.expires_at.getTime()).toBeGreaterThan(27 * dayMs);
    expect(mended.booksBalance).toBe(true);
    // The desk calls a job late that could have run three times since.
    const late = await world.jobs.sql`
      select name from job_runs where ended_at < ${world.clock.now()}::timestamptz - 3 * every_seconds * interval '1 second'`;
    expect(late.map(({ name }) => name)).toEqual([]);
    const ran = (await world.jobs.sql`select name from job_runs`).map(({ name }) => name);
    expect(ran).toEqual(expect.arrayContaining(jobs.map(({ name }) => name)));
  }, 240_000);
});
