import { afterAll, beforeAll, expect, it } from "vitest";
import { newId } from "@/lib/kernel/id";
import { sandboxControl } from "@/lib/sandbox/control";
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

it.each(["account", "balance"])(
  "a key that may read only the %s learns what the account settles in",
  async (noun) => {
    const secretKey = `rk_test_only_${noun}_0123456789`;
    await sandboxControl(sandbox.url, testSecretKey).restrictKey(secretKey, { [noun]: "read" });
    const limited = stripeGateway({ secretKey, webhookSecrets: [], apiBase: sandbox.url });
    expect(value(await limited.readSettlement())[0]).toBe("USD");
  },
);

it("Link keeps no card on either page where one is saved", async () => {
  const customerId = newId();
  const made = value(
    await gateway.createCustomer({ customerId, name: "Ada", email: null }, `${customerId}/customer`),
  );
  const way = { successUrl: "https://portal.example/saved", cancelUrl: "https://portal.example/back" };
  const request = { stripeCustomerId: made.id, customerId, locale: "en", ...way };
  await gateway.createCardSetup(request, `${customerId}/setup`);
  const listed = await fetch(`${sandbox.url}/v1/checkout/sessions?customer=${made.id}`, {
    headers: { authorization: `Bearer ${testSecretKey}` },
  });
  const { data } = (await listed.json()) as { data: { wallet_options: unknown }[] };
  expect(data).toMatchObject([{ wallet_options: { link: { display: "never" } } }]);
});

it("only a card is offered where it is to be kept", async () => {
  expect((await pageOf({ savesCard: true })).payment_method_types).toEqual(["card"]);
});
