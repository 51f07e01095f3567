import { expect, inject, test } from "vitest";
import { pollFees } from "@/lib/billing/payment/poll-fees";
import { pollPayments } from "@/lib/billing/payment/poll-payments";
import { simulate } from "./simulate";

const serverUrl = inject("testServerUrl");
const timeout = 240_000;

test("a portal with faults ends without a violation, and its seed replays it step by step", {
  timeout,
}, async () => {
  const first = await simulate({ serverUrl, seed: 4001, steps: 60 });
  expect(first.violations).toEqual([]);
  expect(first.faults.total()).toBeGreaterThan(0);
  const again = await simulate({ serverUrl, seed: 4001, steps: 60, stepsOnly: true });
  expect(again.digest).toBe(first.digest);
});

test("the links of mails pay, for whoever reads them, and not from every balance", { timeout }, async () => {
  const wished = ["pay by a mail's link", "pay by a mail's link: two clicks at once"];
  const only = [...wished, "worker: days go by"];
  const simulated = await simulate({ serverUrl, seed: 4003, steps: 20, only, stepsOnly: true });
  expect(simulated.violations).toEqual([]);
  expect(Object.keys(simulated.operations.counts())).toEqual(expect.arrayContaining(wished));
});

test("a wrong row that somebody else wrote makes the run fail", { timeout }, async () => {
  const simulated = await simulate({
    serverUrl,
    seed: 4002,
    steps: 60,
    plant: async ({ owner }, step) => {
      if (step === 20) await owner`update balances set posted_minor = posted_minor + 1`;
    },
  });
  expect(simulated.violations.map(({ rule }) => rule)).toContain(
    "1 balances equal their transfers: posted, held and sequence are what the transfers say, without a gap",
  );
  expect(simulated.steps).toBeLessThan(60);
});

test("a charge that is booked and that Stripe does not know makes the run fail, though the books balance", {
  timeout,
}, async () => {
  const steps = 60;
  const simulated = await simulate({
    serverUrl,
    seed: 4004,
    steps,
    plant: async ({ control, world }, step) => {
      if (step !== steps) return;
      // What Stripe has said of payments and fees is booked; else they would be waited for without end.
      await control.clearFaults();
      world.clock.advance(3_600_000);
      await control.webhooksIdle();
      await pollPayments(world, 1_000);
      await pollFees(world, 1_000);
      await control.reset();
    },
  });
  expect(simulated.violations.map(({ rule }) => rule)).toContain(
    "nothing is booked that Stripe did not take",
  );
});
