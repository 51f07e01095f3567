import { afterAll, beforeAll, expect, it } from "vitest";
import { newId } from "@/lib/kernel/id";
import { type Sandbox, startSandbox } from "@/lib/sandbox/server";
import { testSecretKey } from "@/lib/testing/world";
import { value } from "./contract-answers";
import type { CheckoutRequest, Gateway } from "./port";
import { stripeGateway } from "./stripe";

let sandbox: Sandbox;
let gateway: Gateway;

beforeAll(async () => {
  sandbox = await startSandbox({ secretKey: testSecretKey });
  gateway = stripeGateway({ secretKey: testSecretKey, webhookSecrets: [], apiBase: sandbox.url });
});

afterAll(() => sandbox.close());

/** The page as Stripe keeps it, made by the portal's own gateway. */
async function pageOf(change: Partial<CheckoutRequest>, currency = "USD") {
  const customerId = newId();
  const customer = { customerId, name: "Ada", email: "ada@example.com" };
  const { id } = value(await gateway.createCustomer(customer, `${customerId}/customer`));
  const request: CheckoutRequest = {
    stripeCustomerId: id,
    paymentId: newId(),
    customerId,
    currency,
    amountMinor: "2000",
    description: "INV-2026-000001",
    locale: "en",
    successUrl: "https://portal.example/paid",
    cancelUrl: "https://portal.example/back",
    expiresAt: Math.floor(Date.now() / 1000) + 45 * 60,
    ...change,
  };
  const made = value(await gateway.createCheckout(request, `${request.paymentId}/checkout`));
  const answer = await fetch(`${sandbox.url}/v1/checkout/sessions/${made.id}`, {
    headers: { authorization: `Bearer ${testSecretKey}` },
  });
  return (await answer.json()) as { adaptive_pricing: unknown; payment_method_types: string[] };
}

it("no price on Stripe's page is converted, whatever the Dashboard says", async () => {
  expect((await pageOf({})).adaptive_pricing).toEqual({ enabled: false });
});

it.each(["USD", "EUR"])("no bank debit is offered in %s, whatever the Dashboard says", async (currency) => {
  const { payment_method_types: types } = await pageOf({}, currency);
  expect(types).toEqual(expect.arrayContaining(["card", "alipay"]));
  expect(types.filter((type) => /debit|bank/.test(type))).toEqual([]);
});

it("only a card is offered where it is to be kept", async () => {
  expect((await pageOf({ savesCard: true })).payment_method_types).toEqual(["card"]);
});
