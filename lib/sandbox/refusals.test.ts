import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusalOf, sessionFor, startTestSandbox, type TestSandbox } from "@/lib/sandbox/test-sandbox";

let local: TestSandbox;
let customer: string;
beforeAll(async () => {
  local = await startTestSandbox();
  customer = (await local.stripe.customers.create({ email: "ada@example.com" })).id;
});
afterAll(() => local.close());

const pages = { success_url: "https://portal.example/done", cancel_url: "https://portal.example/back" };
const session = (params: Stripe.Checkout.SessionCreateParams) =>
  local.stripe.checkout.sessions.create(params);
const intent = (more: Partial<Stripe.PaymentIntentCreateParams>) =>
  local.stripe.paymentIntents.create({
    amount: 2000,
    currency: "usd",
    customer,
    allowed_payment_method_types: ["card"],
    ...more,
  });

describe("what the SDK documents as forbidden is refused", () => {
  test("a page that saves a card without a currency or types", async () => {
    const refused = await refusalOf(session({ mode: "setup", customer, ...pages }));
    expect(refused).toMatchObject({ statusCode: 400, param: "currency" });
    expect((await session({ mode: "setup", customer, currency: "eur", ...pages })).status).toBe("open");
  });

  test.each<[string, Stripe.Checkout.SessionCreateParams]>([
    ["payment_intent_data", { mode: "setup", payment_intent_data: { description: "x" } }],
    ["submit_type", { mode: "setup", submit_type: "pay" }],
  ])("%s on a page that saves a card", async (param, more) => {
    const params = { customer, allowed_payment_method_types: ["card" as const], ...pages, ...more };
    expect((await refusalOf(session(params))).param).toBe(param);
  });

  test("setup_intent_data on a page that takes a payment, and a new customer beside a known one", async () => {
    const wrong = sessionFor(customer, { setup_intent_data: { description: "x" } });
    expect((await refusalOf(session(wrong))).param).toBe("setup_intent_data");
    const twice = sessionFor(customer, { customer_creation: "always" });
    expect((await refusalOf(session(twice))).param).toBe("customer_creation");
  });

  test.each<[string, Partial<Stripe.PaymentIntentCreateParams>]>([
    ["return_url", { return_url: "https://portal.example/return" }],
    ["off_session", { off_session: true }],
    ["error_on_requires_action", { error_on_requires_action: true }],
  ])("%s without confirm", async (param, more) => {
    const refused = await refusalOf(intent(more));
    expect(refused).toMatchObject({ statusCode: 400, param });
  });

  test("return_url of a card's setup without confirm", async () => {
    const refused = await refusalOf(
      local.stripe.setupIntents.create({ customer, return_url: "https://portal.example/return" }),
    );
    expect(refused.param).toBe("return_url");
  });

  test("to be away and save a card at once", async () => {
    const refused = await refusalOf(
      intent({
        confirm: true,
        off_session: true,
        payment_method: "pm_card_visa",
        setup_future_usage: "off_session",
      }),
    );
    expect(refused.param).toBe("setup_future_usage");
  });

  test("a statement descriptor for cards; its suffix is taken", async () => {
    expect((await refusalOf(intent({ statement_descriptor: "DUCKY" }))).param).toBe("statement_descriptor");
    const page = sessionFor(customer, { payment_intent_data: { statement_descriptor: "DUCKY" } });
    expect((await refusalOf(session(page))).param).toBe("payment_intent_data[statement_descriptor]");
    expect((await intent({ statement_descriptor_suffix: "DUCKY" })).statement_descriptor_suffix).toBe(
      "DUCKY",
    );
  });

  test.each(["a[b]", "[a]", "a]", "a["])("the name %s in metadata", async (name) => {
    const refused = await refusalOf(local.stripe.customers.create({ metadata: { [name]: "x" } }));
    expect(refused.statusCode).toBe(400);
  });
});

describe("e-mail addresses", () => {
  test.each(["ada@example.com", "a.d+a_1'x@mail.example.co.uk", "x@xn--bcher-kva.example"])(
    "%s is taken",
    async (email) => {
      expect((await local.stripe.customers.create({ email })).email).toBe(email);
    },
  );

  test.each([
    "ada@com",
    "ada",
    " ada@example.com",
    "ada@example.com ",
    "ada＠example.com",
    "jürgen@example.com",
    "ada@bücher.example",
    "ada..l@example.com",
    "ada.@example.com",
    "ada@-example.com",
    "ada@example..com",
    "a@b@example.com",
  ])("%s is refused, wherever it is said", async (email) => {
    const refusal = { code: "email_invalid", statusCode: 400 };
    expect(await refusalOf(local.stripe.customers.create({ email }))).toMatchObject({
      ...refusal,
      param: "email",
      message: `Invalid email address: ${email}`,
    });
    expect(await refusalOf(local.stripe.customers.update(customer, { email }))).toMatchObject(refusal);
    const page = { ...sessionFor(customer), customer: undefined, customer_email: email };
    expect(await refusalOf(session(page as never))).toMatchObject(refusal);
    expect(await refusalOf(intent({ receipt_email: email }))).toMatchObject(refusal);
  });

  test("the refusal is remembered under its key, as the method had begun", async () => {
    const key = { idempotencyKey: "an address that is refused" };
    await refusalOf(local.stripe.customers.create({ email: "ada@com" }, key));
    const again = await refusalOf(local.stripe.customers.create({ name: "Ada" }, key));
    expect(again.type).toBe("StripeIdempotencyError");
  });
});

describe("what the Dashboard switches", () => {
  test("adaptive pricing is as was said, or as the Dashboard has it", async () => {
    expect((await session(sessionFor(customer))).adaptive_pricing).toEqual({ enabled: true });
    const off = await session(sessionFor(customer, { adaptive_pricing: { enabled: false } }));
    expect(off.adaptive_pricing).toEqual({ enabled: false });
  });

  test("how it captures is as was said", async () => {
    const made = await session(
      sessionFor(customer, { payment_intent_data: { capture_method: "automatic" } }),
    );
    const { paymentIntent } = await local.control.pay(made.id);
    expect((await local.stripe.paymentIntents.retrieve(paymentIntent ?? "")).capture_method).toBe(
      "automatic",
    );
  });
});

describe("why a card is declined", () => {
  const decline = async (token: string) => {
    const refused = await refusalOf(
      intent({ confirm: true, payment_method: token, return_url: "https://portal.example/return" }),
    );
    const { payment_intent: left } = refused as unknown as { payment_intent: Stripe.PaymentIntent };
    const charge = await local.stripe.charges.retrieve(String(left.latest_charge));
    return { raw: refused.raw, error: left.last_payment_error, outcome: charge.outcome };
  };

  test("the issuer's advice and the network's codes stand in the answer, the intent and the charge", async () => {
    const { raw, error, outcome } = await decline("pm_card_chargeCustomerFail");
    const said = { advice_code: "try_again_later", network_decline_code: "05" };
    expect(raw).toMatchObject(said);
    expect(error).toMatchObject({ ...said, decline_code: "generic_decline" });
    expect(outcome).toMatchObject({ ...said, type: "issuer_declined" });
  });

  test("a card that Radar blocks is seen by no bank, and nobody advises", async () => {
    const { raw, error, outcome } = await decline("pm_card_radarBlock");
    expect(raw).toMatchObject({ code: "card_declined", decline_code: "fraudulent" });
    expect(error?.advice_code).toBeUndefined();
    expect(outcome).toMatchObject({
      type: "blocked",
      network_status: "not_sent_to_network",
      network_decline_code: null,
      risk_level: "highest",
    });
  });

  test.each(["Lost", "Stolen"])("a %s card is not to be tried again", async (what) => {
    const owner = await local.stripe.customers.create({});
    const token = `pm_card_chargeDeclined${what}Card`;
    const refused = await refusalOf(local.stripe.paymentMethods.attach(token, { customer: owner.id }));
    expect(refused.raw).toMatchObject({ advice_code: "do_not_try_again", network_advice_code: "03" });
  });
});
