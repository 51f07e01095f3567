import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { PaymentRef } from "@/lib/billing/payment/settle";
import type { PayInput } from "@/lib/portal/pay";
import type { CustomerActor } from "@/lib/portal/shapes";
import type { StripeWorld } from "./stripe-world";

type Act =
  | { act: "payDirect" | "payFromBalance" | "payCombined"; actor: CustomerActor; input: PayInput }
  | { act: "settle"; ref: PaymentRef }
  | { act: "processEvent"; eventId: string }
  | { act: "chargeDue" | "topUpLow" };

export type MortalJob = Act & { databaseUrl: string; stripeUrl: string; now: string };

export interface MortalProcess {
  /** SIGKILL: no handler runs, nothing is said to anybody. Resolves when the process is gone. */
  kill(): Promise<void>;
}

export interface MortalProcesses {
  readonly stripeUrl: string;
  /** Does one thing in a process of its own, with the world's database and Stripe (or another address for Stripe). */
  start(act: Act, stripeUrl?: string): Promise<MortalProcess>;
  close(): Promise<void>;
}

/** Keeps one process loaded and waiting, so that a test waits for what is done in it and not for its start. */
export function mortalProcesses(world: StripeWorld): MortalProcesses {
  let spare = load();
  return {
    stripeUrl: world.stripeUrl,
    start: async (act, stripeUrl = world.stripeUrl) => {
      const child = await spare;
      spare = load();
      const job = { ...act, stripeUrl, databaseUrl: world.databaseUrl, now: world.clock.now().toISOString() };
      child.stdin?.write(`${JSON.stringify(job)}\n`);
      return { kill: () => kill(child) };
    },
    close: async () => kill(await spare),
  };
}

const program = fileURLToPath(new URL("./mortal-child.ts", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

async function load(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", program], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout as NodeJS.EventEmitter, "data");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) throw new Error(`the process had ended by itself, with ${child.exitCode}`);
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Does one thing in a process whose Stripe answers what is read and takes nothing else in, and kills it there. */
export async function killBeforeStripe(mortals: MortalProcesses, act: Act): Promise<void> {
  let arrived = () => {};
  const reached = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const deaf = createServer(async (request, response) => {
    if (request.method !== "GET") return arrived();
    const { authorization = "" } = request.headers;
    const answer = await fetch(`${mortals.stripeUrl}${request.url}`, { headers: { authorization } });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  });
  await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
  const { port } = deaf.address() as AddressInfo;
  const child = await mortals.start(act, `http://127.0.0.1:${port}`);
  await reached;
  await child.kill();
  deaf.closeAllConnections();
  await new Promise((resolve) => deaf.close(resolve));
}

/** Ends the server's side of connections too, as when the whole machine is lost; resolves when they are gone. */
export async function loseConnections({ owner }: StripeWorld, pids: readonly number[]): Promise<void> {
  for (const pid of pids) await owner`select pg_terminate_backend(${pid}, 10000)`;
}

/** Resolves when the server has ended these sessions by itself: it finishes what it was sent before. */
export async function untilEnded({ owner }: StripeWorld, pids: readonly number[]): Promise<void> {
  for (;;) {
    const alive = await owner`select pid from pg_stat_activity where pid = any(${[...pids]}::int[])`;
    if (alive.length === 0) return;
  }
}
