// `npm run stripe:check`: the gateway's contract against Stripe itself, with a key of its test mode. It makes test
// customers and pages there, and charges Stripe's own test cards only. STRIPE_API_BASE points it at a local Stripe instead.
import { randomUUID } from "node:crypto";
import { attachTestCard } from "@/lib/gateway/attach-test-card";
import { contract, paidContract } from "@/lib/gateway/contract";
import type { ContractStage } from "@/lib/gateway/contract-stage";
import { stripeGateway } from "@/lib/gateway/stripe";

const { STRIPE_SECRET_KEY: secretKey = "", STRIPE_API_BASE: apiBase } = process.env;
process.exitCode = (await main()) ? 0 : 1;

async function main(): Promise<boolean> {
  if (!/^(sk|rk)_test_/.test(secretKey)) {
    console.error(
      "stripe:check needs STRIPE_SECRET_KEY with a key of Stripe's test mode (sk_test_… or rk_test_…). A live key is refused.",
    );
    return false;
  }
  console.log(
    `Checking ${apiBase ? `the local Stripe at ${apiBase}` : "Stripe (api.stripe.com), in test mode"}`,
  );
  const stage = stageOf();
  let failed = 0;
  for (const { name, run } of contract) {
    const fault = await run(stage).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (fault !== null) failed += 1;
    console.log(fault === null ? `held         ${name}` : `FAILED       ${name}: ${fault}`);
  }
  for (const { name } of paidContract) console.log(`not checked  ${name}`);
  console.log("\nWhat is not checked needs somebody who pays at the hosted page, in a browser.");
  const held = contract.length - failed;
  console.log(`${held} held, ${failed} failed, ${paidContract.length} not checked`);
  return failed === 0;
}

function stageOf(): ContractStage {
  const options = { webhookSecrets: [], apiBase: apiBase || null };
  return {
    gateway: stripeGateway({ ...options, secretKey }),
    stranger: stripeGateway({ ...options, secretKey: "sk_test_nobody" }),
    now: () => new Date(),
    attachCard: (stripeCustomerId, token) =>
      attachTestCard({ secretKey, apiBase: apiBase || null }, stripeCustomerId, token),
    run: `contract/${randomUUID()}`,
  };
}
