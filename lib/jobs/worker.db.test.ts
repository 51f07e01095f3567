import { expect, it, onTestFinished, vi } from "vitest";
import { renewalsRequested } from "@/lib/billing/renewal/run-requested";
import { createMailer } from "@/lib/mail/mailer";
import { createTestDatabase } from "@/lib/testing/database";
import { openTestWorld } from "@/lib/testing/world";
import { checkSetup } from "../webhook/check-setup";
import type { WorkerTools } from "./jobs";
import { startTimeMachine } from "./time-machine-server";
import { startWorker } from "./worker";

const patient = { timeout: 20_000 };

it("rests while the time machine moves the clock, whatever wakes it, and works again afterwards", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const world = openTestWorld({ url: database.url });
  onTestFinished(() => world.close());
  const mailer = createMailer({ smtpUrl: "smtp://127.0.0.1:9", mailFrom: "a@ducky.example" });
  const host = { name: "Ducky Cloud", url: world.portalUrl };
  const toolsWith = (process: () => Promise<number>): WorkerTools => ({
    ...{ world, mailer, host },
    events: { process, readBack: async () => 0, checkSetup },
  });
  // The move stands in its first hour until it is let go, and then ends by a fault.
  let letGo = () => {};
  let isUnderWay = () => {};
  const underWay = new Promise<void>((resolve) => {
    isUnderWay = resolve;
  });
  const stuck = toolsWith(
    () =>
      new Promise((_, reject) => {
        letGo = () => reject(new Error("let go"));
        isUnderWay();
      }),
  );
  const movable = { tools: stuck, advance: (ms: number) => world.clock.advance(ms), stripe: null };
  const machine = await startTimeMachine(movable, 0);
  onTestFinished(() => machine.close());
  await fetch(`${machine.url}/day`, { method: "POST" });
  await underWay;

  const asked = vi.fn(machine.isMoving);
  const worker = await startWorker(
    toolsWith(async () => 0),
    database.url,
    asked,
  );
  onTestFinished(() => worker.stop());
  const wake = () => world.jobs.sql`select pg_notify(${renewalsRequested}, '')`;
  const ran = async () => (await world.jobs.sql`select name from job_runs`).map(({ name }) => name);
  await wake();
  await vi.waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(1), patient);
  expect(asked.mock.results.map(({ value }) => value)).not.toContain(false);
  expect(await ran()).toEqual([]);

  letGo();
  await vi.waitFor(() => expect(machine.isMoving()).toBe(false), patient);
  await wake();
  await vi.waitFor(async () => expect(await ran()).toContain("renew-requested"), patient);
});
