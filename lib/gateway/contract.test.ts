import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SandboxControl, sandboxControl } from "@/lib/sandbox/control";
import { type Sandbox, startSandbox } from "@/lib/sandbox/server";
import { localGateway, testSecretKey } from "@/lib/testing/world";
import { attachTestCard } from "./attach-test-card";
import { contract, paidContract } from "./contract";
import type { ContractBank, ContractPayer, ContractStage } from "./contract-stage";
import { stripeGateway } from "./stripe";

let sandbox: Sandbox;
let control: SandboxControl;
let stage: ContractStage & ContractPayer & ContractBank;

beforeAll(async () => {
  sandbox = await startSandbox({ secretKey: testSecretKey });
  control = sandboxControl(sandbox.url, testSecretKey);
  stage = {
    gateway: localGateway(sandbox.url),
    stranger: stripeGateway({
      secretKey: "sk_test_nobody",
      webhookSecrets: ["whsec_x"],
      apiBase: sandbox.url,
    }),
    now: () => new Date(),
    run: "contract",
    attachCard: (stripeCustomerId, token) =>
      attachTestCard({ secretKey: testSecretKey, apiBase: sandbox.url }, stripeCustomerId, token),
    dispute: async (stripeChargeId, kind) => (await control.dispute(stripeChargeId, kind)).id,
    closeDispute: (id, outcome) => control.closeDispute(id, outcome),
    settleRefund: (id, outcome) => control.settleRefund(id, outcome),
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
    const { STRIPE_SECRET_KEY: _, STRIPE_API_BASE: __, ...rest } = process.env;
    const program = ["--import", "tsx", "lib/commands/stripe-check.ts"];
    const run = promisify(execFile)(process.execPath, program, {
      cwd: root,
      env: { ...rest, ...environment },
    });
    return run.then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        said: error.stdout + error.stderr,
      }),
    );
  }

  it("runs the same contract, and says what it could not check without a browser", async () => {
    const { code, said } = await check({ STRIPE_SECRET_KEY: testSecretKey, STRIPE_API_BASE: sandbox.url });
    for (const { name } of contract) expect(said).toContain(`held         ${name}`);
    for (const { name } of paidContract) expect(said).toContain(`not checked  ${name}`);
    expect(said).toContain(`${contract.length} held, 0 failed, ${paidContract.length} not checked`);
    expect(code).toBe(0);
  });

  it("fails when the contract is not kept", async () => {
    await control.fault({ kind: "error_500", path: "/v1/events", times: 1 });
    const { code, said } = await check({ STRIPE_SECRET_KEY: testSecretKey, STRIPE_API_BASE: sandbox.url });
    expect(said).toMatch(
      /FAILED {7}events that were not delivered can be listed: expected success, not unknown/,
    );
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
