import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSandbox } from "@/lib/sandbox/server";

/**
 * How fast the local Stripe is, run by hand: `node --import tsx lib/sandbox/measure.ts`. It must not be what a load
 * test measures: at least a thousand session creations a second of one core. The server is a process of its own;
 * its CPU time counts, since the machine may be busy with other things.
 */
const secretKey = "sk_test_measure";
const atOnce = 32;
const warmUp = 3_000;
const count = 30_000;

async function serve(dataDir: string | undefined): Promise<void> {
  const sandbox = await startSandbox({ secretKey, ...(dataDir ? { dataDir } : {}) });
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000, heapMb: process.memoryUsage().rss / 1e6 });
  });
  process.send?.({ port: sandbox.port });
}

interface Usage {
  cpuMs: number;
  heapMb: number;
}

async function measure(name: string, dataDir: string | undefined): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), dataDir ? ["serve", dataDir] : ["serve"]);
  const heard = <T>() =>
    new Promise<T>((resolve) => child.once("message", (message) => resolve(message as T)));
  const { port } = await heard<{ port: number }>();
  const usage = () => {
    const answer = heard<Usage>();
    child.send("usage");
    return answer;
  };
  const customer = await post(port, "/v1/customers", "name=Ada", "customer");
  const body = sessionBody(JSON.parse(customer).id);
  await many(port, body, warmUp, "warm");
  const before = await usage();
  const startedMs = performance.now();
  await many(port, body, count, "count");
  const tookMs = performance.now() - startedMs;
  const after = await usage();
  child.kill();
  const perSecond = Math.round((count / tookMs) * 1000);
  const perCpuSecond = Math.round((count / (after.cpuMs - before.cpuMs)) * 1000);
  const bytesEach = Math.round(((after.heapMb - before.heapMb) * 1e6) / count);
  console.log(
    `${name}: ${perSecond} sessions/s, ${perCpuSecond} per second of one core, ${bytesEach} bytes each`,
  );
}

async function many(port: number, body: string, times: number, prefix: string): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let at = next++; at < times; at = next++)
      await post(port, "/v1/checkout/sessions", body, `${prefix}-${at}`);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

const agent = new Agent({ keepAlive: true, maxSockets: atOnce });

function post(port: number, path: string, body: string, key: string): Promise<string> {
  const headers = {
    authorization: `Bearer ${secretKey}`,
    "content-type": "application/x-www-form-urlencoded",
    "content-length": Buffer.byteLength(body),
    "idempotency-key": key,
  };
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, path, method: "POST", headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(text));
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}

function sessionBody(customer: string): string {
  return new URLSearchParams({
    mode: "payment",
    customer,
    client_reference_id: "0196d5c5-0000-7000-8000-000000000000",
    "metadata[payment]": "0196d5c5-0000-7000-8000-000000000000",
    "payment_intent_data[metadata][payment]": "0196d5c5-0000-7000-8000-000000000000",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "usd",
    "line_items[0][price_data][unit_amount]": "1230",
    "line_items[0][price_data][product_data][name]": "Invoice DC-2026-00042",
    locale: "en",
    success_url: "https://portal.example/payments/0196d5c5/done",
    cancel_url: "https://portal.example/payments/0196d5c5",
    "expand[0]": "payment_intent.latest_charge.balance_transaction",
  }).toString();
}

if (process.argv[2] === "serve") {
  await serve(process.argv[3]);
} else {
  await measure("in memory", undefined);
  const dataDir = mkdtempSync(join(tmpdir(), "local-stripe-"));
  await measure("kept on disk", dataDir);
  rmSync(dataDir, { recursive: true });
  agent.destroy();
}
