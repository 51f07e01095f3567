import path from "node:path";
import { freePort } from "@/db/embedded";
import { migrate } from "@/db/migrate";
import { ensureBuilt, nextProgram } from "./build";
import { runToEnd, type Supervised, supervise } from "./child";
import { ensureDatabase, migrateTheirs, reachDatabase, startOwnServer } from "./database";
import { environment, type LocalParts, type Plan, planFrom, refuseWrongSettings } from "./plan";
import { keepPorts, keptPorts, keptSecrets, lockState, openStateDir, type Secrets } from "./state";

export interface PortalOptions {
  readonly root: string;
  /** Holds the embedded database, secrets, ports and logs. */
  readonly stateDir: string;
  /** As given from outside; what it does not name is started here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hot reload instead of a production build. */
  readonly dev: boolean;
  /** false for tests, whose database may be lost with the machine. */
  readonly durable: boolean;
  readonly say: (line: string) => void;
  readonly step: <T>(what: string, work: () => Promise<T>) => Promise<T>;
  /** Ends a start that is under way. */
  readonly signal: AbortSignal;
}

export interface Portal {
  readonly plan: Plan;
  /** What every process was given. */
  readonly environment: NodeJS.ProcessEnv;
  /** Where the mail is caught, if it is. */
  readonly mailbox: string | null;
  /** For tests that kill: a process is started again under the same name. */
  pidOf(name: string): number | undefined;
  stop(): Promise<void>;
}

/** Everything that was started, ended in the order in which others depend on it. */
class Running {
  readonly #stops: (() => Promise<void>)[] = [];
  readonly children = new Map<string, Supervised>();

  add(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  async stop(): Promise<void> {
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) await stop();
  }
}

/**
 * Starts the whole portal: database, local Stripe and mailbox where no real ones are named, worker and web.
 * Throws a SetupFault, SettingsError or EmbeddedError for what a person can mend, with everything stopped again.
 */
export async function startPortal(options: PortalOptions): Promise<Portal> {
  const port = options.env.PORT?.trim() === "0" ? await freePort() : undefined;
  const env = port === undefined ? options.env : { ...options.env, PORT: String(port) };
  const plan = planFrom(env);
  openStateDir(options.stateDir);
  const secrets = keptSecrets(options.stateDir);
  refuseWrongSettings(env, plan, secrets);
  const running = new Running();
  const lock = await lockState(options.stateDir, plan.address);
  running.add(async () => lock.release());
  try {
    return await startParts({ ...options, env }, plan, secrets, running);
  } catch (error) {
    await running.stop();
    throw error;
  }
}

async function startParts(
  options: PortalOptions,
  plan: Plan,
  secrets: Secrets,
  running: Running,
): Promise<Portal> {
  const { signal } = options;
  const ports = await choosePorts(options.stateDir);
  const complete = (databaseUrl: string | null): NodeJS.ProcessEnv => {
    const local: LocalParts = { databaseUrl, ...ports };
    return environment(options.env, plan, secrets, local);
  };
  const building = buildUnlessDev(options, complete("postgres://127.0.0.1/mallard"));
  const prepared = await prepareData(options, plan, complete, running).catch(async (error: unknown) => {
    await building.cancel();
    throw error;
  });
  await building.done;
  signal.throwIfAborted();
  const env = complete(prepared);
  await startFrontParts(options, plan, env, running);
  const mailbox = plan.localMail ? `http://127.0.0.1:${ports.mailboxPort}` : null;
  return {
    plan,
    environment: env,
    mailbox,
    pidOf: (name) => running.children.get(name)?.pid(),
    stop: () => running.stop(),
  };
}

async function choosePorts(stateDir: string) {
  const kept = keptPorts(stateDir);
  const stripePort = await freePort(kept.stripe);
  const mailPort = await freePort(kept.mail);
  const mailboxPort = await freePort(kept.mailbox);
  keepPorts(stateDir, { stripe: stripePort, mail: mailPort, mailbox: mailboxPort });
  return { stripePort, mailPort, mailboxPort };
}

/** Beside the database's preparation: on a fresh machine both take long, and neither needs the other. */
function buildUnlessDev(options: PortalOptions, env: NodeJS.ProcessEnv) {
  const canceled = new AbortController();
  const signal = AbortSignal.any([options.signal, canceled.signal]);
  const done = options.dev
    ? Promise.resolve()
    : ensureBuilt({ ...options, env, signal, logDir: logDir(options) });
  done.catch(() => undefined);
  const cancel = async () => {
    canceled.abort();
    await done.catch(() => undefined);
  };
  return { done, cancel };
}

/** Returns the address of the database that the portal works in, migrated, and in the demo seeded. */
async function prepareData(
  options: PortalOptions,
  plan: Plan,
  complete: (databaseUrl: string | null) => NodeJS.ProcessEnv,
  running: Running,
): Promise<string | null> {
  const { signal, say, step } = options;
  if (!plan.embeddedDatabase) {
    const url = options.env.DATABASE_URL ?? "";
    await reachDatabase(url);
    signal.throwIfAborted();
    await step("Database migrated", () => migrateTheirs(url));
    await startBackParts(options, plan, complete(null), running);
    return null;
  }
  const server = await step("Database started", () => startOwnServer(options.stateDir, options.durable, say));
  running.add(() => server.stop());
  signal.throwIfAborted();
  await startBackParts(options, plan, complete(server.url), running);
  const url = await ensureDatabase(server.url, `mallard_${plan.world}`, async (unfinished) => {
    await migrate(unfinished);
    if (plan.world === "demo") await seed(options, complete(unfinished));
  });
  await migrate(url);
  return url;
}

async function seed(options: PortalOptions, env: NodeJS.ProcessEnv): Promise<void> {
  options.say("Making the demo world (once) …");
  await options.step("Demo world made", () =>
    runToEnd(
      { ...child(options, "seed", env), args: ["--import", "tsx", "lib/commands/setup/seed-demo.ts"] },
      options.signal,
    ),
  );
  options.signal.throwIfAborted();
}

/** What the web and the worker talk to. */
async function startBackParts(
  options: PortalOptions,
  plan: Plan,
  env: NodeJS.ProcessEnv,
  running: Running,
): Promise<void> {
  const parts: Promise<void>[] = [];
  if (plan.localStripe) {
    const stripe = { ...child(options, "stripe", env), args: ["--import", "tsx", "lib/sandbox/main.ts"] };
    parts.push(startChild(running, options, stripe, () => answers(env.STRIPE_API_BASE)));
  }
  if (plan.localMail) {
    const mailbox = {
      ...child(options, "mailbox", env),
      args: ["--import", "tsx", "lib/sandbox/mailbox/main.ts"],
    };
    parts.push(startChild(running, options, mailbox, () => answers(env.MALLARD_MAILBOX_URL)));
  }
  await allOrFirstFault(parts);
}

/** Waits for all even if one fails: what is still on its way must not be left behind when the rest is stopped. */
async function allOrFirstFault(parts: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(parts);
  const fault = ends.find((end) => end.status === "rejected");
  if (fault !== undefined) throw fault.reason;
}

async function startFrontParts(
  options: PortalOptions,
  plan: Plan,
  env: NodeJS.ProcessEnv,
  running: Running,
): Promise<void> {
  const next = [
    nextProgram(options.root),
    options.dev ? "dev" : "start",
    "-H",
    "127.0.0.1",
    "-p",
    String(plan.port),
  ];
  const web = {
    ...child(options, "web", { ...env, NODE_ENV: options.dev ? "development" : "production" }),
    args: next,
    show: options.dev ? ("all" as const) : ("errors" as const),
  };
  const worker = { ...child(options, "worker", env), args: ["--import", "tsx", "lib/jobs/main.ts"] };
  await allOrFirstFault([
    startChild(running, options, worker, async () => true),
    options.step("Web server started", () =>
      startChild(running, options, web, () => answers(`http://127.0.0.1:${plan.port}/api/health`)),
    ),
  ]);
}

function child(options: PortalOptions, name: string, env: NodeJS.ProcessEnv) {
  return { name, cwd: options.root, env, logDir: logDir(options), show: "errors" as const, say: options.say };
}

function logDir(options: PortalOptions): string {
  return path.join(options.stateDir, "logs");
}

async function startChild(
  running: Running,
  options: PortalOptions,
  spec: Omit<Parameters<typeof supervise>[0], "isReady" | "signal">,
  isReady: () => Promise<boolean>,
): Promise<void> {
  const started = await supervise({ ...spec, isReady, signal: options.signal });
  running.children.set(started.name, started);
  running.add(() => started.stop());
}

/** Any answer will do: what it says is the part's own business. */
async function answers(url: string | undefined): Promise<boolean> {
  if (url === undefined) return true;
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
