import { rm } from "node:fs/promises";
import { freePort, freePorts } from "@/db/embedded";
import { ensureLogins, type LoginUrls } from "@/db/logins";
import { migrate } from "@/db/migrate";
import { ensureBuilt } from "./build";
import { runToEnd } from "./child";
import { ensureDatabase, hasDatabase, migrateTheirs, reachDatabase, startOwnServer } from "./database";
import { keepSecret } from "./keep-secret";
import { keepTimeZone } from "./keep-time-zone";
import {
  clockFile,
  logDir,
  type PartPorts,
  partData,
  Running,
  type Start,
  startBackParts,
  startFrontParts,
  typeScriptChild,
} from "./parts";
import { environment, type Plan, planFrom, refuseWrongSettings } from "./plan";
import { keepPorts, keptPorts, keptSecrets, lockState, openStateDir } from "./state";

export interface PortalOptions {
  readonly root: string;
  /** Holds the embedded database, secrets, ports and logs. */
  readonly stateDir: string;
  /** As given from outside; what it does not name is started here. PORT 0 is any free one. */
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
  /** The demo's control panel; null elsewhere. */
  readonly panel: string | null;
  /** For tests that kill web, worker, stripe, mailbox or panel: each is started again under its name. */
  pidOf(name: string): number | undefined;
  stop(): Promise<void>;
}

type Complete = (databaseUrl: string | null, logins?: LoginUrls | null) => NodeJS.ProcessEnv;

/**
 * Starts the whole portal: database, local Stripe and mailbox where no real ones are named, worker and web.
 * Throws a SetupFault, SettingsError or EmbeddedError for what a person can mend, with everything stopped again.
 */
export async function startPortal(options: PortalOptions): Promise<Portal> {
  const anyPort = options.env.PORT?.trim() === "0";
  const env = anyPort ? { ...options.env, PORT: String(await freePort()) } : options.env;
  const plan = planFrom(env);
  openStateDir(options.stateDir);
  const secrets = keptSecrets(options.stateDir);
  refuseWrongSettings(env, plan, secrets);
  const running = new Running();
  const lock = await lockState(options.stateDir, plan.address);
  running.add("lock", async () => lock.release());
  try {
    const ports = await choosePorts(options.stateDir, plan.port);
    const start: Start = { ...options, plan, ports, running, panelSecret: secrets.panelSecret };
    const complete: Complete = (databaseUrl, logins = null) =>
      environment(env, plan, secrets, { databaseUrl, logins, ...ports, clockFile: clockFile(start) });
    const given = await startParts(start, options, complete);
    return {
      plan,
      environment: given,
      mailbox: plan.localMail ? `http://127.0.0.1:${ports.mailboxPort}` : null,
      panel: given.MALLARD_PANEL_URL ?? null,
      pidOf: (name) => running.children.get(name)?.pid(),
      stop: () => running.stop(),
    };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

async function choosePorts(stateDir: string, webPort: number): Promise<PartPorts> {
  const kept = keptPorts(stateDir);
  const preferred = [kept.stripe, kept.mail, kept.mailbox, kept.timeMachine, kept.panel, kept.database];
  const [stripe = 0, mail = 0, mailbox = 0, timeMachine = 0, panel = 0, database = 0] = await freePorts(
    preferred,
    [webPort],
  );
  keepPorts(stateDir, { stripe, mail, mailbox, timeMachine, panel, database });
  return {
    stripePort: stripe,
    mailPort: mail,
    mailboxPort: mailbox,
    timeMachinePort: timeMachine,
    panelPort: panel,
    databasePort: database,
  };
}

async function startParts(
  start: Start,
  options: PortalOptions,
  complete: Complete,
): Promise<NodeJS.ProcessEnv> {
  if (!start.plan.embeddedDatabase) await reachDatabase(complete(null).DATABASE_URL ?? "");
  start.signal.throwIfAborted();
  // The build needs no database, and is not given the real one's password.
  const building = buildUnlessDev(start, complete(placeholder(start.plan)));
  let env: NodeJS.ProcessEnv;
  try {
    env = start.plan.embeddedDatabase
      ? await prepareOurs(start, options.durable, complete)
      : await prepareTheirs(start, complete);
  } catch (error) {
    await building.cancel();
    throw error;
  }
  await building.done;
  start.signal.throwIfAborted();
  await startFrontParts(start, env);
  return env;
}

function placeholder(plan: Plan): string {
  return `postgres://127.0.0.1/mallard_${plan.world}`;
}

/** Beside the database's preparation: on a fresh machine both take long, and neither needs the other. */
function buildUnlessDev(start: Start, env: NodeJS.ProcessEnv) {
  const canceled = new AbortController();
  const signal = AbortSignal.any([start.signal, canceled.signal]);
  const done = start.dev ? Promise.resolve() : ensureBuilt({ ...start, env, signal, logDir: logDir(start) });
  done.catch(() => undefined);
  const cancel = async () => {
    canceled.abort();
    await done.catch(() => undefined);
  };
  return { done, cancel };
}

async function prepareTheirs(start: Start, complete: Complete): Promise<NodeJS.ProcessEnv> {
  const env = complete(null);
  const url = env.DATABASE_URL ?? "";
  await start.step("Migrating the database", () => migrateTheirs(url));
  await keepTimeZone(url, timeZoneIn(env));
  await keepSecret(url, {
    nextauthSecret: env.NEXTAUTH_SECRET ?? "",
    nextauthSecretBefore: env.NEXTAUTH_SECRET_PREVIOUS?.trim() || null,
  });
  await startBackParts(start, env);
  const logins = await ensureLogins(url);
  const given = complete(null, logins);
  if (given.DATABASE_APP_URL === undefined) {
    start.say(
      "The user of DATABASE_URL may make no logins: every process uses it and takes a role (db/README.md).",
    );
  }
  return given;
}

/** One database for each world in the embedded server; the demo's is there only once it is wholly seeded. */
async function prepareOurs(start: Start, durable: boolean, complete: Complete): Promise<NodeJS.ProcessEnv> {
  const { plan, running, step } = start;
  const server = await step("Starting the database", () =>
    startOwnServer(start, durable, start.ports.databasePort),
  );
  running.add("database", () => server.stop());
  start.signal.throwIfAborted();
  const name = `mallard_${plan.world}`;
  if (!(await hasDatabase(server.url, name))) {
    // A Stripe and a mailbox that remember another database, or half of this one, would contradict it.
    await rm(partData(start, "stripe"), { recursive: true, force: true });
    await rm(partData(start, "mailbox"), { recursive: true, force: true });
    await rm(clockFile(start), { force: true });
  }
  await startBackParts(start, complete(server.url));
  const url = await ensureDatabase(server.url, name, async (unfinished) => {
    await migrate(unfinished);
    if (plan.world === "demo") await seed(start, complete(unfinished, await ensureLogins(unfinished)));
  });
  start.signal.throwIfAborted();
  await migrate(url);
  const env = complete(url, await ensureLogins(url));
  await keepTimeZone(url, timeZoneIn(env));
  return env;
}

function timeZoneIn(env: NodeJS.ProcessEnv): string {
  return env.MALLARD_TIME_ZONE?.trim() || "UTC";
}

async function seed(start: Start, env: NodeJS.ProcessEnv): Promise<void> {
  const child = typeScriptChild(start, "seed", "lib/commands/setup/seed-demo.ts", {
    ...env,
    PANEL_SECRET: start.panelSecret,
  });
  await start.step("Making the demo world (once)", () => runToEnd(child, start.signal));
}
