import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { type Portal, startPortal } from "@/lib/commands/setup/portal";

// A portal of its own: moving the clock of the one that all other tests share would disturb them.

let portal: Portal;
let stateDir: string;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  stateDir = await mkdtemp(path.join(tmpdir(), "mallard-time-"));
  await chmod(stateDir, 0o711);
  const none = [
    "DATABASE_URL",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "SMTP_URL",
    "MALLARD_URL",
    "MALLARD_WORLD",
  ];
  portal = await startPortal({
    root: process.cwd(),
    stateDir,
    env: { ...process.env, ...Object.fromEntries(none.map((name) => [name, ""])), PORT: "0" },
    dev: false,
    durable: false,
    say: () => {},
    step: (_what, work) => work(),
    signal: new AbortController().signal,
  });
});

test.afterAll(async () => {
  await portal?.stop();
  await rm(stateDir, { recursive: true, force: true });
});

test("the demo's clock moves on by a day, and what happened is told", async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto(`${portal.plan.address}/time-machine`);
  await expect(page.getByRole("heading", { name: "Time machine" })).toBeVisible();
  const clock = page.getByRole("region", { name: "It is now" }).getByRole("time");
  const before = new Date((await clock.getAttribute("datetime")) ?? "");
  await page.getByRole("button", { name: "Move the clock on by a day" }).click();
  await expect(page.getByRole("heading", { name: "What happened meanwhile" })).toBeVisible({
    timeout: 180_000,
  });
  await expect(page.getByText("The books balance.")).toBeVisible();
  const after = new Date((await clock.getAttribute("datetime")) ?? "");
  const hours = (after.getTime() - before.getTime()) / 3_600_000;
  expect(Math.floor(hours)).toBe(24);
  await page.screenshot({ path: "e2e/results/looks/time-machine-passed-desktop.png", fullPage: true });
});
