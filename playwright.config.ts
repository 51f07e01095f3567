import { defineConfig } from "@playwright/test";
import { launchOptions } from "./e2e/fixtures/chromium";

// There is no webServer here: the run starts the whole portal, with a database and a Stripe of its own.
export default defineConfig({
  testDir: "./e2e/specs",
  outputDir: "./e2e/results",
  globalSetup: "./e2e/fixtures/run.ts",
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    launchOptions: launchOptions(),
    locale: "en-GB",
    timezoneId: "UTC",
    // Recording every test for the few that fail costs a third of the run: `--trace on` for one that is looked into.
    trace: "off",
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1280, height: 800 } } },
    {
      name: "phone",
      // What can differ on a small touch screen; the rest is the same code on both.
      grep: /@phone|hosted-page.*(typed in|accessible)/,
      use: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
    },
  ],
});
