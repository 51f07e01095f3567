import path from "node:path";
import { nextProgram } from "./build";
import { type ChildSpec, type Supervised, supervise } from "./child";
import type { Plan } from "./plan";

/** What every part of one start needs to know. */
export interface Start {
  readonly root: string;
  readonly stateDir: string;
  readonly dev: boolean;
  readonly plan: Plan;
  readonly ports: PartPorts;
  /** Of the demo's control panel, and of the endpoint that its seed registers. */
  readonly panelSecret: string;
  readonly running: Running;
  readonly say: (line: string) => void;
  readonly step: <T>(what: string, work: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

export interface PartPorts {
  readonly stripePort: number;
  readonly mailPort: number;
  readonly mailboxPort: number;
  readonly timeMachinePort: number;
  readonly panelPort: number;
  readonly databasePort: number;
}

/** What depends on what: each layer is ended, all of it at once, before the one below. */
const layers = ["lock", "database", "back", "front"] as const;
type Layer = (typeof layers)[number];

/** Everything that was started, to be ended in the opposite order. */
export class Running {
  readonly #stops: { layer: Layer; stop: () => Promise<void> }[] = [];
  readonly children = new Map<string, Supervised>();

  add(layer: Layer, stop: () => Promise<void>): void {
    this.#stops.push({ layer, stop });
  }

  async stop(): Promise<void> {
    const all = this.#stops.splice(0);
    for (const layer of layers.toReversed()) {
      await Promise.all(all.filter((one) => one.layer === layer).map(({ stop }) => stop()));
    }
  }
}

export function logDir(start: { stateDir: string }): string {
  return path.join(start.stateDir, "logs");
}

/** The directory of what belongs to the database's content: a world's Stripe and its mail. */
export function partData(start: Pick<Start, "stateDir" | "plan">, part: "stripe" | "mailbox"): string {
  return path.join(start.stateDir, `${part}-${start.plan.world}`);
}

/** How far the world's clock was moved; in the live world nothing makes it. */
export function clockFile(start: Pick<Start, "stateDir" | "plan">): string {
  return path.resolve(start.stateDir, `clock-${start.plan.world}`);
}

/** A TypeScript process of ours. */
export function typeScriptChild(start: Start, name: string, file: string, env: NodeJS.ProcessEnv): ChildSpec {
  return {
    name,
    args: ["--import", "tsx", file],
    cwd: start.root,
    env,
    logDir: logDir(start),
    show: "errors",
    say: start.say,
  };
}

/** What the web and the worker talk to, as far as no real one is named. */
export async function startBackParts(start: Start, env: NodeJS.ProcessEnv): Promise<void> {
  const { plan, ports, panelSecret } = start;
  const stripe = typeScriptChild(start, "stripe", "lib/sandbox/main.ts", {
    ...env,
    SANDBOX_PORT: String(ports.stripePort),
    SANDBOX_DATA: partData(start, "stripe"),
    SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${plan.port}/api/stripe/webhook`,
  });
  const mailbox = typeScriptChild(start, "mailbox", "lib/sandbox/mailbox/main.ts", {
    ...env,
    MAILBOX_SMTP_PORT: String(ports.mailPort),
    MAILBOX_HTTP_PORT: String(ports.mailboxPort),
    MAILBOX_DATA: partData(start, "mailbox"),
    // Only the demo's clock is ever moved.
    ...(env.MALLARD_CLOCK_FILE && { MAILBOX_CLOCK_FILE: env.MALLARD_CLOCK_FILE }),
  });
  const panel = typeScriptChild(start, "panel", "lib/sandbox/panel/main.ts", {
    ...env,
    PANEL_PORT: String(ports.panelPort),
    PANEL_SECRET: panelSecret,
  });
  await allOrFirstFault([
    ...(plan.world === "demo"
      ? [startPart(start, "back", panel, `http://127.0.0.1:${ports.panelPort}`)]
      : []),
    ...(plan.localStripe ? [startPart(start, "back", stripe, `http://127.0.0.1:${ports.stripePort}`)] : []),
    ...(plan.localMail ? [startPart(start, "back", mailbox, `http://127.0.0.1:${ports.mailboxPort}`)] : []),
  ]);
}

export async function startFrontParts(start: Start, env: NodeJS.ProcessEnv): Promise<void> {
  const { dev, plan } = start;
  const worker = typeScriptChild(start, "worker", "lib/commands/worker.ts", env);
  const web: ChildSpec = {
    ...worker,
    name: "web",
    // Without a host Next listens on every interface.
    args: [nextProgram(start.root), dev ? "dev" : "start", "-H", "127.0.0.1", "-p", String(plan.port)],
    // The owner's password is the worker's alone, for the queue of jobs.
    env: {
      ...env,
      ...(env.DATABASE_APP_URL && { DATABASE_URL: env.DATABASE_APP_URL }),
      NODE_ENV: dev ? "development" : "production",
    },
    show: dev ? "all" : "errors",
  };
  await allOrFirstFault([
    startPart(start, "front", worker, null),
    start.step("Starting the web server", () =>
      startPart(start, "front", web, `http://127.0.0.1:${plan.port}/api/health`),
    ),
  ]);
}

/** Waits for all even if one fails: what is still on its way must not be left behind when the rest is stopped. */
async function allOrFirstFault(parts: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(parts);
  const fault = ends.find((end) => end.status === "rejected");
  if (fault !== undefined) throw fault.reason;
}

/** Asked at an address until it answers; without one it says itself when it is ready. */
async function startPart(start: Start, layer: Layer, spec: ChildSpec, asked: string | null): Promise<void> {
  const isReady = asked === null ? null : () => answers(asked);
  const started = await supervise({ ...spec, isReady, signal: start.signal });
  start.running.children.set(started.name, started);
  start.running.add(layer, () => started.stop());
}

/** Any answer will do: what it says is the part's own business. */
async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
