import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  refusalOf,
  sdkFor,
  sessionFor,
  startTestSandbox,
  type TestSandbox,
} from "@/lib/sandbox/test-sandbox";

let local: TestSandbox;
let customer: string;
beforeAll(async () => {
  local = await startTestSandbox();
  customer = (await local.stripe.customers.create({ email: "ada@example.com" })).id;
});
afterAll(() => local.close());

async function charged(card = "4242424242424242"): Promise<Stripe.Charge> {
  const session = await local.stripe.checkout.sessions.create(sessionFor(customer, { amount: 5000 }));
  const { paymentIntent } = await local.control.pay(session.id, { card });
  const [charge] = (await local.stripe.charges.list({ payment_intent: paymentIntent ?? "" })).data;
  if (!charge) throw new Error("No charge");
  return charge;
}

async function eventsAbout(id: string): Promise<string[]> {
  const events = (await local.control.dump()).event ?? [];
  return events
    .filter((event) => (event.data as { object: { id: string } }).object.id === id)
    .map((event) => String(event.type));
}

const amountsOf = async (id: string) =>
  (await local.stripe.disputes.retrieve(id)).balance_transactions.map(({ amount, fee }) => [amount, fee]);

describe("what moved the balance comes late", () => {
  test("a charge has none at first, and charge.updated brings it", async () => {
    const charge = await charged();
    expect(charge.balance_transaction).toBeNull();
    expect(await eventsAbout(charge.id)).toEqual(["charge.succeeded"]);
    await local.control.advance(1_000);
    const later = await local.stripe.charges.retrieve(charge.id, { expand: ["balance_transaction"] });
    expect(later.balance_transaction).toMatchObject({ amount: 5000, source: charge.id });
    expect(await eventsAbout(charge.id)).toEqual(["charge.succeeded", "charge.updated"]);
    const [updated] = (await local.stripe.events.list({ type: "charge.updated", limit: 1 })).data;
    expect(updated?.data.previous_attributes).toEqual({ balance_transaction: null });
  });

  test("an intent that captures at once has it at once", async () => {
    const intent = await local.stripe.paymentIntents.create({
      amount: 2000,
      currency: "usd",
      customer,
      payment_method: "pm_card_visa",
      allowed_payment_method_types: ["card"],
      capture_method: "automatic",
      confirm: true,
      expand: ["latest_charge"],
    });
    expect((intent.latest_charge as Stripe.Charge).balance_transaction).toMatch(/^txn_/);
  });

  test("what goes back has come in before", async () => {
    const charge = await charged();
    await local.stripe.refunds.create({ charge: charge.id, amount: 100 });
    expect((await local.stripe.charges.retrieve(charge.id)).balance_transaction).toMatch(/^txn_/);
  });
});

describe("why an intent was declined", () => {
  test.each(["updated", "canceled"])("is forgotten when it is %s", async (how) => {
    const intent = await local.stripe.paymentIntents.create({
      amount: 2000,
      currency: "usd",
      customer,
      allowed_payment_method_types: ["card"],
    });
    await refusalOf(
      local.stripe.paymentIntents.confirm(intent.id, { payment_method: "pm_card_chargeCustomerFail" }),
    );
    const declined = await local.stripe.paymentIntents.retrieve(intent.id);
    expect(declined.last_payment_error?.code).toBe("card_declined");
    const after =
      how === "updated"
        ? await local.stripe.paymentIntents.update(intent.id, { description: "x" })
        : await local.stripe.paymentIntents.cancel(intent.id);
    expect(after.last_payment_error).toBeNull();
  });

  test("is forgotten when its page expires", async () => {
    const session = await local.stripe.checkout.sessions.create(sessionFor(customer));
    const { paymentIntent } = await local.control.pay(session.id, { card: "4000000000000002" });
    await local.control.expire(session.id);
    const intent = await local.stripe.paymentIntents.retrieve(paymentIntent ?? "");
    expect([intent.status, intent.last_payment_error]).toEqual(["canceled", null]);
  });
});

describe("disputes", () => {
  test("may be of a part, or of more than the charge", async () => {
    const part = await local.control.dispute((await charged()).id, "chargeback", { amountMinor: 2000 });
    expect(await amountsOf(part.id)).toEqual([[-2000, 1500]]);
    const more = await local.control.dispute((await charged()).id, "chargeback", { amountMinor: 5100 });
    expect(await amountsOf(more.id)).toEqual([[-5100, 1500]]);
    await local.control.closeDispute(more.id, "won");
    // Newest first, so that nobody relies on an order that Stripe does not promise.
    expect(await amountsOf(more.id)).toEqual([
      [5100, 0],
      [-5100, 1500],
    ]);
  });

  test("may have their fee apart, and come back in parts, and be taken again", async () => {
    const { id } = await local.control.dispute((await charged()).id, "chargeback", { feeApart: true });
    expect(await amountsOf(id)).toEqual([
      [-5000, 0],
      [-1500, 0],
    ]);
    await local.control.moveDispute(id, { reinstates: 3000 });
    await local.control.moveDispute(id, { withdraws: 1000 });
    await expect(local.control.moveDispute(id, { reinstates: 3001 })).rejects.toThrow("No more comes back");
    await local.control.closeDispute(id, "won");
    expect((await amountsOf(id)).map(([amount]) => amount)).toEqual([3000, -1000, 3000, -5000, -1500]);
    expect(await eventsAbout(id)).toEqual([
      "charge.dispute.created",
      "charge.dispute.funds_withdrawn",
      "charge.dispute.updated",
      "charge.dispute.funds_reinstated",
      "charge.dispute.updated",
      "charge.dispute.funds_withdrawn",
      "charge.dispute.closed",
      "charge.dispute.funds_reinstated",
    ]);
  });

  test("one that was lost may give a part back", async () => {
    const { id } = await local.control.dispute((await charged()).id);
    await local.control.closeDispute(id, "lost");
    await local.control.moveDispute(id, { reinstates: 1200 });
    const dispute = await local.stripe.disputes.retrieve(id);
    expect([dispute.status, dispute.balance_transactions.length]).toEqual(["lost", 2]);
  });

  test("an inquiry becomes a chargeback by the evidence that says so", async () => {
    const { id } = await local.control.dispute((await charged()).id, "inquiry");
    const escalated = await local.stripe.disputes.update(id, {
      evidence: { uncategorized_text: "escalate_inquiry_evidence" },
    });
    expect([escalated.status, escalated.is_charge_refundable]).toEqual(["needs_response", false]);
    expect(await amountsOf(id)).toEqual([[-5000, 1500]]);
  });
});

describe("what else is told", () => {
  test("an issuer that suspects a charge warns", async () => {
    const charge = await charged("4000000000005423");
    const [warning] = (await local.stripe.radar.earlyFraudWarnings.list({ charge: charge.id })).data;
    expect(await eventsAbout(warning?.id ?? "")).toEqual(["radar.early_fraud_warning.created"]);
    expect(await local.stripe.radar.earlyFraudWarnings.retrieve(warning?.id ?? "")).toEqual(warning);
  });

  test("a mandate ends", async () => {
    const method = await local.stripe.paymentMethods
      .create({ type: "sepa_debit", sepa_debit: { iban: "x" } } as never)
      .catch(() => local.stripe.paymentMethods.create({ type: "sepa_debit" } as never));
    await local.control.changeMandate(method.id, "inactive");
    const [event] = (await local.stripe.events.list({ type: "mandate.updated" })).data;
    expect(event?.data).toMatchObject({
      object: { status: "inactive", payment_method: method.id },
      previous_attributes: { status: "active" },
    });
  });

  test("what a payout carries is known when it is paid", async () => {
    await charged();
    await local.control.advance(3 * 86_400_000);
    const { id } = await local.control.payOut("usd");
    expect(await eventsAbout(id ?? "")).toEqual([
      "payout.created",
      "payout.paid",
      "payout.reconciliation_completed",
    ]);
  });

  test("anything at all, well signed, if it is asked for", async () => {
    await local.control.webhooksIdle();
    local.inbox.received.length = 0;
    const body = JSON.stringify({
      id: "evt_odd",
      object: "event",
      type: "constructor",
      data: { object: {} },
    });
    expect(await local.control.sendRaw(body)).toEqual({ statuses: [200] });
    expect(local.inbox.received.map((each) => each.body)).toEqual([body]);
  });
});

describe("what stands on the page by itself", () => {
  test("Link pays and can be kept, as what it is; wallets are cards", async () => {
    const keep = { payment_intent_data: { setup_future_usage: "off_session" as const } };
    const session = await local.stripe.checkout.sessions.create(sessionFor(customer, keep));
    expect(session.payment_method_types).toContain("link");
    const { paymentIntent } = await local.control.pay(session.id, { method: "link" });
    const intent = await local.stripe.paymentIntents.retrieve(paymentIntent ?? "", {
      expand: ["payment_method", "latest_charge"],
    });
    const method = intent.payment_method as Stripe.PaymentMethod;
    expect([method.type, method.customer, method.card]).toEqual(["link", customer, undefined]);
    expect((intent.latest_charge as Stripe.Charge).payment_method_details?.type).toBe("link");
    const cardsOnly = { ...keep, allowed_payment_method_types: ["card"] };
    const narrow = await local.stripe.checkout.sessions.create(sessionFor(customer, cardsOnly));
    await expect(local.control.pay(narrow.id, { method: "link" })).rejects.toThrow("does not offer");
    const put = await local.control.pay(narrow.id, { method: "link", inPlaceOfCard: true });
    expect(put).toMatchObject({ paymentStatus: "paid", intentStatus: "succeeded" });
    const other = await local.stripe.checkout.sessions.create(sessionFor(customer));
    const paid = await local.control.pay(other.id, { method: "card", wallet: "apple_pay" });
    const [charge] = (await local.stripe.charges.list({ payment_intent: paid.paymentIntent ?? "" })).data;
    expect(charge?.payment_method_details?.card?.wallet?.type).toBe("apple_pay");
  });

  test("is what the Dashboard has switched on, which the configuration tells", async () => {
    await local.control.dashboard({ methods: ["card"], adaptivePricing: false });
    const session = await local.stripe.checkout.sessions.create(sessionFor(customer));
    expect(session).toMatchObject({ payment_method_types: ["card"], adaptive_pricing: { enabled: false } });
    const [configuration] = (await local.stripe.paymentMethodConfigurations.list()).data;
    const { card, link, alipay } = configuration ?? {};
    expect([card, link, alipay].map((each) => each?.display_preference.value)).toEqual(["on", "off", "off"]);
    await local.control.dashboard({
      methods: ["card", "sepa_debit", "us_bank_account", "alipay", "link"],
      adaptivePricing: true,
    });
  });
});

describe("the doors", () => {
  test("a restricted key may do what it may, and 403 is all else", async () => {
    const key = "rk_test_of_the_tests";
    await local.control.restrictKey(key, { customers: "read", checkout: "write" });
    const restricted = sdkFor(local.sandbox, key);
    expect((await restricted.customers.retrieve(customer)).id).toBe(customer);
    expect((await restricted.checkout.sessions.create(sessionFor(customer))).status).toBe("open");
    const refused = await refusalOf(restricted.customers.create({}));
    expect([refused.statusCode, refused.type]).toEqual([403, "StripePermissionError"]);
    expect(refused.message).toContain("rak_customers_write");
    expect((await refusalOf(restricted.refunds.list())).statusCode).toBe(403);
  });

  test("more requests than are heard in a second are 429", async () => {
    await local.control.limitRate(5);
    const answers = await Promise.all(
      Array.from({ length: 30 }, () =>
        local.stripe.customers.retrieve(customer).then(
          () => 200,
          (error: { statusCode: number }) => error.statusCode,
        ),
      ),
    );
    await local.control.limitRate(null);
    expect(answers).toContain(429);
    expect(answers).toContain(200);
    expect((await local.stripe.customers.retrieve(customer)).id).toBe(customer);
  });
});
