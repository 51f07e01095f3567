import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { root, SetupFault, step } from "./terminal.mjs";
import { loadTypeScript } from "./typescript.mjs";

/** Finds a Chromium or fetches one: Playwright's own, or on Debian as root the system's. */
export async function ensureBrowser() {
  const { findChromium } = await loadTypeScript("e2e/fixtures/chromium.ts");
  if (lookFor(findChromium)) return;
  const own = path.join(root, "node_modules", "@playwright", "test", "cli.js");
  await step("Asking Playwright for a Chromium (once)", async () =>
    quietly(process.execPath, [own, "install", "chromium"]),
  );
  if (lookFor(findChromium)) return;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const packages = ["--no-install-recommends", "chromium", "fonts-noto-cjk"];
    await step("Asking Debian for a Chromium (once)", async () => {
      quietly("apt-get", ["update"]);
      quietly("apt-get", ["install", "-y", ...packages]);
    });
    if (lookFor(findChromium)) return;
  }
  throw new SetupFault(
    "The browser tests need a Chromium, and none could be had: install one ('apt-get install chromium fonts-noto-cjk', or 'npx playwright install chromium'), or name yours in PLAYWRIGHT_CHROMIUM.",
  );
}

function lookFor(findChromium) {
  try {
    return findChromium() !== null;
  } catch (error) {
    throw new SetupFault(error.message);
  }
}

function quietly(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { cwd: root, stdio: "ignore", env, timeout: 10 * 60_000 }).status === 0;
}
