// `npm run stripe:check`: the gateway's contract against Stripe itself, with a key of its test mode. It makes test customers
// and pages there, charges Stripe's own test cards only, and takes away what it made. STRIPE_API_BASE points it at a local
// Stripe instead. STRIPE_CHECK_LISTEN and STRIPE_WEBHOOK_SECRET: the address that `stripe listen --forward-to` was given and
// the secret that it said; then webhooks are checked too.
import { randomUUID } from "node:crypto";
import { attachTestCard } from "@/lib/gateway/attach-test-card";
import { contract, paidContract } from "@/lib/gateway/contract";
import { forwardingContract, listenAt } from "@/lib/gateway/contract-forwarding";
import type { ContractStage } from "@/lib/gateway/contract-stage";
import type { Gateway } from "@/lib/gateway/port";
import { stripeGateway } from "@/lib/gateway/stripe";
import { giveEvidence, takeAway } from "@/lib/gateway/test-account";

const {
  STRIPE_SECRET_KEY: secretKey = "",
  STRIPE_API_BASE: apiBase,
  STRIPE_CHECK_LISTEN: listenAddress,
  STRIPE_WEBHOOK_SECRET: webhookSecret,
} = process.env;
const account = { secretKey, apiBase: apiBase || null };
const customers = new Set<string>();
process.exitCode = (await main()) ? 0 : 1;

async function main(): Promise<boolean> {
  const refusal = refusalOf();
  if (refusal !== null) {
    console.error(refusal);
    return false;
  }
  console.log(
    `Checking ${apiBase ? `the local Stripe at ${apiBase}` : "Stripe (api.stripe.com), in test mode"}`,
  );
  const stage = stageOf();
  const settled = await stage.gateway.readSettlement();
  console.log(
    settled.outcome === "succeeded"
      ? `It settles in ${settled.value.join(", ").toUpperCase()}.`
      : "The key may not read what it settles in.",
  );
  const failed: string[] = [];
  try {
    for (const { name, run } of contract) await check(name, () => run(stage), failed);
    await checkWebhooks(stage, failed);
  } finally {
    await cleanUp();
  }
  return report(failed);
}

/** Why nothing is checked; null where all that is needed is there. */
function refusalOf(): string | null {
  if (!/^(sk|rk)_test_/.test(secretKey)) {
    return "stripe:check needs STRIPE_SECRET_KEY with a key of Stripe's test mode (sk_test_… or rk_test_…). A live key is refused.";
  }
  if (!listenAddress) return null;
  if (!webhookSecret)
    return "STRIPE_CHECK_LISTEN needs STRIPE_WEBHOOK_SECRET: the whsec_… that `stripe listen` says.";
  if (!/^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+\//.test(listenAddress))
    return "STRIPE_CHECK_LISTEN is an address of this machine, as http://127.0.0.1:4243/webhook.";
  return null;
}

async function check(name: string, run: () => Promise<void>, failed: string[]): Promise<void> {
  const fault = await run().then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (fault !== null) failed.push(name);
  console.log(fault === null ? `held         ${name}` : `FAILED       ${name}: ${fault}`);
}

async function checkWebhooks(stage: ContractStage, failed: string[]): Promise<void> {
  if (!listenAddress) {
    for (const { name } of forwardingContract) console.log(`not checked  ${name}`);
    return;
  }
  const webhooks = await listenAt(listenAddress);
  try {
    for (const { name, run } of forwardingContract) await check(name, () => run(stage, webhooks), failed);
  } finally {
    await webhooks.close();
  }
}

async function cleanUp(): Promise<void> {
  const left = await takeAway(account, [...customers]);
  console.log(`\nTook away ${customers.size} customers, with their cards and open pages.`);
  for (const each of left) console.log(`left behind  ${each}`);
}

function report(failed: readonly string[]): boolean {
  for (const { name } of paidContract) console.log(`not checked  ${name}`);
  console.log("\nWhat is not checked needs somebody who pays at the hosted page, in a browser.");
  if (!listenAddress)
    console.log("Webhooks are checked where STRIPE_CHECK_LISTEN says an address that they are forwarded to.");
  const checked = contract.length + (listenAddress ? forwardingContract.length : 0);
  const unchecked = paidContract.length + (listenAddress ? 0 : forwardingContract.length);
  console.log(`${checked - failed.length} held, ${failed.length} failed, ${unchecked} not checked`);
  return failed.length === 0;
}

function stageOf(): ContractStage {
  const options = { webhookSecrets: webhookSecret ? [webhookSecret] : [], apiBase: account.apiBase };
  return {
    gateway: remembering(stripeGateway({ ...options, secretKey })),
    stranger: stripeGateway({ ...options, secretKey: "sk_test_nobody" }),
    now: () => new Date(),
    attachCard: (stripeCustomerId, token) => attachTestCard(account, stripeCustomerId, token),
    giveEvidence: (disputeId, text) => giveEvidence(account, disputeId, text),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    run: `contract/${randomUUID()}`,
  };
}

/** Notes the customers that are made, to take them away in the end. */
function remembering(gateway: Gateway): Gateway {
  return {
    ...gateway,
    createCustomer: async (input, key) => {
      const made = await gateway.createCustomer(input, key);
      if (made.outcome === "succeeded") customers.add(made.value.id);
      return made;
    },
  };
}
