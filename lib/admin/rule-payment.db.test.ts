import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { settle } from "@/lib/billing/payment/settle";
import type { Checkout, CheckoutRequest } from "@/lib/gateway/port";
import { manualClock } from "@/lib/kernel/clock";
import { newId, type PaymentId, type SessionId, type TaskId, type UserId } from "@/lib/kernel/id";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import { payDirect } from "@/lib/portal/pay";
import { topUp } from "@/lib/portal/top-up";
import { makeCustomer, makeInvoice, makeOrder, makePlan, plan } from "@/lib/testing/fixtures";
import {
  type AtStripe,
  balanceOf,
  expectBooksBalance,
  factsOf,
  ledToStripe,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { closeTask } from "./close-task";
import { decideRuling, proposeRuling, showQuarantine } from "./rule-payment";
import type { StaffActor } from "./shapes";
import { showDesk } from "./show-desk";
import { showHealth } from "./show-health";
import type { StaffWorld } from "./world";

let world: StripeWorld;
let ann: StaffActor;
let bob: StaffActor;

beforeAll(async () => {
  world = await openStripeWorld();
  [ann, bob] = [await staffOf("finance"), await staffOf("admin")];
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(() => world.close());

async function staffOf(role: StaffActor["role"]): Promise<StaffActor> {
  const userId = newId<UserId>(world.clock);
  const now = world.clock.now();
  await world.owner`
    insert into users (id, email, name, created_at) values (${userId}, ${`${userId}@host.test`}, 'Staff', ${now})`;
  return { userId, role, sessionId: newId<SessionId>(world.clock) } as StaffActor;
}

/** A payment of 2000 for an order, whose page Stripe tells otherwise than we asked for. */
async function quarantined(
  change: (checkout: Checkout) => Checkout = (one) => ({ ...one, status: "paused" }),
) {
  const customer = await makeCustomer(world);
  const { invoice } = await makeOrder(world, customer, await makePlan(world, { price: { USD: 2000n } }));
  const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 2000n });
  expect(await settle(toldWorld(change), payment)).toMatchObject({ kind: "quarantined" });
  return { ...payment, invoice };
}

/** A page that somebody made at Stripe for the payment, of so many cents, and paid. */
async function paidElsewhere({ paymentId }: AtStripe, amountMinor: string): Promise<string> {
  const [row] = await world.owner`select request from payments where id = ${paymentId}`;
  const request = { ...(row?.request as CheckoutRequest), amountMinor };
  const made = await world.gateway.createCheckout(request, `elsewhere/${paymentId}/${amountMinor}`);
  if (made.outcome !== "succeeded") throw new Error("Stripe makes the page");
  await world.control.holdWebhooks();
  await world.control.pay(made.value.id);
  return made.value.id;
}

const refOf = ({ customerId, paymentId }: AtStripe) => ({ customerId, paymentId });

async function proposed(payment: AtStripe, stripeId: string | null): Promise<string> {
  const wish = { ...refOf(payment), stripeId, reason: "looked at both" };
  expect(await proposeRuling(ann, wish, world)).toEqual({ ok: true, value: null });
  return (await showQuarantine(bob, refOf(payment), world))?.proposed?.id as string;
}

function confirm(payment: AtStripe, rulingId: string, by = bob, seen: StaffWorld = world) {
  return decideRuling(by, { ...refOf(payment), rulingId, decision: "confirmed" }, seen);
}

/** Another customer's payment of 2000, at Stripe. */
async function started() {
  const customer = await makeCustomer(world);
  const { invoice } = await makeOrder(world, customer, await makePlan(world, { price: { USD: 2000n } }));
  return startDirect(world, customer, [invoice.id], { cardMinor: 2000n });
}

/** Paid at Stripe, which has not told us yet. */
async function paidByAnother() {
  const other = await started();
  await world.control.holdWebhooks();
  await world.control.pay(other.sessionId);
  return other;
}

/** The world with a Stripe that tells pages otherwise. */
function toldWorld(change: (checkout: Checkout) => Checkout) {
  const { gateway } = world;
  return seenBy(world, {
    gateway: {
      ...gateway,
      readCheckout: async (id) => {
        const read = await gateway.readCheckout(id);
        return read.outcome === "succeeded" ? { ...read, value: change(read.value) } : read;
      },
      findCheckouts: async (...of) => {
        const found = await gateway.findCheckouts(...of);
        return found.outcome === "succeeded" ? { ...found, value: found.value.map(change) } : found;
      },
    },
  });
}

describe("a payment that does not fit what Stripe says", () => {
  it("shows ours beside Stripe's: each object that names it, and what differs", async () => {
    const payment = await quarantined();
    const other = await paidElsewhere(payment, "999");
    const shown = await showQuarantine(ann, refOf(payment), world);
    expect(shown).toMatchObject({
      reason: "session_status_paused",
      ours: { amount: { minor: 2000n } },
      proposed: null,
    });
    const objects = shown?.objects?.map(({ stripeId, isPaid, isOwn, differs }) => ({
      stripeId,
      isPaid,
      isOwn,
      differs,
    }));
    expect(objects).toEqual([
      { stripeId: other, isPaid: true, isOwn: false, differs: ["amount_differs"] },
      { stripeId: payment.sessionId, isPaid: false, isOwn: true, differs: [] },
    ]);
  });

  it("declared ended is closed at Stripe and canceled: its invoice can be paid or canceled again", async () => {
    const payment = await quarantined();
    expect(await confirm(payment, await proposed(payment, null))).toEqual({ ok: true, value: null });
    expect(await factsOf(world, payment)).toMatchObject({ state: "canceled", claims: 0, invoices: ["open"] });
    expect(await world.gateway.readCheckout(payment.sessionId)).toMatchObject({
      value: { status: "expired" },
    });
    const again = plan(world, [payment.invoice.id], { cardMinor: 2000n });
    expect(await payDirect(payment.customer.actor, again, world)).toMatchObject({ ok: true });
    expect(
      await cancelInvoice(payment.customer.actor, { invoiceId: payment.invoice.id }, world),
    ).toMatchObject({ ok: true });
    expect(await showQuarantine(ann, refOf(payment), world)).toBeNull();
  });

  it("declared ended, and yet paid later: that money is booked once, as a success that comes late", async () => {
    const payment = await quarantined();
    await confirm(payment, await proposed(payment, null));
    await world.control.pay(payment.sessionId, { afterExpiry: true });
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ state: "canceled", charges: 1, toBalance: 2000n });
  });

  it("paid by the object that was chosen succeeds by it", async () => {
    const payment = await quarantined();
    const right = await paidElsewhere(payment, "2000");
    expect(await confirm(payment, await proposed(payment, right))).toEqual({ ok: true, value: null });
    expect(await factsOf(world, payment)).toMatchObject({
      state: "succeeded",
      charges: 1,
      invoices: ["paid"],
    });
  });

  it("that is a top-up begun from an invoice pays that first, as if it had never been quarantined", async () => {
    const customer = await makeCustomer(world);
    const [older, invoice] = [
      await makeInvoice(world, customer, 2000n),
      await makeInvoice(world, customer, 2000n),
    ];
    const paymentId = newId<PaymentId>(world.clock);
    const wish = { paymentId, currency: "USD", amount: "20.00", invoiceId: invoice.id } as const;
    const payment = await ledToStripe(world, customer, await topUp(customer.actor, wish, world));
    const told = toldWorld((one) => ({ ...one, status: "paused" }));
    expect(await settle(told, payment)).toMatchObject({ kind: "quarantined" });
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    const rulingId = await proposed(payment, payment.sessionId);
    expect(await confirm(payment, rulingId)).toEqual({ ok: true, value: null });
    const states =
      await world.owner`select id, state from invoices where customer_id = ${customer.customerId}`;
    const stateOf = (id: string) => states.find((row) => row.id === id)?.state;
    expect([stateOf(older.id), stateOf(invoice.id)]).toEqual(["open", "paid"]);
  });

  it("paid by its own page, which Stripe tells rightly now, succeeds by it", async () => {
    const payment = await quarantined();
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    const rulingId = await proposed(payment, payment.sessionId);
    expect(await confirm(payment, rulingId)).toEqual({ ok: true, value: null });
    expect(await factsOf(world, payment)).toMatchObject({ state: "succeeded", invoices: ["paid"] });
  });

  it("paid by one of another amount ends, and that money becomes balance", async () => {
    const payment = await quarantined();
    const right = await paidElsewhere(payment, "999");
    expect(await confirm(payment, await proposed(payment, right))).toEqual({ ok: true, value: null });
    expect(await factsOf(world, payment)).toMatchObject({
      ...{ state: "canceled", charges: 1, toBalance: 999n, claims: 0, invoices: ["open"] },
    });
    expect(await balanceOf(world, payment.customer)).toEqual({ posted: 999n, held: 0n });
    await calm(world);
    expect(await factsOf(world, payment)).toMatchObject({ charges: 1, toBalance: 999n });
  });

  it("is not declared ended while what fits it is paid, nor paid by what is not", async () => {
    const payment = await quarantined();
    const open = await proposed(payment, payment.sessionId);
    expect(await confirm(payment, open)).toMatchObject({ refusal: { code: "object_not_paid" } });
    await decideRuling(ann, { ...refOf(payment), rulingId: open, decision: "withdrawn" }, world);
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    const ended = await proposed(payment, null);
    expect(await confirm(payment, ended)).toMatchObject({ refusal: { code: "payment_is_paid" } });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1 });
  });

  it("paid twice elsewhere, is paid by one of the two, and the other is on the desk at once", async () => {
    const payment = await quarantined();
    const [one, other] = [await paidElsewhere(payment, "2000"), await paidElsewhere(payment, "999")];
    const read = await world.gateway.readCheckout(other);
    const chargeId = read.outcome === "succeeded" ? read.value.charge?.id : null;
    expect(await confirm(payment, await proposed(payment, one))).toMatchObject({ ok: true });
    expect(await factsOf(world, payment)).toMatchObject({ state: "succeeded", charges: 1 });
    const tasks = await world.owner`
      select subject_id, detail->>'amountMinor' as amount from tasks
      where customer_id = ${payment.customerId} and kind = 'charge_not_settled' and done_at is null`;
    expect([...tasks]).toEqual([{ subject_id: chargeId, amount: "999" }]);
  });

  it("is not declared ended while money of another amount is paid for it: that would stand nowhere", async () => {
    const payment = await quarantined();
    const other = await paidElsewhere(payment, "999");
    const ended = await proposed(payment, null);
    expect(await confirm(payment, ended)).toEqual({
      ok: false,
      refusal: { code: "payment_is_paid", stripeId: other },
    });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, charges: 0 });
    await decideRuling(ann, { ...refOf(payment), rulingId: ended, decision: "withdrawn" }, world);
    expect(await confirm(payment, await proposed(payment, other))).toMatchObject({ ok: true });
    expect(await factsOf(world, payment)).toMatchObject({ state: "canceled", charges: 1, toBalance: 999n });
  });

  it("never takes another customer's money: their page is refused, and pays what it was made for", async () => {
    const payment = await quarantined();
    const other = await paidByAnother();
    expect(await confirm(payment, await proposed(payment, other.sessionId))).toMatchObject({
      refusal: { code: "object_does_not_fit" },
    });
    expect(await settle(world, other)).toMatchObject({ kind: "settled", state: "succeeded" });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", charges: 0, invoices: ["open"] });
  });

  it("whose money is booked for another asks staff, who declare it ended; nothing throws", async () => {
    const payment = await started();
    await world.control.dropWebhooks();
    await world.control.pay(payment.sessionId);
    const read = await world.gateway.readCheckout(payment.sessionId);
    const chargeId = read.outcome === "succeeded" ? (read.value.charge?.id ?? "") : "";
    const [other] = await world.owner`select customer_id, id from charges order by booked_at limit 1`;
    await world.owner`
      insert into stripe_objects (id, kind, customer_id, row_id)
      values (${chargeId}, 'charge', ${other?.customer_id}, ${other?.id})`;
    for (const _ of [1, 2]) {
      expect(await settle(world, payment)).toEqual({ kind: "quarantined", reason: "object_taken" });
    }
    expect(await confirm(payment, await proposed(payment, null))).toMatchObject({ ok: true });
    expect(await factsOf(world, payment)).toMatchObject({ state: "canceled", claims: 0, charges: 0 });
    await world.owner`delete from stripe_objects where id = ${chargeId}`;
  });

  it.each([
    ["another payment", { paymentId: newId<PaymentId>(manualClock(new Date())) }],
    ["another customer", { stripeCustomerId: "cus_of_somebody_else" }],
    ["another currency", { currency: "EUR" }],
    ["another mode", { isLive: true }],
  ])("is not paid by an object of %s, whatever else fits", async (_, change) => {
    const payment = await quarantined();
    const right = await paidElsewhere(payment, "2000");
    const seen = toldWorld((one) => (one.id === right ? { ...one, ...change } : one));
    const rulingId = await proposed(payment, right);
    const shown = await showQuarantine(bob, refOf(payment), { ...world, ...seen });
    const object = shown?.objects?.find(({ stripeId }) => stripeId === right);
    // What no longer names the payment is not found by it.
    if (object) expect(object.mayPay).toBe(false);
    expect(await confirm(payment, rulingId, bob, seen)).toMatchObject({
      refusal: { code: "object_does_not_fit" },
    });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", charges: 0 });
  });

  it("is not paid by a charge of another currency than its page's", async () => {
    const payment = await quarantined();
    const right = await paidElsewhere(payment, "2000");
    const seen = toldWorld((one) => ({ ...one, charge: one.charge && { ...one.charge, currency: "EUR" } }));
    expect(await confirm(payment, await proposed(payment, right), bob, seen)).toMatchObject({
      refusal: { code: "object_does_not_fit" },
    });
  });

  it.each([
    ["not settled yet", false],
    ["settled", true],
  ])("never takes a page of another payment that names this one, %s", async (_, isSettled) => {
    const payment = await quarantined();
    const other = await paidByAnother();
    if (isSettled) await settle(world, other);
    const [row] = await world.owner`select request from payments where id = ${payment.paymentId}`;
    const { stripeCustomerId } = (row as { request: CheckoutRequest }).request;
    const renamed = { paymentId: payment.paymentId, stripeCustomerId };
    const seen = toldWorld((one) => (one.id === other.sessionId ? { ...one, ...renamed } : one));
    const rulingId = await proposed(payment, other.sessionId);
    expect(await confirm(payment, rulingId, bob, seen)).toMatchObject({
      refusal: { code: "object_taken" },
    });
    expect(await settle(world, other)).toMatchObject({ kind: "settled", state: "succeeded" });
  });

  it("declared ended closes only the pages that name it", async () => {
    const payment = await quarantined();
    const other = await started();
    // A page of another payment, which Stripe's answer brings beside its own.
    const page = await world.gateway.readCheckout(other.sessionId);
    if (page.outcome !== "succeeded") throw new Error("Stripe has the page");
    const seen = seenBy(world, {
      gateway: {
        ...world.gateway,
        findCheckouts: async (...of) => {
          const found = await world.gateway.findCheckouts(...of);
          return found.outcome === "succeeded" ? { ...found, value: [page.value, ...found.value] } : found;
        },
      },
    });
    expect(await confirm(payment, await proposed(payment, null), bob, seen)).toMatchObject({ ok: true });
    expect(await world.gateway.readCheckout(other.sessionId)).toMatchObject({ value: { status: "open" } });
  });
});

describe("two of staff decide", () => {
  it("and its task does not close before: one person can't hide it from the second", async () => {
    const payment = await quarantined();
    const taskOf = async () => {
      const { tasks } = await showDesk(ann, world);
      return tasks.find(({ subjectId }) => subjectId === payment.paymentId);
    };
    const task = await taskOf();
    expect(task).toMatchObject({ paymentId: payment.paymentId, mayClose: false });
    const wish = { customerId: payment.customerId, taskId: task?.id as TaskId };
    expect(await closeTask(bob, wish, world)).toEqual({ ok: false, refusal: { code: "payment_undecided" } });
    expect(await showQuarantine(ann, refOf(payment), world)).not.toBeNull();
    await confirm(payment, await proposed(payment, null));
    expect(await taskOf()).toBeUndefined();
  });

  it("and it counts as unclear on the desk until they have", async () => {
    const unclear = async () => (await showHealth(ann, world)).unknown.count;
    const before = await unclear();
    const payment = await quarantined();
    expect(await unclear()).toBe(before + 1);
    await confirm(payment, await proposed(payment, null));
    expect(await unclear()).toBe(before);
  });

  it("but a task about money beside a payment that has ended closes by hand", async () => {
    const payment = await quarantined();
    await confirm(payment, await proposed(payment, null));
    const taskId = newId<TaskId>(world.clock);
    await world.owner`
      insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
      values (${payment.customerId}, ${taskId}, 'payment_quarantined', 'payment', ${payment.paymentId},
        '{"reason":"amount_differs"}', now())`;
    const { tasks } = await showDesk(ann, world);
    expect(tasks.find(({ id }) => id === taskId)).toMatchObject({ mayClose: true });
    expect(await closeTask(bob, { customerId: payment.customerId, taskId }, world)).toMatchObject({
      ok: true,
    });
  });

  it("never the one who proposed it, not even around the use case", async () => {
    const payment = await quarantined();
    const id = await proposed(payment, null);
    expect(await confirm(payment, id, ann)).toMatchObject({ refusal: { code: "second_person_needed" } });
    await expect(
      world.owner`
        update payment_rulings set decision = 'confirmed', decided_by = proposed_by, decided_at = now()
        where id = ${id}`,
    ).rejects.toThrow("payment_rulings_two_check");
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent" });
  });

  it.each(["support", "auditor"] as const)("not %s: neither proposes nor decides", async (role) => {
    const payment = await quarantined();
    const low = await staffOf(role);
    const wish = { ...refOf(payment), stripeId: null, reason: "why" };
    expect(await proposeRuling(low, wish, world)).toMatchObject({ refusal: { code: "not_allowed" } });
    const id = await proposed(payment, null);
    for (const decision of ["confirmed", "withdrawn"] as const) {
      const decided = await decideRuling(low, { ...refOf(payment), rulingId: id, decision }, world);
      expect(decided).toMatchObject({ refusal: { code: "not_allowed" } });
    }
  });

  it("one proposal at a time, with a reason, and once", async () => {
    const payment = await quarantined();
    const wish = { ...refOf(payment), stripeId: null };
    expect(await proposeRuling(ann, { ...wish, reason: " " }, world)).toMatchObject({
      refusal: { code: "reason_missing" },
    });
    const id = await proposed(payment, null);
    expect(await proposeRuling(bob, { ...wish, reason: "also" }, world)).toMatchObject({
      refusal: { code: "ruling_proposed" },
    });
    await confirm(payment, id);
    expect(await confirm(payment, id)).toMatchObject({ refusal: { code: "ruling_not_found" } });
  });
});
