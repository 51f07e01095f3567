import { type ChildProcess, fork } from "node:child_process";
import { hkdfSync, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { initialise, makeOwner } from "./embedded-cluster";
import { EmbeddedError } from "./embedded-error";
import { clearOrphan } from "./embedded-orphan";
import { type Place, placeFor } from "./embedded-place";

export interface EmbeddedOptions {
  /** Where the cluster lives. As root, and if other users cannot enter it, it moves below /var/lib/mallard. */
  readonly dir: string;
  /** The port to prefer; without it the one used last. Another free one is taken if it is in use. */
  readonly port?: number;
  /** false switches fsync off: for tests only, whose data may be lost with the machine. */
  readonly durable: boolean;
  /** Is told when the server went away by itself and when it is back. */
  readonly onNotice?: (notice: string) => void;
}

export interface Embedded {
  /** Of the database "postgres", as the owner, with the password: makes databases and roles, and is no superuser. */
  readonly url: string;
  /** The same as the superuser, whom nothing stops: for tests, and what makes the owner. */
  readonly rootUrl: string;
  readonly port: number;
  /** Where data, log and password really are. */
  readonly place: string;
  /** The process id of the server as it is now: another one after a crash. */
  serverPid(): Promise<number>;
  /** Ends sessions, writes everything, and returns once the server is gone. */
  stop(): Promise<void>;
}

const owner = "mallard";
const root = "postgres";

/**
 * Starts the PostgreSQL that npm brought, on the loopback interface, making its cluster if there is none.
 * A keeper process holds the server: it restarts it after a crash and stops it when this process is gone,
 * however it went. What an earlier keeper could not clean up is found through postmaster.pid.
 * Throws an EmbeddedError for what a person can mend.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const place = await placeFor(path.resolve(options.dir));
  await clearOrphan(place);
  const password = await keptPassword(place);
  // Drawn one from the other, so that there is one file to keep.
  const rootPassword = Buffer.from(hkdfSync("sha256", password, "", "mallard embedded root 1", 24));
  await initialise(place, root, rootPassword.toString("base64url"), options.durable);
  const keptPort = path.join(place.dir, "port");
  const preferred = options.port ?? Number(await readFile(keptPort, "utf8").catch(() => "0"));
  const port = await freePort(preferred);
  await writeFile(keptPort, String(port), { mode: 0o600 });
  const keeper = await startKeeper(place, port, options);
  const urlOf = (user: string, secret: string) => `postgres://${user}:${secret}@127.0.0.1:${port}/postgres`;
  const rootUrl = urlOf(root, rootPassword.toString("base64url"));
  try {
    await makeOwner(rootUrl, owner, password);
  } catch (error) {
    await stopKeeper(keeper);
    throw error;
  }
  return {
    url: urlOf(owner, password),
    rootUrl,
    port,
    place: place.dir,
    serverPid: () => readServerPid(place),
    stop: () => stopKeeper(keeper),
  };
}

async function keptPassword(place: Place): Promise<string> {
  const file = path.join(place.dir, "password");
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept !== "") return kept;
  if (existsSync(path.join(place.data, "PG_VERSION"))) {
    throw new EmbeddedError(
      `The password file ${file} of the embedded database cannot be read: run as the user who made it, or remove ${place.dir} to begin anew.`,
    );
  }
  await mkdir(place.dir, { recursive: true });
  const password = randomBytes(24).toString("base64url");
  await rm(file, { force: true });
  await writeFile(file, password, { mode: 0o600 });
  await chmod(file, 0o600);
  return password;
}

/** The preferred port of the loopback interface if it is free, else any free one. */
export async function freePort(preferred = 0): Promise<number> {
  const [port = 0] = await freePorts([preferred]);
  return port;
}

/**
 * As many, each its preferred one if that is free. All are held until the last is found: one that is given back at once may
 * be had again, and two parts of a portal would be told the same, and keep it. Never one of those that are `taken`.
 */
export async function freePorts(
  preferred: readonly (number | undefined)[],
  taken: readonly number[] = [],
): Promise<number[]> {
  const held: Server[] = [];
  try {
    const ports: number[] = [];
    for (const wish of preferred) {
      let port: number | null = null;
      for (const candidate of wish ? [wish, 0, 0] : [0, 0]) {
        port ??= await hold(candidate, held, taken);
      }
      if (port === null) {
        throw new EmbeddedError(
          "No free port can be had on 127.0.0.1: check the limits of this machine's network.",
        );
      }
      ports.push(port);
    }
    return ports;
  } finally {
    await Promise.all(held.map((probe) => new Promise((closed) => probe.close(closed))));
  }
}

/** Null if it is not to be had. */
function hold(candidate: number, held: Server[], taken: readonly number[]): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(null));
    probe.listen(candidate, "127.0.0.1", () => {
      held.push(probe);
      const { port } = probe.address() as AddressInfo;
      resolve(taken.includes(port) ? null : port);
    });
  });
}

/** What the keeper is told; it is plain JavaScript, so that it starts at once and needs no loader. */
interface KeeperOrders {
  readonly server: string;
  readonly args: readonly string[];
  readonly data: string;
  readonly cwd: string;
  readonly log: string;
  readonly uid?: number;
  readonly gid?: number;
}

type KeeperNews = { kind: "ready" } | { kind: "notice"; text: string } | { kind: "failed"; text: string };

async function startKeeper(place: Place, port: number, options: EmbeddedOptions): Promise<ChildProcess> {
  const orders: KeeperOrders = {
    server: path.join(place.bin, process.platform === "win32" ? "postgres.exe" : "postgres"),
    args: serverArguments(place, port, options.durable),
    data: place.data,
    cwd: place.dir,
    log: path.join(place.dir, "postgres.log"),
    ...place.runAs,
  };
  // Detached, so that Ctrl-C in a terminal reaches the keeper only through us, after its clients are gone.
  const keeper = fork(fileURLToPath(new URL("./embedded-keeper.mjs", import.meta.url)), [place.data], {
    detached: true,
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  keeper.send(orders);
  await new Promise<void>((resolve, reject) => {
    keeper.on("message", (news: KeeperNews) => {
      if (news.kind === "ready") return resolve();
      if (news.kind === "failed") reject(new EmbeddedError(news.text));
      options.onNotice?.(news.text);
    });
    keeper.once("exit", () =>
      reject(new EmbeddedError("The keeper of the embedded database ended at once.")),
    );
  });
  keeper.unref();
  keeper.channel?.unref();
  return keeper;
}

function serverArguments(place: Place, port: number, durable: boolean): string[] {
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    timezone: "UTC",
    log_timezone: "UTC",
    log_checkpoints: "off",
    client_encoding: "UTF8",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return [
    "-D",
    place.data,
    "-p",
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

async function readServerPid(place: Place): Promise<number> {
  const lines = (await readFile(path.join(place.data, "postmaster.pid"), "utf8")).split("\n");
  return Number(lines[0]);
}

async function stopKeeper(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  keeper.ref();
  const gone = new Promise<void>((resolve) => keeper.once("exit", () => resolve()));
  if (keeper.connected) keeper.disconnect();
  await gone;
}
