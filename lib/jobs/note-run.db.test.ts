import { afterAll, beforeAll, expect, test } from "vitest";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { noteEnd, noteStart } from "./note-run";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

test("a job's last run is kept: when it began, when it ended, and why it failed until it does not", async () => {
  const { jobs, clock } = world;
  const job = { name: "renew", everySeconds: 60 };
  const read = async () => (await jobs.sql`select * from job_runs`)[0];
  const first = clock.now();
  await noteStart(jobs, job, first);
  expect(await read()).toMatchObject({ name: "renew", every_seconds: 60, started_at: first, ended_at: null });
  await noteEnd(jobs, job.name, `no connection ${"x".repeat(1000)}`, first);
  expect(await read()).toMatchObject({
    failed_at: first,
    message: expect.stringMatching(/^no connection x/),
  });
  clock.advance(60_000);
  await noteStart(jobs, job, clock.now());
  expect(await read()).toMatchObject({ started_at: clock.now(), ended_at: first, failed_at: first });
  await noteEnd(jobs, job.name, null, clock.now());
  expect(await read()).toMatchObject({ ended_at: clock.now(), failed_at: null, message: null });
});
