import { expect, inject, test } from "vitest";
import { simulateMonths } from "./simulate-months";

test("weeks of a host with crashes and lost webhooks: every term once, and what was told is what happened", {
  timeout: 240_000,
}, async () => {
  const serverUrl = inject("testServerUrl");
  const months = await simulateMonths({ serverUrl, seed: 1, services: 24, days: 45 });
  expect(months.violations).toEqual([]);
  expect(months.faults.total()).toBeGreaterThan(0);
});
