import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusalOf, sessionFor, startTestSandbox, type TestSandbox } from "@/lib/sandbox/test-sandbox";

let local: TestSandbox;
let customer: Stripe.Customer;
beforeAll(async () => {
  local = await startTestSandbox();
  customer = await local.stripe.customers.create({ email: "ada@example.com" });
});
afterAll(() => local.close());

const day = 24 * 60 * 60 * 1000;

async function newSession(more: Parameters<typeof sessionFor>[1] = {}): Promise<Stripe.Checkout.Session> {
  return local.stripe.checkout.sessions.create(sessionFor(customer.id, more));
}

/** The types of the events about one intent, its charges and its session, oldest first. */
async function eventsOf(intentId: string | null): Promise<string[]> {
  const dump = await local.control.dump();
  const isAbout = (object: Record<string, unknown>) =>
    object.id === intentId || object.payment_intent === intentId;
  return (dump.event ?? [])
    .filter((event) => isAbout((event.data as { object: Record<string, unknown> }).object))
    .map((event) => String(event.type));
}

describe("a session", () => {
  test("is open and unpaid, without an intent until the customer tries to pay", async () => {
    const session = await newSession({ metadata: { payment: "p1" }, client_reference_id: "p1" });
    expect(session).toMatchObject({
      status: "open",
      payment_status: "unpaid",
      payment_intent: null,
      amount_total: 1230,
      currency: "usd",
      livemode: false,
      metadata: { payment: "p1" },
      client_reference_id: "p1",
    });
    expect(session.id).toMatch(/^cs_test_/);
    expect(session.url).toBe(`${local.sandbox.url}/c/pay/${session.id}`);
  });

  test("is paid by a card, with what was asked for on its intent and charge", async () => {
    const session = await newSession({
      payment_intent_data: { metadata: { payment: "p2" }, description: "Two" },
    });
    const outcome = await local.control.pay(session.id);
    expect(outcome).toMatchObject({
      sessionStatus: "complete",
      paymentStatus: "paid",
      intentStatus: "succeeded",
    });
    expect(outcome.redirectUrl).toBe(`https://portal.example/done?session=${session.id}`);
    const intent = await local.stripe.paymentIntents.retrieve(outcome.paymentIntent ?? "", {
      expand: ["latest_charge"],
    });
    expect(intent).toMatchObject({
      amount_received: 1230,
      customer: customer.id,
      metadata: { payment: "p2" },
    });
    expect(intent.latest_charge).toMatchObject({
      paid: true,
      captured: true,
      description: "Two",
      status: "succeeded",
    });
    const saved = await local.stripe.paymentMethods.list({ customer: customer.id });
    expect(saved.data).toEqual([]);
  });

  test("expires at its time, and its intent with it", async () => {
    const now = Math.floor((await local.control.now()).getTime() / 1000);
    const session = await newSession({ expires_at: now + 31 * 60 });
    const { paymentIntent } = await local.control.pay(session.id, { card: "4000000000000002" });
    await local.control.advance(30 * 60 * 1000);
    expect((await local.stripe.checkout.sessions.retrieve(session.id)).status).toBe("open");
    await local.control.advance(61_000);
    const expired = await local.stripe.checkout.sessions.retrieve(session.id, { expand: ["payment_intent"] });
    expect(expired).toMatchObject({ status: "expired", payment_status: "unpaid", url: null });
    expect(expired.payment_intent).toMatchObject({ status: "canceled" });
    expect(await eventsOf(paymentIntent)).toContain("checkout.session.expired");
    await expect(local.control.pay(session.id)).rejects.toThrow("expired");
  });

  test("expires no sooner than in half an hour and no later than in a day", async () => {
    const now = Math.floor((await local.control.now()).getTime() / 1000);
    expect((await refusalOf(newSession({ expires_at: now + 29 * 60 }))).param).toBe("expires_at");
    expect((await refusalOf(newSession({ expires_at: now + 25 * 3600 }))).param).toBe("expires_at");
  });

  test("can be expired while open, and only then", async () => {
    const session = await newSession();
    expect((await local.stripe.checkout.sessions.expire(session.id)).status).toBe("expired");
    const refusal = await refusalOf(local.stripe.checkout.sessions.expire(session.id));
    expect(refusal.message).toContain("has a status of `expired`");
    const paid = await newSession();
    await local.control.pay(paid.id);
    expect((await refusalOf(local.stripe.checkout.sessions.expire(paid.id))).message).toContain("`complete`");
  });

  test("left by the customer stays open", async () => {
    const session = await newSession();
    expect(await local.control.abandon(session.id)).toEqual({ redirectUrl: "https://portal.example/back" });
    expect((await local.stripe.checkout.sessions.retrieve(session.id)).status).toBe("open");
  });

  test("its intent can be neither cancelled nor confirmed over the API", async () => {
    const session = await newSession();
    const { paymentIntent } = await local.control.pay(session.id, { card: "4000000000000002" });
    const cancel = await refusalOf(local.stripe.paymentIntents.cancel(paymentIntent ?? ""));
    expect(cancel.code).toBe("payment_intent_unexpected_state");
    await refusalOf(
      local.stripe.paymentIntents.confirm(paymentIntent ?? "", { payment_method: "pm_card_visa" }),
    );
  });

  test("a success that is reported after expiry can be ordered", async () => {
    const session = await newSession();
    await local.control.pay(session.id, { card: "4000000000000002" });
    await local.control.expire(session.id);
    const late = await local.control.pay(session.id, { afterExpiry: true });
    expect(late).toMatchObject({
      sessionStatus: "complete",
      paymentStatus: "paid",
      intentStatus: "succeeded",
    });
  });
});

describe("test cards on the page", () => {
  test.each([
    ["4000000000000002", "card_declined", "generic_decline"],
    ["4000000000009995", "card_declined", "insufficient_funds"],
    ["4000000000009987", "card_declined", "lost_card"],
    ["4000000000000069", "expired_card", "expired_card"],
    ["4000000000000127", "incorrect_cvc", "incorrect_cvc"],
    ["4000000000000119", "processing_error", "processing_error"],
    ["4000000000000341", "card_declined", "generic_decline"],
  ])(
    "%s is declined (%s, %s), and another card pays through the same intent",
    async (card, code, declineCode) => {
      const session = await newSession();
      const declined = await local.control.pay(session.id, { card });
      expect(declined.error).toMatchObject({ code, declineCode });
      expect(declined).toMatchObject({ sessionStatus: "open", intentStatus: "requires_payment_method" });
      const intent = await local.stripe.paymentIntents.retrieve(declined.paymentIntent ?? "");
      expect(intent.last_payment_error).toMatchObject({ code, type: "card_error" });
      const paid = await local.control.pay(session.id);
      expect(paid.paymentIntent).toBe(declined.paymentIntent);
      expect(await eventsOf(paid.paymentIntent)).toEqual([
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
      ]);
    },
  );

  test("3-D Secure approved pays, failed leaves the session open for another try", async () => {
    const session = await newSession();
    const failed = await local.control.pay(session.id, { card: "4000002760003184", authentication: "fail" });
    expect(failed).toMatchObject({ sessionStatus: "open", intentStatus: "requires_payment_method" });
    expect(failed.error?.code).toBe("payment_intent_authentication_failure");
    const left = await local.control.pay(session.id, { card: "4000002760003184", authentication: "leave" });
    expect(left.intentStatus).toBe("requires_action");
    const approved = await local.control.authenticate(left.paymentIntent ?? "", "approve");
    expect(approved).toMatchObject({ sessionStatus: "complete", paymentStatus: "paid" });
    expect(await eventsOf(approved.paymentIntent)).toEqual([
      "payment_intent.created",
      "payment_intent.requires_action",
      "payment_intent.payment_failed",
      "payment_intent.requires_action",
      "charge.succeeded",
      "payment_intent.succeeded",
      "checkout.session.completed",
    ]);
  });

  test("3-D Secure approved, and declined all the same", async () => {
    const session = await newSession();
    const outcome = await local.control.pay(session.id, { card: "4000008260003178" });
    expect(outcome.error?.declineCode).toBe("insufficient_funds");
  });
});

describe("methods that take days", () => {
  test.each(["sepa_debit", "us_bank_account"] as const)("%s succeeds after three days", async (method) => {
    const session = await newSession({ in: method === "sepa_debit" ? "eur" : "usd" });
    const outcome = await local.control.pay(session.id, { method, later: "succeeds" });
    expect(outcome).toMatchObject({
      sessionStatus: "complete",
      paymentStatus: "unpaid",
      intentStatus: "processing",
    });
    await local.control.advance(3 * day - 60_000);
    expect((await local.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("unpaid");
    await local.control.advance(60_000);
    expect((await local.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("paid");
    expect(await eventsOf(outcome.paymentIntent)).toEqual([
      "payment_intent.created",
      "charge.pending",
      "payment_intent.processing",
      "checkout.session.completed",
      "charge.succeeded",
      "payment_intent.succeeded",
      "checkout.session.async_payment_succeeded",
    ]);
  });

  test("fail later: the session stays complete and unpaid", async () => {
    const session = await newSession();
    const outcome = await local.control.pay(session.id, {
      method: "us_bank_account",
      later: "fails",
      afterMs: 1000,
    });
    await local.control.advance(1000);
    const after = await local.stripe.checkout.sessions.retrieve(session.id, { expand: ["payment_intent"] });
    expect(after).toMatchObject({ status: "complete", payment_status: "unpaid" });
    expect(after.payment_intent).toMatchObject({ status: "requires_payment_method" });
    expect((await eventsOf(outcome.paymentIntent)).slice(-3)).toEqual([
      "charge.failed",
      "payment_intent.payment_failed",
      "checkout.session.async_payment_failed",
    ]);
  });

  test("wait for a control call if told so, and cannot be cancelled meanwhile", async () => {
    const session = await newSession();
    const { paymentIntent } = await local.control.pay(session.id, {
      method: "us_bank_account",
      later: "waits",
    });
    await local.control.advance(20 * day);
    await refusalOf(local.stripe.paymentIntents.cancel(paymentIntent ?? ""));
    await local.control.settleDelayed(paymentIntent ?? "", "succeeds");
    expect((await local.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("paid");
  });

  test("are offered where the currency fits, and narrowed by allowed_payment_method_types", async () => {
    expect((await newSession({ in: "eur" })).payment_method_types).toEqual([
      "card",
      "sepa_debit",
      "alipay",
      "link",
    ]);
    expect((await newSession({ in: "kwd", amount: 1230 })).payment_method_types).toEqual(["card", "link"]);
    const narrowed = await newSession({ allowed_payment_method_types: ["card", "sepa_debit"] });
    expect(narrowed.payment_method_types).toEqual(["card"]);
    await expect(local.control.pay(narrowed.id, { method: "alipay" })).rejects.toThrow("does not offer");
  });
});

describe("a redirect wallet", () => {
  test("authorised pays, refused leaves the session open", async () => {
    const session = await newSession();
    const refused = await local.control.pay(session.id, { method: "alipay", authorization: "fail" });
    expect(refused).toMatchObject({ sessionStatus: "open", intentStatus: "requires_payment_method" });
    const paid = await local.control.pay(session.id, { method: "alipay" });
    expect(paid).toMatchObject({ sessionStatus: "complete", paymentStatus: "paid" });
    const [charge] = (await local.stripe.charges.list({ payment_intent: paid.paymentIntent ?? "" })).data;
    expect(charge?.payment_method_details?.type).toBe("alipay");
  });
});

describe("saving a card and paying off session", () => {
  async function savedCard(card: string): Promise<{ owner: string; method: string }> {
    const owner = await local.stripe.customers.create({});
    const params = sessionFor(owner.id, { payment_intent_data: { setup_future_usage: "off_session" } });
    const session = await local.stripe.checkout.sessions.create(params);
    await local.control.pay(session.id, { card });
    const [method] = (await local.stripe.paymentMethods.list({ customer: owner.id, type: "card" })).data;
    return { owner: owner.id, method: method?.id ?? "" };
  }

  const offSession = (owner: string, method: string) =>
    local.stripe.paymentIntents.create({
      amount: 2000,
      currency: "usd",
      customer: owner,
      payment_method: method,
      allowed_payment_method_types: ["card"],
      off_session: true,
      confirm: true,
    });

  test("a card that was saved while paying is charged without the customer", async () => {
    const { owner, method } = await savedCard("4242424242424242");
    const intent = await offSession(owner, method);
    expect(intent).toMatchObject({ status: "succeeded", amount_received: 2000, customer: owner });
  });

  test("a card that was authenticated when it was saved is not asked again", async () => {
    const { owner, method } = await savedCard("4000002500003155");
    expect((await offSession(owner, method)).status).toBe("succeeded");
  });

  test("a card that always asks ends in authentication_required, and its intent can be cancelled", async () => {
    const { owner, method } = await savedCard("4000002760003184");
    const refusal = await refusalOf(offSession(owner, method));
    expect([refusal.statusCode, refusal.code]).toEqual([402, "authentication_required"]);
    const id = refusal.payment_intent?.id ?? "";
    expect(refusal.payment_intent?.status).toBe("requires_payment_method");
    expect((await local.stripe.paymentIntents.cancel(id)).status).toBe("canceled");
    const again = await refusalOf(local.stripe.paymentIntents.cancel(id));
    expect(again.code).toBe("payment_intent_unexpected_state");
  });

  test("a card can be saved without paying, in a session of its own", async () => {
    const owner = await local.stripe.customers.create({});
    const session = await local.stripe.checkout.sessions.create({
      mode: "setup",
      customer: owner.id,
      currency: "usd",
      success_url: "https://portal.example/done",
    });
    expect(session).toMatchObject({
      payment_status: "no_payment_required",
      setup_intent: expect.any(String),
    });
    const declined = await local.control.pay(session.id, { card: "4000000000000002" });
    expect([declined.sessionStatus, declined.error?.code]).toEqual(["open", "card_declined"]);
    const saved = await local.control.pay(session.id, { card: "4000000000000341" });
    expect([saved.sessionStatus, saved.intentStatus]).toEqual(["complete", "succeeded"]);
    const [method] = (await local.stripe.paymentMethods.list({ customer: owner.id })).data;
    expect(method?.card?.last4).toBe("0341");
    expect((await refusalOf(offSession(owner.id, method?.id ?? ""))).code).toBe("card_declined");
  });

  test("attached by token, refused for another customer, detached for good", async () => {
    const owner = await local.stripe.customers.create({});
    const other = await local.stripe.customers.create({});
    const method = await local.stripe.paymentMethods.attach("pm_card_visa", { customer: owner.id });
    await refusalOf(offSession(other.id, method.id));
    await refusalOf(local.stripe.paymentMethods.attach(method.id, { customer: other.id }));
    await local.stripe.paymentMethods.detach(method.id);
    expect((await local.stripe.paymentMethods.list({ customer: owner.id })).data).toEqual([]);
    await refusalOf(offSession(owner.id, method.id));
    const types = (await local.stripe.events.list({ limit: 100 })).data.map((event) => event.type);
    expect(types).toContain("payment_method.detached");
    await refusalOf(local.stripe.paymentMethods.attach("pm_card_chargeDeclined", { customer: owner.id }));
  });

  test("a card that its network renews tells so", async () => {
    const { method } = await savedCard("4242424242424242");
    await local.control.renewCard(method);
    const [event] = (await local.stripe.events.list({ type: "payment_method.automatically_updated" })).data;
    expect(event?.data.object).toMatchObject({ id: method });
    await local.control.renewCard(method, "1881");
    expect((await local.stripe.paymentMethods.retrieve(method)).card?.last4).toBe("1881");
  });

  test("a card whose expiry is changed tells so, and nothing else of it can be", async () => {
    const { method } = await savedCard("4242424242424242");
    const card = { exp_month: 3, exp_year: 2035 };
    expect((await local.stripe.paymentMethods.update(method, { card })).card).toMatchObject(card);
    const [event] = (await local.stripe.events.list({ type: "payment_method.updated" })).data;
    expect(event?.data.object).toMatchObject({ id: method, card });
    await refusalOf(local.stripe.paymentMethods.update(method, { card: { number: "4000" } } as never));
  });

  test("an intent that may redirect wants a return_url, as at Stripe", async () => {
    const params = { amount: 2000, currency: "usd", payment_method: "pm_card_visa", confirm: true };
    const refusal = await refusalOf(local.stripe.paymentIntents.create(params));
    expect(refusal.message).toContain("return_url");
    const never = { automatic_payment_methods: { enabled: true, allow_redirects: "never" as const } };
    expect((await local.stripe.paymentIntents.create({ ...params, ...never })).status).toBe("succeeded");
  });

  test("on session, an intent asks the customer and can be confirmed anew after a decline", async () => {
    const intent = await local.stripe.paymentIntents.create({ amount: 2000, currency: "usd" });
    const back = { return_url: "https://portal.example/back" };
    const declined = local.stripe.paymentIntents.confirm(intent.id, {
      payment_method: "pm_card_chargeDeclined",
      ...back,
    });
    expect((await refusalOf(declined)).code).toBe("card_declined");
    const asks = { payment_method: "pm_card_authenticationRequired", ...back };
    const asked = await local.stripe.paymentIntents.confirm(intent.id, asks);
    expect(asked.status).toBe("requires_action");
    expect(asked.next_action?.redirect_to_url?.url).toBe(`${local.sandbox.url}/c/authenticate/${intent.id}`);
    await local.control.authenticate(intent.id, "approve");
    expect((await local.stripe.paymentIntents.retrieve(intent.id)).status).toBe("succeeded");
  });
});
