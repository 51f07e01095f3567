import path from "node:path";
import { commandOf, parentOf } from "@/db/embedded-orphan";
import { type Portal, startPortal } from "./setup/portal";

export interface ServeOptions {
  readonly root: string;
  readonly dev: boolean;
  readonly say: (line: string) => void;
  readonly step: <T>(what: string, work: () => Promise<T>) => Promise<T>;
}

/** A second Ctrl-C within this time is the same one: npm passes on what the terminal has sent already. */
const sameKeypressMs = 1_500;
const parentPollMs = 2_000;

/** Runs the portal until it is told to stop, then leaves no process behind. Resolves with the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  const startedAt = Date.now();
  const stopped = listenForStop(options.say);
  let portal: Portal;
  try {
    portal = await startPortal({
      ...options,
      stateDir: path.join(options.root, ".mallard"),
      env: process.env,
      durable: true,
      signal: stopped,
    });
  } catch (error) {
    if (stopped.aborted) return 0;
    throw error;
  }
  if (!stopped.aborted) await announce(portal, options, startedAt);
  if (!stopped.aborted) await new Promise((resolve) => stopped.addEventListener("abort", resolve));
  await portal.stop();
  options.say("Stopped.");
  return 0;
}

function listenForStop(say: (line: string) => void): AbortSignal {
  const controller = new AbortController();
  let askedAt = 0;
  const stop = () => {
    if (controller.signal.aborted) {
      if (Date.now() - askedAt < sameKeypressMs) return;
      // Everything that was started notices that we are gone, and ends.
      process.exit(1);
    }
    askedAt = Date.now();
    say("\nStopping …");
    controller.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  stopWithNpm(stop);
  return controller.signal;
}

/** npm cannot pass on a kill -9; its child would stay behind. Started without npm, we may outlive a shell. */
function stopWithNpm(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined || process.platform === "win32") return;
  const shell = process.ppid;
  void (async () => {
    // Most shells stay between npm and us; some step aside.
    const direct = (await commandOf(shell))?.includes("npm") ?? false;
    const launcher = async () => (direct ? process.ppid : await parentOf(shell));
    const npm = await launcher();
    const watch = setInterval(async () => {
      if ((await launcher()) === npm) return;
      clearInterval(watch);
      stop();
    }, parentPollMs);
    watch.unref();
  })();
}

async function announce(portal: Portal, options: ServeOptions, startedAt: number): Promise<void> {
  const { plan } = portal;
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  options.say("");
  if (plan.world === "demo") {
    const { demoLogins, demoPassword } = await import("@/lib/testing/demo");
    const widest = Math.max(...demoLogins.map(({ email }) => email.length));
    options.say(`Ready: ${plan.address} – the password of all logins is ${demoPassword}:`);
    for (const { email, what } of demoLogins) options.say(`       ${email.padEnd(widest)}  ${what}`);
  } else {
    const { firstAdminLink } = await import("@/lib/auth/first-admin");
    const link = await firstAdminLink({
      databaseUrl: portal.environment.DATABASE_URL ?? "",
      baseUrl: plan.address,
    });
    const sentence = link === null ? "" : ` – the first admin signs in once with ${link}`;
    options.say(`Ready: ${plan.address}${sentence}`);
  }
  if (portal.mailbox !== null) options.say(`       ${portal.mailbox} shows the mail that the portal sends`);
  if (portal.panel !== null)
    options.say(`       ${portal.panel} is a host's control panel that hears of its services`);
  options.say(`       after ${seconds} s; Ctrl-C stops it, the logs are in .mallard/logs`);
}
