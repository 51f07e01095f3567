import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { stripeGateway } from "@/lib/gateway/stripe";
import { abandonPayment, payCombined, payDirect, payFromBalance, resumePayment } from "@/lib/portal/pay";
import { paymentOutcome } from "@/lib/portal/payment-outcome";
import type { FaultKind, FaultOrder } from "@/lib/sandbox/control";
import {
  balancePlan,
  giveBalance,
  makeCustomer,
  makeInvoice,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import {
  balanceOf,
  digestOf,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  paymentRef,
  startCombined,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { localGateway } from "@/lib/testing/world";
import { pollPayments } from "./poll-payments";
import { settle } from "./settle";

const minute = 60_000;
const hour = 60 * minute;
const sessionsPath = "/v1/checkout/sessions";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(async () => {
  await expectAllInOrder(world);
  await world.close();
});

/** The faults after which nobody here knows what became of a call. Those with `done` were worked on by Stripe. */
const faults: Record<Exclude<FaultKind, never>, { times: number; done: boolean; replayed?: true }> = {
  drop_before: { times: 2, done: false },
  drop_after: { times: 2, done: true },
  cut: { times: 1, done: true },
  error_500: { times: 1, done: false, replayed: true },
  error_500_after: { times: 1, done: true, replayed: true },
  rate_limit: { times: 1, done: false },
  lock_timeout: { times: 1, done: false },
  hang_before: { times: 1, done: true },
  hang_after: { times: 1, done: true },
};
const kinds = Object.keys(faults) as FaultKind[];

/** Strikes the next calls; what is refused once by SDK and Stripe alike needs to be struck twice. */
function strike(kind: FaultKind, order: Omit<FaultOrder, "kind">) {
  return world.control.fault({ kind, times: faults[kind].times, ...order });
}

/** As seen by who gives Stripe up soon: for calls that hang. Others have the time they need on a busy machine. */
function impatient(kind: FaultKind, timeoutMs = 300): StripeWorld {
  return kind.startsWith("hang")
    ? seenBy(world, { gateway: localGateway(world.stripeUrl, { timeoutMs }) })
    : world;
}

/** A customer known to Stripe, with 800 of balance and an invoice of 3000. */
async function payer(): Promise<{ customer: TestCustomer; input: Parameters<typeof payCombined>[1] }> {
  const customer = await makeCustomer(world);
  const seed = await makeInvoice(world, customer, 60n);
  const first = await payDirect(customer.actor, plan(world, [seed.id], { cardMinor: 60n }), world);
  if (!first.ok || first.value.kind !== "redirect") throw new Error("Stripe knows the customer");
  await abandonPayment(customer.actor, first.value, world);
  await giveBalance(world, customer, 800n);
  const invoice = await makeInvoice(world, customer, 3000n);
  const input = { ...plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n }), useBalance: "800" };
  return { customer, input };
}

/** A payment whose creation at Stripe met this fault. */
async function struckAtCreation(kind: FaultKind) {
  const { customer, input } = await payer();
  await strike(kind, { method: "POST", path: sessionsPath });
  const answer = await payCombined(customer.actor, input, impatient(kind));
  expect(answer).toEqual({ ok: true, value: { kind: "confirming", paymentId: input.paymentId } });
  await world.control.clearFaults();
  return { customer, input, payment: paymentRef(customer, input.paymentId) };
}

async function sessionsOf(paymentId: string): Promise<Record<string, unknown>[]> {
  const all = (await world.control.dump())["checkout.session"] ?? [];
  return all.filter((session) => (session.metadata as { payment?: string }).payment === paymentId);
}

/** What the portal asked of Stripe for one payment since; POSTs by their idempotency key. */
async function sentFor(paymentId: string): Promise<number> {
  const seen = await world.control.requests({ method: "POST", path: sessionsPath });
  return seen.filter(({ idempotencyKey }) => idempotencyKey?.includes(paymentId)).length;
}

const held = { state: "unknown", isPolled: true, claims: 1, openHolds: 1, charges: 0, invoices: ["open"] };
const released = { claims: 0, openHolds: 0, charges: 0, allocated: 0n, invoices: ["open"], isPolled: false };
const whole = {
  state: "succeeded",
  charges: 1,
  claims: 0,
  openHolds: 0,
  allocated: 3000n,
  invoices: ["paid"],
};

describe("creating the page at Stripe", () => {
  it.each(kinds)(
    "met by %s leaves the payment unknown; it is paid on the one page there is",
    async (kind) => {
      const { payment, customer } = await struckAtCreation(kind);
      expect(await factsOf(world, payment)).toMatchObject(held);
      expect(await balanceOf(world, customer)).toEqual({ posted: 800n, held: 800n });
      expect(await sessionsOf(payment.paymentId)).toHaveLength(faults[kind].done ? 1 : 0);
      await pass(world, 61_000);
      await pollPayments(world, 1000);
      // What Stripe replays under the key for a day tells nothing; what it forgot is done under the same key.
      if (faults[kind].replayed) return expect(await factsOf(world, payment)).toMatchObject(held);
      expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, openHolds: 1 });
      const sessions = await sessionsOf(payment.paymentId);
      expect(sessions).toHaveLength(1);
      await world.control.pay(sessions[0]?.id as string);
      await world.control.webhooksIdle();
      expect(await factsOf(world, payment)).toMatchObject(whole);
    },
  );

  it.each(["drop_after", "cut", "error_500_after", "hang_after"] as const)(
    "met by %s and paid before anybody asked again: its events settle it",
    async (kind) => {
      const { payment } = await struckAtCreation(kind);
      const [session] = await sessionsOf(payment.paymentId);
      await world.control.pay(session?.id as string);
      await world.control.webhooksIdle();
      expect(await factsOf(world, payment)).toMatchObject(whole);
    },
  );

  it("met by a fault and paid: the intent's event alone settles it, though it does not name the page", async () => {
    const { payment } = await struckAtCreation("drop_after");
    await world.control.dropWebhooks(["checkout.session.completed"]);
    const [session] = await sessionsOf(payment.paymentId);
    await world.control.pay(session?.id as string);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it("gone on with by the customer, once Stripe answers again", async () => {
    const { payment, customer, input } = await struckAtCreation("drop_before");
    const again = await payCombined(customer.actor, input, world);
    expect(again).toMatchObject({ ok: true, value: { kind: "redirect", paymentId: payment.paymentId } });
    expect(await resumePayment(customer.actor, payment, world)).toEqual(again);
    expect(await sessionsOf(payment.paymentId)).toHaveLength(1);
  });

  it("refused by a definite 4xx has failed at once, and everything is released", async () => {
    const { customer } = await payer();
    const invoice = await makeInvoice(world, customer, 100_000_800n);
    const input = { ...plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 100_000_000n }) };
    expect(await payCombined(customer.actor, { ...input, useBalance: "all" }, world)).toEqual({
      ok: false,
      refusal: { code: "gateway_refused" },
    });
    const payment = paymentRef(customer, input.paymentId);
    expect(await factsOf(world, payment)).toMatchObject({
      ...released,
      state: "failed",
      failureCode: "amount_too_large",
    });
    expect(await balanceOf(world, customer)).toEqual({ posted: 800n, held: 0n });
  });
});

describe("while Stripe cannot say (promise 3)", () => {
  it.each(["drop_after", "rate_limit", "error_500", "hang_before"] as const)(
    "no second attempt starts: %s",
    async (kind) => {
      const { payment, customer, input } = await struckAtCreation(kind);
      await world.control.fault({ kind: "lock_timeout", times: "until_cleared" });
      const refusal = { code: "payment_in_progress", paymentId: payment.paymentId };
      const [invoiceId = ""] = input.invoiceIds;
      const direct = plan(world, [invoiceId], { cardMinor: 3000n });
      expect(await payDirect(customer.actor, direct, world)).toEqual({ ok: false, refusal });
      const combined = plan(world, [invoiceId], { cardMinor: 3000n });
      expect(await payCombined(customer.actor, combined, world)).toEqual({ ok: false, refusal });
      await giveBalance(world, customer, 5000n);
      const fromBalance = balancePlan(world, [invoiceId], 3000n);
      expect(await payFromBalance(customer.actor, fromBalance, world)).toEqual({ ok: false, refusal });
      expect(await abandonPayment(customer.actor, payment, world)).toEqual({ ok: false, refusal });
      const seen = await paymentOutcome(customer.actor, payment.paymentId, world);
      expect(seen).toMatchObject({ kind: "confirming" });
      expect(await factsOf(world, payment)).toMatchObject(held);
      const [attempts] = await world.owner`
        select count(*)::int from payments where customer_id = ${customer.customerId} and state = 'unknown'`;
      expect(attempts?.count).toBe(1);
    },
  );

  it("a second attempt starts once the first was found and closed", async () => {
    const { payment, customer, input } = await struckAtCreation("drop_after");
    await giveBalance(world, customer, 5000n);
    const fromBalance = balancePlan(world, input.invoiceIds, 3000n);
    expect(await payFromBalance(customer.actor, fromBalance, world)).toMatchObject({ ok: true });
    expect(await factsOf(world, payment)).toMatchObject({ state: "canceled", claims: 0, openHolds: 0 });
    expect((await sessionsOf(payment.paymentId)).map(({ status }) => status)).toEqual(["expired"]);
  });
});

describe("an unknown payment as time passes", () => {
  it("is sent again with the same key within 23 hours, waits, and is looked up after 24", async () => {
    const { payment } = await struckAtCreation("error_500");
    const { paymentId } = payment;
    await pass(world, 23 * hour - minute);
    expect(await settle(world, payment)).toMatchObject({ kind: "unknown" });
    expect(await sentFor(paymentId)).toBe(2);
    await pass(world, minute);
    expect(await settle(world, payment)).toEqual({ kind: "unknown", reason: "between_resend_and_look_up" });
    await pass(world, hour - minute);
    expect(await settle(world, payment)).toEqual({ kind: "unknown", reason: "between_resend_and_look_up" });
    expect(await sentFor(paymentId)).toBe(2);
    expect(await factsOf(world, payment)).toMatchObject(held);
    await pass(world, minute);
    expect(await settle(world, payment)).toMatchObject({ kind: "settled", state: "failed" });
    expect(await sentFor(paymentId)).toBe(2);
    expect(await factsOf(world, payment)).toMatchObject({ ...released, failureCode: "never_created" });
  });

  it("that Stripe had after all is found by listing, and settled as it stands there", async () => {
    const { payment } = await struckAtCreation("error_500_after");
    await world.control.dropWebhooks();
    const [session] = await sessionsOf(payment.paymentId);
    await world.control.pay(session?.id as string);
    await pass(world, 24 * hour + minute);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it("that Stripe had, unpaid and expired, is expired", async () => {
    const { payment } = await struckAtCreation("error_500_after");
    await world.control.dropWebhooks();
    await pass(world, 24 * hour + minute);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject({ ...released, state: "expired" });
  });

  it("stays unknown while Stripe does not answer the look-up", async () => {
    const { payment } = await struckAtCreation("error_500");
    await pass(world, 25 * hour);
    await world.control.fault({ kind: "rate_limit", method: "GET", times: "until_cleared" });
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject(held);
  });

  it("sent again when its page would have expired is refused by Stripe, and has failed", async () => {
    const { payment } = await struckAtCreation("rate_limit");
    await pass(world, 2 * hour);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject({ ...released, state: "failed" });
    expect(await sessionsOf(payment.paymentId)).toEqual([]);
  });

  it("is seen as it stands when it is sent again, not as it was when its page was made", async () => {
    const { payment } = await struckAtCreation("drop_after");
    await world.control.dropWebhooks();
    await pass(world, 2 * hour);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject({ ...released, state: "expired" });
  });

  it("is not failed by a key that Stripe refuses: that says nothing of the first attempt", async () => {
    const { payment } = await struckAtCreation("drop_after");
    const locked = seenBy(world, {
      gateway: stripeGateway({
        secretKey: "sk_test_rolled",
        webhookSecrets: ["whsec_x"],
        apiBase: world.stripeUrl,
      }),
    });
    expect(await settle(locked, payment)).toMatchObject({ kind: "unknown" });
    expect(await factsOf(world, payment)).toMatchObject(held);
    expect(await settle(world, payment)).toMatchObject({ kind: "settled", state: "sent" });
  });
});

describe("a payment that failed without a page at Stripe", () => {
  it("is never sent again: its return page and its events find it as it is", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 100_000_000n);
    const input = plan(world, [invoice.id], { cardMinor: 100_000_000n });
    await payDirect(customer.actor, input, world);
    const payment = paymentRef(customer, input.paymentId);
    const sent = await sentFor(input.paymentId);
    const before = await digestOf(world);
    expect(await settle(world, payment)).toMatchObject({ kind: "settled", state: "failed", changed: false });
    expect(await paymentOutcome(customer.actor, input.paymentId, world)).toMatchObject({
      kind: "nothing_taken",
      state: "failed",
    });
    expect(await sentFor(input.paymentId)).toBe(sent);
    expect(await digestOf(world)).toBe(before);
  });
});

describe("reading and expiring a page", () => {
  it.each(kinds)("read met by %s changes nothing; the poller asks again", async (kind) => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 800n);
    const invoice = await makeInvoice(world, customer, 3000n);
    const payment = await startCombined(world, customer, [invoice.id], {
      balanceMinor: 800n,
      cardMinor: 2200n,
    });
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    await strike(kind, { method: "GET", path: sessionsPath });
    expect(await settle(impatient(kind), payment)).toMatchObject({ kind: "unknown" });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, openHolds: 1 });
    await world.control.clearFaults();
    await pass(world, 61_000);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it.each(kinds)("expiry met by %s is not taken for done; what Stripe then says is", async (kind) => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    const input = plan(world, [invoice.id], { cardMinor: 3000n });
    const started = await payDirect(customer.actor, input, world);
    await strike(kind, { method: "POST", path: `${sessionsPath}/cs_` });
    const payment = paymentRef(customer, input.paymentId);
    const answer = await abandonPayment(customer.actor, payment, impatient(kind, 1_500));
    expect(answer).toMatchObject({ ok: false, refusal: { code: "payment_in_progress" } });
    await world.control.clearFaults();
    await world.control.webhooksIdle();
    const { done } = faults[kind];
    expect(await factsOf(world, payment)).toMatchObject({ state: done ? "expired" : "sent" });
    expect(started.ok).toBe(true);
    if (!done) await abandonPayment(customer.actor, payment, world);
    expect(await factsOf(world, payment)).toMatchObject(released);
  });
});

describe("making the customer at Stripe", () => {
  it.each(kinds)("met by %s starts no payment; a later attempt finds or makes the one", async (kind) => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    await strike(kind, { method: "POST", path: "/v1/customers" });
    const input = plan(world, [invoice.id], { cardMinor: 3000n });
    // A customer that Stripe made after all is told by an event.
    const before = await digestOf(world, ["event_runs", "stripe_events"]);
    expect(await payDirect(customer.actor, input, impatient(kind))).toEqual({
      ok: false,
      refusal: { code: "gateway_unreachable" },
    });
    expect(await digestOf(world, ["event_runs", "stripe_events"])).toBe(before);
    await world.control.clearFaults();
    // An error that Stripe replays under its key for a day must not shut a customer out for that long.
    if (faults[kind].replayed) await pass(world, 15 * minute);
    expect(await payDirect(customer.actor, input, world)).toMatchObject({
      ok: true,
      value: { kind: "redirect" },
    });
    const made = (await world.control.dump()).customer?.filter(
      (row) => (row.metadata as { customer?: string }).customer === customer.customerId,
    );
    expect(made).toHaveLength(kind === "error_500_after" ? 2 : 1);
  });

  it("is not refused because the customer changed their name between two attempts", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    await strike("drop_after", { method: "POST", path: "/v1/customers" });
    const input = plan(world, [invoice.id], { cardMinor: 3000n });
    expect(await payDirect(customer.actor, input, world)).toMatchObject({ ok: false });
    await world.owner`update customers set name = 'Renamed' where id = ${customer.customerId}`;
    expect(await payDirect(customer.actor, input, world)).toMatchObject({ ok: true });
  });
});
