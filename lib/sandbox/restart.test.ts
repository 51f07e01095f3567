import { type ChildProcess, spawn } from "node:child_process";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sandboxControl } from "@/lib/sandbox/control";
import {
  sdkFor,
  sessionFor,
  startInbox,
  startTestSandbox,
  testKey,
  testSecret,
} from "@/lib/sandbox/test-sandbox";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "local-stripe-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** The local Stripe as a process of its own, and what it says. */
async function startProcess(
  env: Record<string, string>,
): Promise<{ child: ChildProcess; url: string; lines: string[] }> {
  const child = spawn(process.execPath, ["--import", "tsx", "lib/sandbox/main.ts"], {
    env: { ...process.env, STRIPE_SECRET_KEY: testKey, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      lines.push(...chunk.toString().trim().split("\n"));
      const ready = /ready at (\S+)/.exec(lines.join("\n"));
      if (ready?.[1]) resolve(ready[1]);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("exit", (code) => reject(new Error(`ended with ${code}: ${lines.join("\n")}`)));
  });
  return { child, url, lines };
}

const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.on("exit", resolve));

describe("state over restarts", () => {
  test("everything is there again: objects, keys, events, clock, and what was planned", async () => {
    const first = await startTestSandbox({ dataDir });
    const customer = await first.stripe.customers.create({ name: "Ada" }, { idempotencyKey: "kept" });
    const open = await first.stripe.checkout.sessions.create(sessionFor(customer.id));
    const debited = await first.stripe.checkout.sessions.create(sessionFor(customer.id));
    await first.control.pay(debited.id, { method: "us_bank_account", later: "succeeds", afterMs: 7_200_000 });
    await first.control.advance(3_600_000);
    await first.control.webhooksIdle();
    const before = await first.control.dump();
    const now = await first.control.now();
    await first.close();

    const second = await startTestSandbox({ dataDir });
    const after = await second.control.dump();
    for (const name of ["customer", "payment_intent", "charge", "event"])
      expect(after[name]).toEqual(before[name]);
    expect((await second.control.now()).getTime()).toBeGreaterThanOrEqual(now.getTime());
    expect((await second.stripe.customers.create({ name: "Ada" }, { idempotencyKey: "kept" })).id).toBe(
      customer.id,
    );
    const moved = await second.stripe.checkout.sessions.retrieve(open.id);
    expect(moved.url).toBe(`${second.sandbox.url}/c/pay/${open.id}`);
    await second.control.advance(3_600_000);
    expect((await second.stripe.checkout.sessions.retrieve(debited.id)).payment_status).toBe("paid");
    await second.close();
  });

  test("a line that was torn by a crash is dropped, and the next one is whole", async () => {
    const first = await startTestSandbox({ dataDir });
    await first.stripe.customers.create({ name: "Ada" });
    await first.close();
    await appendFile(join(dataDir, "journal.jsonl"), '[["customer",99,"cus_torn",{"id":"cus_t');
    const second = await startTestSandbox({ dataDir });
    await second.stripe.customers.create({ name: "Bo" });
    await second.close();
    const third = await startTestSandbox({ dataDir });
    const names = (await third.stripe.customers.list()).data.map((customer) => customer.name);
    expect(names).toEqual(["Bo", "Ada"]);
    await third.close();
  });

  test("events that were not delivered are delivered after the restart", async () => {
    const inbox = await startInbox();
    inbox.answer(500);
    const webhook = { url: inbox.url, secret: testSecret };
    const first = await startTestSandbox({ dataDir, webhook });
    await first.stripe.customers.create({});
    await first.control.webhooksIdle();
    await first.close();
    inbox.answer(200);
    const second = await startTestSandbox({ dataDir, webhook });
    await second.control.advance(10_000);
    expect(inbox.types()).toEqual(["customer.created", "customer.created"]);
    await second.close();
    await inbox.close();
  });
});

describe("the process", () => {
  test("says that it is ready, loses nothing that it answered when killed, and ends cleanly when asked", async () => {
    const killed = await startProcess({ SANDBOX_DATA: dataDir });
    expect(killed.lines).toEqual([`local Stripe ready at ${killed.url}`]);
    const stripe = (url: string) => sdkFor({ url, port: Number(new URL(url).port), close: async () => {} });
    const made = await Promise.all(
      Array.from({ length: 50 }, (_, at) => stripe(killed.url).customers.create({ name: `c${at}` })),
    );
    const gone = ended(killed.child);
    killed.child.kill("SIGKILL");
    await gone;

    const again = await startProcess({ SANDBOX_DATA: dataDir });
    const known = ((await sandboxControl(again.url, testKey).dump()).customer ?? []).map(
      (customer) => customer.id,
    );
    expect(known.sort()).toEqual(made.map((customer: Stripe.Customer) => customer.id).sort());
    const stopped = ended(again.child);
    again.child.kill("SIGTERM");
    expect(await stopped).toBe(0);
  });

  test.each([
    [{ STRIPE_SECRET_KEY: "" }, "STRIPE_SECRET_KEY is missing"],
    [{ STRIPE_SECRET_KEY: "sk_live_x" }, "is a live key"],
    [{ SANDBOX_PORT: "many" }, "SANDBOX_PORT is not a port"],
    [{ SANDBOX_WEBHOOK_URL: "http://127.0.0.1:1/" }, "STRIPE_WEBHOOK_SECRET is missing"],
  ])("with %o it says what is wrong", async (env, sentence) => {
    await expect(startProcess(env)).rejects.toThrow(sentence);
  });
});
