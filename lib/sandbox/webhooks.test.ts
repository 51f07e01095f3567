import type Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sessionFor, startTestSandbox, type TestSandbox, testSecret } from "@/lib/sandbox/test-sandbox";

let local: TestSandbox;
let customer: Stripe.Customer;
beforeEach(async () => {
  local = await startTestSandbox();
  customer = await local.stripe.customers.create({ email: "ada@example.com" });
  await local.control.webhooksIdle();
  local.inbox.received.length = 0;
});
afterEach(() => local.close());

const hour = 60 * 60 * 1000;

async function paidSession(): Promise<string> {
  const session = await local.stripe.checkout.sessions.create(sessionFor(customer.id));
  await local.control.pay(session.id);
  return session.id;
}

describe("webhooks", () => {
  test("are signed so that the SDK accepts them, and only with the right secret and unaltered bytes", async () => {
    await paidSession();
    await local.control.webhooksIdle();
    const completed = local.inbox.received.find(({ event }) => event.type === "checkout.session.completed");
    if (!completed) throw new Error("No checkout.session.completed");
    const event = local.stripe.webhooks.constructEvent(completed.body, completed.signature, testSecret);
    expect(event.api_version).toBe("2026-10-28.endive");
    expect(() =>
      local.stripe.webhooks.constructEvent(completed.body, completed.signature, "whsec_wrong"),
    ).toThrow();
    const altered = completed.body.replace("paid", "Paid");
    expect(() => local.stripe.webhooks.constructEvent(altered, completed.signature, testSecret)).toThrow();
  });

  test("are signed at the time of the clock on the wall, however far the virtual clock was moved", async () => {
    await local.control.advance(90 * 24 * hour);
    await paidSession();
    await local.control.webhooksIdle();
    const [last] = local.inbox.received.slice(-1);
    const signedAt = Number(/t=(\d+)/.exec(last?.signature ?? "")?.[1]);
    expect(Math.abs(signedAt - Date.now() / 1000)).toBeLessThan(300);
    const far = await startTestSandbox({
      clock: { now: () => new Date("2031-01-01T00:00:00Z") },
      webhook: { url: local.inbox.url, secret: testSecret },
    });
    await far.stripe.customers.create({});
    await far.control.webhooksIdle();
    const sent = local.inbox.received.at(-1);
    if (!sent) throw new Error("Nothing received");
    expect(far.stripe.webhooks.constructEvent(sent.body, sent.signature, testSecret).created).toBe(
      1_924_992_000,
    );
    await far.close();
  });

  test("tell what happened, in full", async () => {
    const session = await paidSession();
    await local.control.webhooksIdle();
    expect(local.inbox.types().sort()).toEqual([
      "charge.succeeded",
      "checkout.session.completed",
      "payment_intent.created",
      "payment_intent.succeeded",
    ]);
    const completed = local.inbox.received.find(({ event }) => event.type === "checkout.session.completed");
    expect(completed?.event.data.object).toMatchObject({
      id: session,
      payment_status: "paid",
      object: "checkout.session",
    });
  });

  test("name the request that caused them, and none when a customer did", async () => {
    const updated = await local.stripe.customers.update(
      customer.id,
      { name: "Ada" },
      { idempotencyKey: "naming" },
    );
    await paidSession();
    const [event] = (await local.stripe.events.list({ type: "customer.updated" })).data;
    expect(event?.request).toEqual({ id: updated.lastResponse.requestId, idempotency_key: "naming" });
    expect(event?.data.previous_attributes).toEqual({ name: null });
    const [completed] = (await local.stripe.events.list({ type: "checkout.session.completed" })).data;
    expect(completed?.request).toEqual({ id: null, idempotency_key: null });
  });

  test("are signed with both secrets while one is being replaced", async () => {
    const two = await startTestSandbox({
      webhook: { url: local.inbox.url, secret: "whsec_new, whsec_old" },
    });
    await two.stripe.customers.create({});
    await two.control.webhooksIdle();
    const [got] = local.inbox.received;
    if (!got) throw new Error("Nothing received");
    for (const secret of ["whsec_new", "whsec_old"]) {
      expect(two.stripe.webhooks.constructEvent(got.body, got.signature, secret).id).toBe(got.event.id);
    }
    await two.close();
  });

  test("that fail are tried again with growing waits, for three days, and stay undelivered", async () => {
    local.inbox.answer(500);
    await local.stripe.customers.update(customer.id, { name: "Ada" });
    await local.control.webhooksIdle();
    expect(local.inbox.received).toHaveLength(1);
    await local.control.advance(2 * 60 * 1000);
    expect(local.inbox.received).toHaveLength(3);
    await local.control.advance(80 * hour);
    const tried = local.inbox.received.length;
    expect(tried).toBeGreaterThan(8);
    await local.control.advance(80 * hour);
    expect(local.inbox.received).toHaveLength(tried);
    const lost = await local.stripe.events.list({ delivery_success: false });
    expect(lost.data.map((event) => [event.type, event.pending_webhooks])).toEqual([["customer.updated", 1]]);
  });

  test("that fail once are delivered by the retry, and count as delivered then", async () => {
    local.inbox.answer(503);
    await local.stripe.customers.update(customer.id, { name: "Ada" });
    await local.control.webhooksIdle();
    local.inbox.answer(200);
    await local.control.advance(10_000);
    expect(new Set(local.inbox.received.map(({ event }) => event.id)).size).toBe(1);
    expect(local.inbox.received).toHaveLength(2);
    expect((await local.stripe.events.list({ delivery_success: false })).data).toEqual([]);
  });

  test("a redirect is no success", async () => {
    local.inbox.answer(302);
    await local.stripe.customers.update(customer.id, { name: "Ada" });
    await local.control.webhooksIdle();
    expect((await local.stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
  });

  test("can be held back and released in any order, several times each", async () => {
    await local.control.holdWebhooks();
    await paidSession();
    const held = await local.control.heldWebhooks();
    expect(local.inbox.received).toEqual([]);
    const backwards = held.map(({ eventId }) => eventId).reverse();
    await local.control.releaseWebhooks(backwards, 3);
    const order = local.inbox.received.map(({ event }) => event.id);
    expect(order).toEqual(backwards.flatMap((id) => [id, id, id]));
    expect(await local.control.heldWebhooks()).toEqual([]);
  });

  test("can be held by type, while the others go out", async () => {
    await local.control.holdWebhooks(["checkout.session.completed"]);
    await paidSession();
    await local.control.webhooksIdle();
    expect(local.inbox.types()).toContain("payment_intent.succeeded");
    expect(local.inbox.types()).not.toContain("checkout.session.completed");
    await local.control.deliverWebhooks();
    await local.control.webhooksIdle();
    expect(local.inbox.types()).toContain("checkout.session.completed");
  });

  test("can be sent twenty times at once", async () => {
    await local.control.duplicateWebhooks(20);
    await local.stripe.customers.update(customer.id, { name: "Ada" });
    await local.control.webhooksIdle();
    expect(local.inbox.received).toHaveLength(20);
    expect(new Set(local.inbox.received.map(({ event }) => event.id)).size).toBe(1);
  });

  test("can be lost: they stay in the list of undelivered events", async () => {
    await local.control.dropWebhooks();
    await paidSession();
    const state = await local.control.webhooksIdle();
    expect(state).toMatchObject({ attempts: expect.any(Number), busy: 0, waiting: 0 });
    await local.control.deliverWebhooks();
    await local.control.advance(72 * hour);
    expect(local.inbox.received.filter(({ event }) => event.type === "checkout.session.completed")).toEqual(
      [],
    );
    const lost = await local.stripe.events.list({
      delivery_success: false,
      types: ["checkout.session.completed"],
    });
    expect(lost.data).toHaveLength(1);
  });

  test("an endpoint that is down for a day gets its events when it is back", async () => {
    await local.control.webhooksDown();
    await local.stripe.customers.update(customer.id, { name: "Ada" });
    await local.control.advance(24 * hour);
    expect(local.inbox.received).toEqual([]);
    await local.control.deliverWebhooks();
    await local.control.advance(12 * hour);
    expect(local.inbox.types()).toEqual(["customer.updated"]);
  });

  test("any event can be sent again", async () => {
    await local.stripe.customers.update(customer.id, { name: "Ada" });
    await local.control.webhooksIdle();
    const [event] = (await local.stripe.events.list({ type: "customer.updated" })).data;
    await local.control.resendWebhook(event?.id ?? "", 5);
    expect(local.inbox.received).toHaveLength(6);
  });

  test("endpoints made over the API get the types they asked for, signed with their own secret", async () => {
    const endpoint = await local.stripe.webhookEndpoints.create({
      url: local.inbox.url,
      enabled_events: ["customer.deleted"],
      api_version: "2026-10-28.endive",
    });
    await local.stripe.customers.del(customer.id);
    await local.control.webhooksIdle();
    const signed = local.inbox.received.filter(({ body, signature }) => {
      try {
        return (
          local.stripe.webhooks.constructEvent(body, signature, endpoint.secret ?? "").type ===
          "customer.deleted"
        );
      } catch {
        return false;
      }
    });
    expect(signed).toHaveLength(1);
    expect(signed[0]?.event.pending_webhooks).toBe(2);
    expect((await local.stripe.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined();
  });

  test("events are kept for thirty days", async () => {
    await local.control.advance(31 * 24 * hour);
    await local.stripe.customers.update(customer.id, { name: "Ada" });
    const types = (await local.stripe.events.list({ limit: 100 })).data.map((event) => event.type);
    expect(types).toEqual(["customer.updated"]);
  });
});
