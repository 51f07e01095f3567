import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { commandOf } from "@/db/embedded-orphan";
import { SetupFault } from "./setup-fault";

/** What must not be made anew at each start: sessions would end and signatures fail. */
export interface Secrets {
  readonly nextauthSecret: string;
  readonly stripeSecretKey: string;
  readonly stripeWebhookSecret: string;
  /** What the demo's control panel checks events with. */
  readonly panelSecret: string;
}

/** Ports that rows of the database speak of (the hosted payment page), so they stay the same if they can. */
export interface Ports {
  readonly stripe?: number;
  readonly mail?: number;
  readonly mailbox?: number;
  readonly timeMachine?: number;
  readonly panel?: number;
  readonly database?: number;
}

/**
 * The directory that outlives a start, git-ignored; made here, and refused with a sentence if it cannot be. All in it is
 * closed to other users, also what an earlier build left open.
 */
export function openStateDir(dir: string): void {
  try {
    // Root's database server runs as another user, who has to pass through here, and closes its own part.
    const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
    mkdirSync(dir, { recursive: true, mode });
    chmodSync(dir, mode);
    for (const name of readdirSync(dir)) if (name !== "postgres") close(path.join(dir, name));
    const probe = path.join(dir, ".writable");
    closeSync(openSync(probe, "w"));
    rmSync(probe);
  } catch {
    throw new SetupFault(
      `The directory ${dir} cannot be written: start Mallard as its owner, or remove it to begin anew.`,
    );
  }
}

function close(place: string): void {
  const found = lstatSync(place);
  if (found.isSymbolicLink()) return;
  chmodSync(place, found.isDirectory() ? 0o700 : 0o600);
  if (found.isDirectory()) for (const name of readdirSync(place)) close(path.join(place, name));
}

/** Made once, readable by their owner alone. */
export function keptSecrets(dir: string): Secrets {
  const file = path.join(dir, "secrets.json");
  const kept = readJson<Partial<Secrets>>(file, {});
  const random = () => randomBytes(24).toString("hex");
  const secrets: Secrets = {
    nextauthSecret: kept.nextauthSecret ?? random(),
    stripeSecretKey: kept.stripeSecretKey ?? `sk_test_local${random()}`,
    stripeWebhookSecret: kept.stripeWebhookSecret ?? `whsec_local${random()}`,
    panelSecret: kept.panelSecret ?? `whsec_${randomBytes(32).toString("base64")}`,
  };
  if (JSON.stringify(kept) !== JSON.stringify(secrets)) {
    rmSync(file, { force: true });
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  }
  return secrets;
}

export function keptPorts(dir: string): Ports {
  return readJson<Ports>(path.join(dir, "ports.json"), {});
}

export function keepPorts(dir: string, ports: Ports): void {
  writeFileSync(path.join(dir, "ports.json"), JSON.stringify(ports), { mode: 0o600 });
}

export interface Lock {
  release(): void;
}

/** One start at a time in one state directory; what a killed one left behind is taken over. */
export async function lockState(dir: string, address: string): Promise<Lock> {
  const file = path.join(dir, "running.json");
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(file, JSON.stringify({ pid: process.pid, address }), { flag: "wx", mode: 0o600 });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const other = readJson<{ pid?: number; address?: string }>(file, {});
    const command = other.pid === undefined ? null : await commandOf(other.pid);
    if (other.pid !== process.pid && command?.includes("start.mjs")) {
      throw new SetupFault(
        `Mallard already runs in this checkout, at ${other.address}: stop it first (process ${other.pid}).`,
      );
    }
    rmSync(file, { force: true });
  }
  throw new SetupFault(
    "Another start of Mallard is under way in this checkout: wait for it, or stop it first.",
  );
}

function readJson<T>(file: string, absent: T): T {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EACCES") return absent;
    throw new SetupFault(`${file} belongs to another user: start Mallard as that user, or remove it.`);
  }
}
