import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { unparkEvent } from "@/lib/gateway/parked-events";
import { newId } from "@/lib/kernel/id";
import { makeCustomer, makeInvoice, makeOrder, makePlan } from "@/lib/testing/fixtures";
import { holdRows } from "@/lib/testing/held-lock";
import {
  type AtStripe,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  startDirect,
} from "@/lib/testing/payment-facts";
import { permutations } from "@/lib/testing/permutations";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { handledTypes } from "./dispatch";
import { attemptsMost, concludeEvent, processEvent, processWaitingEvents } from "./process-events";
import { readBackEvents } from "./read-back-events";
import { recordEvents } from "./record-events";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await processWaitingEvents(world, 1000);
  await expectBooksBalance(world);
});

afterAll(async () => {
  await expectAllInOrder(world);
  await world.close();
});

const hour = 3_600_000;
const day = 24 * hour;

async function atStripe(): Promise<AtStripe> {
  const customer = await makeCustomer(world);
  const planId = await makePlan(world);
  const { invoice } = await makeOrder(world, customer, planId);
  return startDirect(world, customer, [invoice.id], { cardMinor: 1000n });
}

const paidOnce = { state: "succeeded", charges: 1, terms: 1, claims: 0, invoices: ["paid"] };

async function runOf(eventId: string) {
  const [row] = await world.owner`
    select state, attempts, reason, next_attempt_at from event_runs where event_id = ${eventId}`;
  return row;
}

let made = 0;

/** Stores an event as if Stripe had sent it. */
async function store(type: string, object: object | null, isLive = false): Promise<string> {
  made += 1;
  const id = `evt_made_${made}`;
  const createdAt = world.clock.now();
  const created = Math.floor(createdAt.getTime() / 1000);
  const payload = { id, type, created, livemode: isLive, data: object ? { object } : null };
  await recordEvents(world, [{ id, type, createdAt, isLive, payload }], "webhook");
  return id;
}

/** A world whose database refuses whatever an event of a page is about. */
function brokenWorld(): StripeWorld {
  const gateway = {
    ...world.gateway,
    readCheckout: () => Promise.reject(new Error("a fault of ours")),
  };
  return seenBy(world, { gateway });
}

describe("the events of one payment", () => {
  it("settle it once in every order, each twenty times at once", async () => {
    const types = ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"];
    for (const order of permutations(types)) {
      const payment = await atStripe();
      await world.control.holdWebhooks();
      await world.control.pay(payment.sessionId);
      const held = await world.control.heldWebhooks();
      const events = order.flatMap((type) =>
        held.filter((one) => one.type === type).map((one) => one.eventId),
      );
      expect(events.length).toBeGreaterThanOrEqual(2);
      await world.control.releaseWebhooks(events, 20);
      expect(await factsOf(world, payment), order.join()).toMatchObject(paidOnce);
      for (const eventId of events) expect((await runOf(eventId))?.attempts).toBe(1);
    }
  });

  it("are each worked on by one of many workers", async () => {
    const payment = await atStripe();
    world.endpoint.mode = "record";
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    const done = await Promise.all(Array.from({ length: 10 }, () => processWaitingEvents(world, 1000)));
    const ids = done.flat().map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await factsOf(world, payment)).toMatchObject(paidOnce);
  });

  it("a worker that dies over one leaves it to another, a minute later", async () => {
    const payment = await atStripe();
    world.endpoint.mode = "record";
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    const lock = await holdRows(world, "balances", payment.customerId);
    const [event] = await world.owner`
      select event_id from event_runs r join stripe_events e on e.id = r.event_id
      where r.state = 'waiting' and e.type = 'checkout.session.completed'`;
    const working = processEvent(world, event?.event_id).catch(() => null);
    const [pid] = await lock.untilAwaited();
    // Somebody else's turn does not come while it is being worked on.
    expect(await processEvent(world, event?.event_id)).toBeNull();
    await world.owner`select pg_terminate_backend(${pid as number})`;
    await lock.release();
    await working;
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, charges: 0 });
    await pass(world, 61_000);
    await processWaitingEvents(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject(paidOnce);
  });
});

describe("an event", () => {
  it.each<[string, string, object, object]>([
    [
      "of a type nobody uses",
      "customer.created",
      { id: "cus_1" },
      { state: "ignored", reason: "type_not_used" },
    ],
    [
      "of a payment that is not ours",
      "checkout.session.completed",
      { id: "cs_1", metadata: {} },
      { state: "ignored", reason: "not_ours" },
    ],
    [
      "that names a payment which we do not have",
      "payment_intent.succeeded",
      { id: "pi_1", metadata: { payment: newId(), customer: newId() } },
      { state: "parked", reason: "payment_not_found" },
    ],
    [
      "whose metadata somebody wrote by hand",
      "payment_intent.succeeded",
      { id: "pi_1", metadata: { payment: "' or true", customer: "x" } },
      { state: "parked", reason: "metadata_malformed" },
    ],
    [
      "of money that the portal does not book by itself",
      "payout.failed",
      { id: "po_1" },
      { state: "parked", reason: "no_handler_for_payout.failed" },
    ],
    [
      "of a refund that is told by its charge too",
      "charge.refunded",
      { id: "ch_1" },
      { state: "ignored", reason: "type_not_used" },
    ],
    ...["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"].map(
      (type): [string, string, object, object] => [
        `whose type is called as what every object has: ${type}`,
        type,
        { id: "x_1" },
        { state: "ignored", reason: "type_not_used" },
      ],
    ),
    [
      "about something without an id",
      "refund.updated",
      { object: "refund" },
      { state: "parked", reason: "event_without_object" },
    ],
  ])("%s", async (_, type, object, run) => {
    const id = await store(type, object);
    await processEvent(world, id);
    expect(await runOf(id)).toMatchObject({ ...run, next_attempt_at: null });
  });

  it("of the other mode is parked, whatever it says", async () => {
    const payment = await atStripe();
    const metadata = { payment: payment.paymentId, customer: payment.customerId };
    const id = await store("checkout.session.completed", { id: payment.sessionId, metadata }, true);
    await processEvent(world, id);
    expect(await runOf(id)).toMatchObject({ state: "parked", reason: "livemode_differs" });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent" });
  });

  it("that names a payment of one customer under another's id finds nothing", async () => {
    const payment = await atStripe();
    const other = await makeCustomer(world);
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    const metadata = { payment: payment.paymentId, customer: other.customerId };
    const id = await store("checkout.session.completed", { id: payment.sessionId, metadata });
    await processEvent(world, id);
    expect(await runOf(id)).toMatchObject({ state: "parked", reason: "payment_not_found" });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", charges: 0 });
  });

  it.each([
    ["a page", "checkout.session.completed", "cs_test_unheard_of"],
    ["an intent", "payment_intent.succeeded", "pi_unheard_of"],
    ["a refund", "refund.updated", "re_unheard_of"],
    ["a dispute", "charge.dispute.updated", "du_unheard_of"],
  ])("about %s that Stripe definitely does not have is parked at once", async (_, type, stripeId) => {
    const payment = await atStripe();
    const metadata = { payment: payment.paymentId, customer: payment.customerId };
    const id = await store(type, { id: stripeId, metadata });
    await processEvent(world, id);
    expect(await runOf(id)).toMatchObject({ state: "parked", attempts: 1, reason: "resource_missing" });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", charges: 0, claims: 1 });
  });

  it("that names another payment's page does not settle from it", async () => {
    const [one, other] = [await atStripe(), await atStripe()];
    await world.control.holdWebhooks();
    await world.control.pay(other.sessionId);
    const metadata = { payment: one.paymentId, customer: one.customerId };
    const id = await store("checkout.session.completed", { id: other.sessionId, metadata });
    await processEvent(world, id);
    expect(await factsOf(world, one)).toMatchObject({ state: "sent", charges: 0 });
  });
});

describe("a poisoned event", () => {
  it("is tried again with growing pauses, then parked; the others go on; staff can replay it", async () => {
    const broken = brokenWorld();
    const spoiled = await atStripe();
    const metadata = { payment: spoiled.paymentId, customer: spoiled.customerId };
    const poisoned = await store("checkout.session.completed", { id: spoiled.sessionId, metadata });
    const payment = await atStripe();
    world.endpoint.mode = "record";
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect((await processEvent(broken, poisoned))?.result.kind).toBe("fault");
    await processWaitingEvents(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject(paidOnce);
    const pauses: number[] = [];
    for (let attempt = 1; attempt < attemptsMost; attempt += 1) {
      const run = await runOf(poisoned);
      expect(run).toMatchObject({ state: "waiting", attempts: attempt });
      pauses.push(run?.next_attempt_at.getTime() - world.clock.now().getTime());
      expect(await processEvent(world, poisoned)).toBeNull();
      world.clock.set(run?.next_attempt_at);
      await processEvent(broken, poisoned);
    }
    expect(pauses).toEqual([5, 20, 80, 320, 1280, 3600, 3600].map((seconds) => seconds * 1000));
    expect(await runOf(poisoned)).toMatchObject({ state: "parked", attempts: attemptsMost });
    expect((await runOf(poisoned))?.reason).toBeTruthy();
    await pass(world, day);
    expect(await processEvent(world, poisoned)).toBeNull();
    expect(await unparkEvent(world.jobs.sql, poisoned, world.clock.now())).toBe(true);
    expect(await runOf(poisoned)).toMatchObject({ state: "waiting", attempts: 0 });
    expect(await processEvent(broken, poisoned)).toMatchObject({ result: { kind: "fault" } });
  });

  it("that is replayed after its cause was mended is done", async () => {
    const payment = await atStripe();
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    const metadata = { payment: newId(), customer: payment.customerId };
    const id = await store("checkout.session.completed", { id: payment.sessionId, metadata });
    await processEvent(world, id);
    expect(await runOf(id)).toMatchObject({ state: "parked" });
    const right = JSON.stringify({ payment: payment.paymentId, customer: payment.customerId });
    await world.owner`
      update stripe_events set payload = jsonb_set(payload, '{data,object,metadata}', ${right}::text::jsonb)
      where id = ${id}`;
    expect(await unparkEvent(world.jobs.sql, id, world.clock.now())).toBe(true);
    await processEvent(world, id);
    expect(await runOf(id)).toMatchObject({ state: "done", reason: null });
    expect(await factsOf(world, payment)).toMatchObject(paidOnce);
    expect(await unparkEvent(world.jobs.sql, id, world.clock.now())).toBe(false);
  });
});

describe("an attempt that took longer than its lease", () => {
  const later = { kind: "later", reason: "Stripe did not answer" } as const;

  it("says nothing once another process has taken the event up", async () => {
    const id = await store("customer.source.updated", { id: "src_x" });
    await world.owner`update event_runs set attempts = 2, next_attempt_at = ${new Date(world.clock.now().getTime() + day)} where event_id = ${id}`;
    await concludeEvent(world, id, 1, later);
    await concludeEvent(world, id, 1, { kind: "parked", reason: "of the first attempt" });
    expect(await runOf(id)).toMatchObject({ state: "waiting", attempts: 2, reason: null });
    await concludeEvent(world, id, 2, later);
    expect(await runOf(id)).toMatchObject({ state: "waiting", attempts: 2, reason: later.reason });
  });

  it("says nothing of an event that is done or parked", async () => {
    for (const state of ["done", "parked"]) {
      const id = await store("customer.source.updated", { id: "src_x" });
      await world.owner`
        update event_runs set state = ${state}, attempts = 1, next_attempt_at = null where event_id = ${id}`;
      await concludeEvent(world, id, 1, later);
      expect(await runOf(id)).toMatchObject({ state, reason: null });
    }
  });
});

describe("while Stripe cannot say", () => {
  it("an event waits, and is done once it can", async () => {
    const payment = await atStripe();
    await world.control.fault({ kind: "error_500", method: "GET", times: "until_cleared" });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    const waiting = await world.owner`select reason from event_runs where state = 'waiting' and attempts = 1`;
    expect(waiting.length).toBeGreaterThan(0);
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent" });
    await world.control.clearFaults();
    await pass(world, 6_000);
    await processWaitingEvents(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject(paidOnce);
  });
});

describe("events that were never delivered are read back", () => {
  it("after the endpoint was down for days: every payment is settled, and nothing is stored twice", async () => {
    await world.control.webhooksDown();
    const payments = [];
    for (let made = 0; made < 60; made += 1) payments.push(await atStripe());
    for (const { sessionId } of payments) await world.control.pay(sessionId);
    for (let hours = 0; hours < 75; hours += 5) await pass(world, 5 * hour);
    expect(await world.control.webhookState()).toMatchObject({ waiting: 0, busy: 0 });
    for (const payment of payments) expect((await factsOf(world, payment)).state).toBe("sent");
    const added = await readBackEvents(world);
    // A page of Stripe's list has a hundred at most.
    expect(added).toBeGreaterThan(100);
    expect(await readBackEvents(world)).toBe(0);
    await processWaitingEvents(world, 1000);
    for (const payment of payments) expect(await factsOf(world, payment)).toMatchObject(paidOnce);
    const [sources] = await world.owner`
      select count(*)::int from stripe_events where source = 'read_back'`;
    expect(sources?.count).toBe(added);
  });

  it("those that came by themselves are not added again", async () => {
    await world.control.dropWebhooks(["checkout.session.completed"]);
    const payment = await atStripe();
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject(paidOnce);
    expect(await readBackEvents(world)).toBe(1);
    await processWaitingEvents(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject(paidOnce);
  });

  it("one that cannot be stored as it is holds up none of the others", async () => {
    world.endpoint.mode = "record";
    await world.control.dropWebhooks(["checkout.session.completed"]);
    const [odd, payment] = [await atStripe(), await atStripe()];
    for (const { sessionId } of [odd, payment]) await world.control.pay(sessionId);
    await world.control.webhooksIdle();
    const spoiled = seenBy(world, { gateway: spoiling(odd.sessionId) });
    expect(await readBackEvents(spoiled)).toBe(2);
    await processWaitingEvents(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject(paidOnce);
    const [row] = await world.owner`
      select r.state, r.reason from event_runs r join stripe_events e on e.id = r.event_id
      where e.payload ? 'refused'`;
    expect(row).toEqual({ state: "parked", reason: "event_without_type" });
  });

  it("goes on where it was cut off, and begins anew when it is through", async () => {
    await world.control.webhooksDown();
    for (let made = 0; made < 30; made += 1) await world.control.pay((await atStripe()).sessionId);
    for (let hours = 0; hours < 75; hours += 5) await pass(world, 5 * hour);
    const asked: (string | null | undefined)[] = [];
    const cutting = (pages: number) => {
      let left = pages;
      const undeliveredEvents: StripeWorld["gateway"]["undeliveredEvents"] = (since, types, from) => {
        left -= 1;
        if (left < 0) return Promise.resolve({ outcome: "unknown", reason: "rate_limit" });
        asked.push(from?.after);
        return world.gateway.undeliveredEvents(since, types, { ...from, most: 10 });
      };
      return seenBy(world, { gateway: { ...world.gateway, undeliveredEvents } });
    };
    expect(await readBackEvents(cutting(2))).toBeNull();
    const [stored] = await world.owner`select count(*)::int from stripe_events where source = 'read_back'`;
    expect(await readBackEvents(cutting(1_000))).toBeGreaterThan(0);
    expect(new Set(asked.filter((after) => after)).size).toBe(asked.filter((after) => after).length);
    expect(stored?.count).toBeGreaterThan(0);
    expect(await readBackEvents(world)).toBe(0);
  });

  it("events of other endpoints of the account are not asked for", async () => {
    const asked: string[][] = [];
    const undeliveredEvents: StripeWorld["gateway"]["undeliveredEvents"] = (since, types, from) => {
      asked.push([...types]);
      return world.gateway.undeliveredEvents(since, types, from);
    };
    await readBackEvents(seenBy(world, { gateway: { ...world.gateway, undeliveredEvents } }));
    expect(asked.flat().sort()).toEqual([...handledTypes].sort());
    expect(asked.every((types) => types.length <= 20)).toBe(true);
  });

  it("is tried again later when Stripe does not answer", async () => {
    await world.control.fault({ kind: "rate_limit", path: "/v1/events" });
    expect(await readBackEvents(world)).toBeNull();
    expect(await readBackEvents(world)).toBe(0);
  });
});

/** The gateway, should it hand on an event with something in it that the database refuses. */
function spoiling(sessionId: string): StripeWorld["gateway"] {
  return {
    ...world.gateway,
    undeliveredEvents: async (since, types, from) => {
      const page = await world.gateway.undeliveredEvents(since, types, from);
      if (page.outcome !== "succeeded") return page;
      const rows = page.value.rows.map((event) => {
        const { data } = event.payload as { data: { object: { id: string } } };
        return data.object.id === sessionId ? { ...event, payload: { name: "\0" } } : event;
      });
      return { ...page, value: { ...page.value, rows } };
    },
  };
}

it("a payment whose events say nothing new is left as it is", async () => {
  const customer = await makeCustomer(world);
  const invoice = await makeInvoice(world, customer, 1000n);
  const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 1000n });
  await world.control.pay(payment.sessionId, { card: "4000000000000002" });
  await world.control.webhooksIdle();
  expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, invoices: ["open"] });
});
