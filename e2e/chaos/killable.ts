import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";

export interface KillableSpec {
  readonly name: string;
  /** The TypeScript file that it runs. */
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly root: string;
  readonly logDir: string;
  isReady(): Promise<boolean>;
}

const followParent = "lib/commands/setup/follow-parent.mjs";

/** A process of the portal that is killed again and again, and started again each time. */
export class Killable {
  kills = 0;
  #child: ChildProcess | null = null;
  #isStopping = false;
  readonly #spec: KillableSpec;

  constructor(spec: KillableSpec) {
    this.#spec = spec;
  }

  get name(): string {
    return this.#spec.name;
  }

  async start(): Promise<void> {
    this.#spawn();
    await this.ready();
  }

  async ready(): Promise<void> {
    while (!(await this.#spec.isReady())) await pause(50);
  }

  /** kill -9, wherever it stands; it is started again at once. */
  kill(): void {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.kills += 1;
    this.#child.kill("SIGKILL");
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  #spawn(): void {
    const { name, file, env, root, logDir } = this.#spec;
    mkdirSync(logDir, { recursive: true });
    const log = createWriteStream(path.join(logDir, `${name}.log`), { flags: "a" });
    const child = spawn(
      process.execPath,
      ["--import", path.join(root, followParent), "--import", "tsx", file],
      {
        cwd: root,
        env: { ...env, FOLLOWS_PROCESS: String(process.pid) },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      },
    );
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.once("exit", () => {
      log.end();
      if (!this.#isStopping) this.#spawn();
    });
    this.#child = child;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * postgres.js asks for the array types of each new connection in a promise that nobody can catch. Whoever is to outlive
 * a database that is killed at that moment overlooks it, as Next's server does.
 */
export function outliveLostConnections(): void {
  process.on("unhandledRejection", (error: { code?: unknown } | undefined) => {
    const code = String(error?.code);
    if (!code.startsWith("CONNECTION_") && !code.startsWith("ECONN") && !code.startsWith("57P0")) throw error;
  });
}
