import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SandboxControl, sandboxControl } from "@/lib/sandbox/control";
import { type Sandbox, type SandboxOptions, startSandbox } from "@/lib/sandbox/server";
import { localGateway, testSecretKey, testWebhookSecret } from "@/lib/testing/world";
import { attachTestCard } from "./attach-test-card";
import { contract, paidContract } from "./contract";
import { forwardingContract } from "./contract-forwarding";
import type { ContractPayer, ContractStage } from "./contract-stage";
import { stripeGateway } from "./stripe";
import { giveEvidence } from "./test-account";

let sandbox: Sandbox;
let control: SandboxControl;
let stage: ContractStage & ContractPayer;

beforeAll(async () => {
  sandbox = await startSandbox({ secretKey: testSecretKey });
  control = sandboxControl(sandbox.url, testSecretKey);
  const account = { secretKey: testSecretKey, apiBase: sandbox.url };
  stage = {
    gateway: localGateway(sandbox.url),
    stranger: stripeGateway({
      secretKey: "sk_test_nobody",
      webhookSecrets: ["whsec_x"],
      apiBase: sandbox.url,
    }),
    now: () => new Date(),
    run: "contract",
    attachCard: (stripeCustomerId, token) => attachTestCard(account, stripeCustomerId, token),
    giveEvidence: (disputeId, text) => giveEvidence(account, disputeId, text),
    wait: async (ms) => {
      await control.advance(ms);
    },
    pay: async ({ id }, card) => {
      await control.pay(id, card === "succeeds" ? {} : { card: "4000000000000002" });
    },
  };
});

afterAll(() => sandbox.close());

describe("the local Stripe keeps Stripe's contract", () => {
  it.each(contract)("$name", ({ run }) => run(stage));
  it.each(paidContract)("$name", ({ run }) => run(stage));
});

describe("npm run stripe:check", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));

  async function check(environment: Record<string, string>) {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith("STRIPE_")),
    );
    const program = ["--import", "tsx", "lib/commands/stripe-check.ts"];
    const run = promisify(execFile)(process.execPath, program, {
      cwd: root,
      env: { ...env, ...environment } as NodeJS.ProcessEnv,
    });
    return run.then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        said: error.stdout + error.stderr,
      }),
    );
  }

  it("runs the same contract, says what it could not check without a browser, and leaves nothing behind", async () => {
    const { code, said } = await check({ STRIPE_SECRET_KEY: testSecretKey, STRIPE_API_BASE: sandbox.url });
    for (const { name } of contract) expect(said).toContain(`held         ${name}`);
    for (const { name } of [...paidContract, ...forwardingContract]) {
      expect(said).toContain(`not checked  ${name}`);
    }
    const unchecked = paidContract.length + forwardingContract.length;
    expect(said).toContain(`${contract.length} held, 0 failed, ${unchecked} not checked`);
    expect(code).toBe(0);
  }, 120_000);

  it.each([
    ["euros, with webhooks forwarded to it", { settlesIn: "eur" }],
    ["yen and forints, its balance transactions late", { settlesIn: "jpy,huf", balanceDelayMs: 2_500 }],
  ])(
    "holds for a Stripe that settles in %s",
    async (_, options: Partial<SandboxOptions>) => {
      const address = `http://127.0.0.1:${await freePort()}/webhook`;
      const other = await startSandbox({
        secretKey: testSecretKey,
        webhook: { url: address, secret: testWebhookSecret },
        ...options,
      });
      const { code, said } = await check({
        STRIPE_SECRET_KEY: testSecretKey,
        STRIPE_API_BASE: other.url,
        STRIPE_CHECK_LISTEN: address,
        STRIPE_WEBHOOK_SECRET: testWebhookSecret,
      });
      expect(said.split("\n").filter((line) => line.startsWith("FAILED"))).toEqual([]);
      for (const { name } of forwardingContract) expect(said).toContain(`held         ${name}`);
      expect(code).toBe(0);
      expect(said).toContain(`It settles in ${options.settlesIn?.toUpperCase().replace(",", ", ")}.`);
      const dump = await sandboxControl(other.url, testSecretKey).dump();
      const left = (name: string, isLeft: (row: Record<string, unknown>) => boolean) =>
        (dump[name] ?? []).filter(isLeft);
      expect(left("customer", ({ deleted }) => !deleted)).toEqual([]);
      expect(left("checkout.session", ({ status }) => status === "open")).toEqual([]);
      expect(left("payment_method", ({ customer }) => customer !== null)).toEqual([]);
      expect(left("payment_intent", ({ status }) => status === "requires_action")).toEqual([]);
      await other.close();
    },
    240_000,
  );

  it("fails when the contract is not kept", async () => {
    await control.fault({ kind: "error_500", path: "/v1/events", times: 1 });
    const { code, said } = await check({ STRIPE_SECRET_KEY: testSecretKey, STRIPE_API_BASE: sandbox.url });
    expect(said).toMatch(
      /FAILED {7}events that were not delivered can be listed: expected success, not unknown/,
    );
    expect(code).toBe(1);
  });

  it.each([
    ["no secret", { STRIPE_CHECK_LISTEN: "http://127.0.0.1:4243/webhook" }, "STRIPE_WEBHOOK_SECRET"],
    [
      "an address elsewhere",
      { STRIPE_CHECK_LISTEN: "http://192.0.2.1:4243/webhook", STRIPE_WEBHOOK_SECRET: "whsec_x" },
      "an address of this machine",
    ],
  ])("does not listen with %s", async (_, environment, sentence) => {
    const { code, said } = await check({ STRIPE_SECRET_KEY: testSecretKey, ...environment });
    expect(said).toContain(sentence);
    expect(code).toBe(1);
  });

  it.each([
    ["a live key", "sk_live_51abc"],
    ["a live restricted key", "rk_live_51abc"],
    ["no key at all", ""],
    ["something else", "pk_test_51abc"],
  ])("refuses %s without calling anybody", async (_, key) => {
    const before = await control.requests();
    const { code, said } = await check({ STRIPE_SECRET_KEY: key, STRIPE_API_BASE: sandbox.url });
    expect(said).toContain("sk_test_");
    expect(said).not.toContain("51abc");
    expect(code).toBe(1);
    expect(await control.requests()).toEqual(before);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
