import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { money } from "@/lib/kernel/money";
import { payFromBalance } from "@/lib/portal/pay";
import { type BookedCharge, ledgerOf, refundWish, toppedUp } from "@/lib/testing/charged";
import { balancePlan, bankBalance, makeCustomer, makeInvoice } from "@/lib/testing/fixtures";
import { balanceOf, expectAllInOrder, expectBooksBalance } from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { impatient, strike, unsureKinds } from "@/lib/testing/unsure-faults";
import { attachRefund } from "./attach-refund";
import { pollRefunds } from "./poll-refunds";
import { settleRefund } from "./settle-refund";
import { startRefund } from "./start-refund";

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

const day = 86_400_000;

async function topUp(minor: bigint): Promise<BookedCharge> {
  return toppedUp(world, await makeCustomer(world), minor);
}

/** Refunds so much, as staff do: held, then asked of Stripe. */
async function refund(charge: BookedCharge, minor: bigint) {
  const wish = await refundWish(world, charge, minor);
  const started = await startRefund(world, world.staff, wish);
  if (!started.ok) throw new Error(`the refund begins: ${started.refusal.code}`);
  return { ref: started.value, settled: await settleRefund(world, started.value) };
}

async function rowOf({ customer }: BookedCharge) {
  const rows = await world.owner`
    select state, origin, amount_minor, booked_at is not null as is_booked, stripe_refund_id, failure_code
    from refunds where customer_id = ${customer.customerId} order by id`;
  return rows.at(-1);
}

async function tasksOf({ customer }: BookedCharge): Promise<string[]> {
  const rows = await world.owner`
    select kind from tasks where customer_id = ${customer.customerId} and done_at is null order by id`;
  return rows.map((row) => row.kind);
}

async function toldOf({ customer }: BookedCharge): Promise<string[]> {
  const rows = await world.owner`
    select topic from outbox where customer_id = ${customer.customerId} and topic like 'refund.%' order by id`;
  return rows.map((row) => row.topic);
}

describe("a top-up that is refunded to the card", () => {
  it("is held first and leaves the balance when Stripe has created it", async () => {
    const charge = await topUp(5000n);
    const wish = await refundWish(world, charge, 2000n);
    expect(wish.seenMinor).toBe(5000n);
    const started = await startRefund(world, world.staff, wish);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 2000n });
    expect(await rowOf(charge)).toMatchObject({ state: "created", is_booked: false });
    if (!started.ok) throw new Error(started.refusal.code);
    expect(await settleRefund(world, started.value)).toMatchObject({ state: "succeeded", changed: true });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 3000n, held: 0n });
    expect(await ledgerOf(world, charge.customer)).toMatchObject({ customer_balance: 3000n });
    expect(await toldOf(charge)).toEqual(["refund.made"]);
    expect(await tasksOf(charge)).toEqual([]);
  });

  it("is at most what the charge has left, and at most what is available", async () => {
    const charge = await topUp(5000n);
    const { customer } = charge;
    await bankBalance(world, customer, 1000n);
    const more = await refundWish(world, charge, 5001n);
    expect(more.seenMinor).toBe(5000n);
    expect(await startRefund(world, world.staff, more)).toMatchObject({
      refusal: { code: "refund_too_large", most: { minor: 5000n } },
    });
    await refund(charge, 500n);
    const invoice = await makeInvoice(world, customer, 3500n);
    await payFromBalance(customer.actor, balancePlan(world, [invoice.id], 3500n), world);
    expect((await refundWish(world, charge, 1n)).seenMinor).toBe(2000n);
    await bankBalance(world, customer, 9000n);
    expect((await refundWish(world, charge, 1n)).seenMinor).toBe(4500n);
  });

  it("is one refund, whoever settles it and however often", async () => {
    const charge = await topUp(3000n);
    const wish = await refundWish(world, charge, 1000n);
    const [first, second] = await Promise.all([1, 2].map(() => startRefund(world, world.staff, wish)));
    expect([first?.ok, second?.ok]).toEqual([true, true]);
    const other = { ...wish, amount: money(999n, "USD") };
    expect(await startRefund(world, world.staff, other)).toMatchObject({
      refusal: { code: "refund_id_used" },
    });
    await world.control.duplicateWebhooks(3);
    await Promise.all([1, 2, 3].map(() => settleRefund(world, wish)));
    await world.control.webhooksIdle();
    world.clock.advance(2 * 60_000);
    await pollRefunds(world);
    expect(await ledgerOf(world, charge.customer)).toMatchObject({ customer_balance: 2000n });
    const made = (await world.control.dump()).refund?.filter((one) => one.charge === charge.stripeChargeId);
    expect(made).toHaveLength(1);
    expect(await toldOf(charge)).toEqual(["refund.made"]);
  });

  it("of two of staff at once one wins, and the other is told what is left", async () => {
    const charge = await topUp(3000n);
    const wishes = [await refundWish(world, charge, 2000n), await refundWish(world, charge, 2000n)];
    const answers = await Promise.all(wishes.map((wish) => startRefund(world, world.staff, wish)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.find(({ ok }) => !ok)).toMatchObject({
      refusal: { code: "refund_changed", most: { minor: 1000n } },
    });
  });

  it("against a payment from the balance: one of the two has the money", async () => {
    for (let round = 0; round < 4; round += 1) {
      const charge = await topUp(3000n);
      const { customer } = charge;
      const invoice = await makeInvoice(world, customer, 2500n);
      const wish = await refundWish(world, charge, 2000n);
      const [refunded, paid] = await Promise.all([
        startRefund(world, world.staff, wish),
        payFromBalance(customer.actor, balancePlan(world, [invoice.id], 2500n), world),
      ]);
      expect([refunded.ok, paid.ok].filter(Boolean)).toHaveLength(1);
      if (refunded.ok) await settleRefund(world, wish);
      expect(await balanceOf(world, customer)).toEqual({ posted: refunded.ok ? 1000n : 500n, held: 0n });
    }
  });

  it("that Stripe refuses gives its hold back, and staff are told", async () => {
    const charge = await topUp(3000n);
    const wish = await refundWish(world, charge, 1000n);
    await startRefund(world, world.staff, wish);
    // Somebody was faster in Stripe's dashboard: nothing is left of the charge.
    await world.control.dropWebhooks();
    await refundAtStripe(charge, 3000);
    expect(await settleRefund(world, wish)).toMatchObject({
      state: "failed",
      failureCode: "charge_already_refunded",
    });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 3000n, held: 0n });
    expect(await tasksOf(charge)).toEqual(["refund_failed"]);
    expect(await toldOf(charge)).toEqual([]);
  });

  it("that Stripe has not heard of, while somebody refunds the charge there, is no second refund in the books", async () => {
    const charge = await topUp(3000n);
    const wish = await refundWish(world, charge, 3000n);
    await startRefund(world, world.staff, wish);
    await refundAtStripe(charge, 3000);
    await world.control.webhooksIdle();
    await expectBooksBalance(world);
    expect(await settleRefund(world, wish)).toMatchObject({ state: "failed" });
    await expectBooksBalance(world);
  });

  it("that fails later comes back by rows of its own, and customer and staff are told", async () => {
    const charge = await topUp(3000n);
    await refund(charge, 1000n);
    const { stripe_refund_id: id } = (await rowOf(charge)) ?? {};
    await world.control.settleRefund(id, "fails");
    await world.control.webhooksIdle();
    expect(await rowOf(charge)).toMatchObject({ state: "failed", is_booked: true });
    expect(await ledgerOf(world, charge.customer)).toMatchObject({ customer_balance: 3000n });
    expect(await tasksOf(charge)).toEqual(["refund_failed"]);
    expect(await toldOf(charge)).toEqual(["refund.made", "refund.failed"]);
    expect((await refundWish(world, charge, 1n)).seenMinor).toBe(3000n);
  });

  it("that fails later is found by the poller, though no event came", async () => {
    const charge = await topUp(3000n);
    await refund(charge, 1000n);
    await world.control.dropWebhooks();
    const { stripe_refund_id: id } = (await rowOf(charge)) ?? {};
    await world.control.settleRefund(id, "fails");
    await pass(world, day);
    await pollRefunds(world);
    expect(await rowOf(charge)).toMatchObject({ state: "failed" });
    expect(await ledgerOf(world, charge.customer)).toMatchObject({ customer_balance: 3000n });
  });
});

describe("a call to Stripe of which nobody knows what became", () => {
  it.each(unsureKinds)("%s: the hold stays, and the poller ends it with one refund", async (kind) => {
    const charge = await topUp(3000n);
    const wish = await refundWish(world, charge, 1000n);
    await startRefund(world, world.staff, wish);
    await world.control.dropWebhooks();
    await strike(world, kind, { method: "POST", path: "/v1/refunds" });
    const settled = await settleRefund(impatient(world, kind, "createRefund"), wish);
    expect(settled).toMatchObject({ kind: "unknown" });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 3000n, held: 1000n });
    await world.control.releaseHangs();
    await calm(world);
    // A server error is replayed under its key: only after a day is it known to have made nothing, or the one.
    for (const ms of [2 * 60_000, day, day]) {
      world.clock.advance(ms);
      await pollRefunds(world);
    }
    const made = (await world.control.dump()).refund?.filter((one) => one.charge === charge.stripeChargeId);
    const isMade = (made?.length ?? 0) === 1;
    expect(made?.length).toBeLessThanOrEqual(1);
    expect(await rowOf(charge)).toMatchObject({ state: isMade ? "succeeded" : "failed" });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: isMade ? 2000n : 3000n, held: 0n });
  });
});

/** As somebody does in Stripe's own dashboard: the portal did not ask for it. */
async function refundAtStripe(charge: BookedCharge, minor: number): Promise<string> {
  const made = await world.gateway.createRefund(
    {
      stripeChargeId: charge.stripeChargeId,
      refundId: "",
      customerId: "",
      amountMinor: `${minor}`,
    },
    `dashboard/${charge.stripeChargeId}/${minor}`,
  );
  if (made.outcome !== "succeeded") throw new Error("the dashboard refunds");
  return made.value.id;
}

describe("a refund that was made in Stripe's own dashboard", () => {
  it("waits on suspense with a task, until staff take it from the balance", async () => {
    const charge = await topUp(3000n);
    const { customer } = charge;
    await world.control.duplicateWebhooks(3);
    await refundAtStripe(charge, 1000);
    await world.control.webhooksIdle();
    expect(await rowOf(charge)).toMatchObject({ origin: "dashboard", state: "succeeded", is_booked: true });
    expect(await ledgerOf(world, customer)).toMatchObject({ customer_balance: 3000n, suspense: -1000n });
    expect(await tasksOf(charge)).toEqual(["suspense"]);
    expect((await refundWish(world, charge, 1n)).seenMinor).toBe(2000n);
    const ref = await refOf(charge);
    const attach = () => attachRefund(world, world.staff, { ...ref, userId: customer.actor.userId });
    const answers = await Promise.all([attach(), attach()]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ refusal: { code: "refund_not_waiting" } });
    const ledger = await ledgerOf(world, customer);
    expect(ledger).toMatchObject({ customer_balance: 2000n });
    expect(ledger.suspense).toBeUndefined();
    expect(await tasksOf(charge)).toEqual([]);
  });

  it("is taken as far as there is balance, and the rest goes on waiting", async () => {
    const charge = await topUp(3000n);
    const { customer } = charge;
    const invoice = await makeInvoice(world, customer, 2400n);
    await payFromBalance(customer.actor, balancePlan(world, [invoice.id], 2400n), world);
    await refundAtStripe(charge, 1000);
    await world.control.webhooksIdle();
    const ref = await refOf(charge);
    const attach = () => attachRefund(world, world.staff, { ...ref, userId: customer.actor.userId });
    expect(await attach()).toMatchObject({ value: { taken: { minor: 600n }, waiting: { minor: 400n } } });
    expect(await attach()).toMatchObject({ refusal: { code: "nothing_available" } });
    expect(await tasksOf(charge)).toEqual(["suspense"]);
    await bankBalance(world, customer, 500n);
    expect(await attach()).toMatchObject({ value: { taken: { minor: 400n }, waiting: { minor: 0n } } });
    expect(await tasksOf(charge)).toEqual([]);
    expect(await balanceOf(world, customer)).toEqual({ posted: 100n, held: 0n });
  });

  it("that fails later comes back to where it was taken from", async () => {
    const charge = await topUp(3000n);
    const id = await refundAtStripe(charge, 1000);
    await world.control.webhooksIdle();
    const ref = await refOf(charge);
    await attachRefund(world, world.staff, { ...ref, userId: charge.customer.actor.userId });
    await world.control.settleRefund(id, "fails");
    await world.control.webhooksIdle();
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 3000n, held: 0n });
    expect(await tasksOf(charge)).toEqual(["refund_failed"]);
  });

  it("that fails before staff look at it leaves nothing on suspense", async () => {
    const charge = await topUp(3000n);
    const id = await refundAtStripe(charge, 1000);
    await world.control.webhooksIdle();
    await world.control.settleRefund(id, "fails");
    await world.control.webhooksIdle();
    expect((await ledgerOf(world, charge.customer)).suspense).toBeUndefined();
    expect(await tasksOf(charge)).toEqual(["refund_failed"]);
  });

  it.each(["made", "unheard"] as const)(
    "and has our refund's id written on it is somebody else's: staff say from what it is taken, while ours is %s",
    async (how) => {
      const charge = await topUp(5000n);
      const { customer } = charge;
      const { customerId } = customer;
      const wish = await refundWish(world, charge, 2000n);
      await startRefund(world, world.staff, wish);
      if (how === "made") await settleRefund(world, wish);
      const named = { stripeChargeId: charge.stripeChargeId, customerId, amountMinor: "700" };
      const request = { ...named, refundId: wish.refundId };
      const made = await world.gateway.createRefund(request, `elsewhere/${wish.refundId}`);
      await world.control.webhooksIdle();
      await world.control.webhooksIdle();
      const stripeId = made.outcome === "succeeded" ? made.value.id : "";
      const rows = () => world.owner`
        select origin, amount_minor, state, stripe_refund_id = ${stripeId} as is_other from refunds
        where customer_id = ${customerId} order by origin`;
      expect(await tasksOf(charge)).toEqual(["suspense"]);
      expect(await rows()).toMatchObject([
        { origin: "dashboard", amount_minor: 700n, state: "succeeded", is_other: true },
        { origin: "staff", amount_minor: 2000n },
      ]);
      // Ours goes its own way, also where it has to be looked up.
      await pass(world, 25 * 3_600_000);
      await pollRefunds(world);
      const [, own] = await rows();
      expect(own?.state).toBe(how === "made" ? "succeeded" : "failed");
      expect(await tasksOf(charge)).toEqual(
        how === "made" ? ["suspense"] : expect.arrayContaining(["suspense"]),
      );
    },
  );

  async function refOf({ customer }: BookedCharge) {
    const [row] = await world.owner`select id from refunds where customer_id = ${customer.customerId}`;
    return { customerId: customer.customerId, refundId: row?.id };
  }
});

describe("a refund that waits for the host's own money", () => {
  async function unfunded(minor: bigint) {
    const charge = await topUp(3000n);
    await world.control.dashboard({ refundsLackFunds: true });
    const { ref } = await refund(charge, minor);
    await world.control.dashboard({ refundsLackFunds: false });
    await world.control.webhooksIdle();
    const { stripe_refund_id: id } = (await rowOf(charge)) ?? {};
    return { charge, ref, id };
  }

  it("is booked, is not told as sent, and asks staff for the money; sent, it is told once", async () => {
    const { charge, ref, id } = await unfunded(1000n);
    expect(await rowOf(charge)).toMatchObject({ state: "pending", is_booked: true });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 2000n, held: 0n });
    expect(await toldOf(charge)).toEqual([]);
    expect(await tasksOf(charge)).toEqual(["refund_unfunded"]);
    await settleRefund(world, ref);
    expect(await tasksOf(charge)).toEqual(["refund_unfunded"]);
    const waiting = await world.gateway.readRefund(id);
    await world.control.settleRefund(id, "succeeds");
    await world.control.webhooksIdle();
    // Somebody slower has read it before.
    if (waiting.outcome === "succeeded") await settleRefund(world, ref, waiting.value);
    await settleRefund(world, ref);
    expect(await rowOf(charge)).toMatchObject({ state: "succeeded" });
    expect(await toldOf(charge)).toEqual(["refund.made"]);
    expect(await tasksOf(charge)).toEqual([]);
  });

  it("and never has it comes back, and the mail says that we could not send it", async () => {
    const { charge, id } = await unfunded(1000n);
    await world.control.settleRefund(id, "fails");
    await world.control.webhooksIdle();
    expect(await rowOf(charge)).toMatchObject({ state: "failed", failure_code: "insufficient_funds" });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 3000n, held: 0n });
    expect(await toldOf(charge)).toEqual(["refund.failed"]);
    expect(await tasksOf(charge)).toEqual(["refund_failed"]);
  });

  it("of which Stripe says only that it is pending is told when it has succeeded", async () => {
    const { charge, ref, id } = await unfunded(1000n);
    const read = await world.gateway.readRefund(id);
    if (read.outcome !== "succeeded") throw new Error("Stripe answers");
    await settleRefund(world, ref, { ...read.value, pendingReason: null });
    expect(await tasksOf(charge)).toEqual([]);
    expect(await toldOf(charge)).toEqual([]);
    await settleRefund(world, ref, { ...read.value, pendingReason: "processing" });
    expect(await toldOf(charge)).toEqual(["refund.made"]);
    await world.control.settleRefund(id, "succeeds");
    await world.control.webhooksIdle();
    expect(await toldOf(charge)).toEqual(["refund.made"]);
  });
});
