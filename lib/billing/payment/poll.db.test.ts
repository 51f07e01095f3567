import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Checkout, Fee, Gateway } from "@/lib/gateway/port";
import { makeCustomer, makeInvoice } from "@/lib/testing/fixtures";
import {
  type AtStripe,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld, seenBy, untilCaptured } from "@/lib/testing/stripe-world";
import { pollFees } from "./poll-fees";
import { pollPayments } from "./poll-payments";
import { settle } from "./settle";

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

const minute = 60_000;

async function atStripe(cardMinor = 2000n): Promise<AtStripe> {
  const customer = await makeCustomer(world);
  const invoice = await makeInvoice(world, customer, cardMinor);
  return startDirect(world, customer, [invoice.id], { cardMinor });
}

/** The gateway as it is, but for what it says of pages and fees. */
function telling(change: {
  page?: (checkout: Checkout) => Checkout;
  fee?: (fee: Fee | null) => Fee | null;
}): StripeWorld {
  const { gateway } = world;
  const altered: Gateway = {
    ...gateway,
    readCheckout: async (id) => {
      const read = await gateway.readCheckout(id);
      return read.outcome === "succeeded" && change.page ? { ...read, value: change.page(read.value) } : read;
    },
    readFee: async (id) => {
      const read = await gateway.readFee(id);
      return read.outcome === "succeeded" && change.fee ? { ...read, value: change.fee(read.value) } : read;
    },
  };
  return seenBy(world, { gateway: altered });
}

const withoutFee = (checkout: Checkout) => ({
  ...checkout,
  charge: checkout.charge && { ...checkout.charge, fee: null },
});

/** Paid and settled, but Stripe has not said its fee yet. */
async function paidWithoutFee(): Promise<AtStripe> {
  await world.control.holdWebhooks();
  const payment = await atStripe();
  await world.control.pay(payment.sessionId);
  const silent = telling({ page: withoutFee });
  expect(await settle(silent, payment)).toMatchObject({ state: "succeeded" });
  return payment;
}

async function chargeOf({ paymentId }: AtStripe) {
  const [row] = await world.owner`
    select c.fee_minor, c.fee_currency, c.next_poll_at, coalesce((
      select sum(amount_minor) from transfers t where t.charge_id = c.id and t.debit = 'processing_fees'), 0)::bigint as booked
    from charges c where payment_id = ${paymentId}`;
  return row;
}

describe("the poller", () => {
  it("with all webhooks lost settles every payment (promise 4)", async () => {
    await world.control.dropWebhooks();
    const payments = [];
    for (let made = 0; made < 12; made += 1) payments.push(await atStripe());
    for (const { sessionId } of payments) await world.control.pay(sessionId);
    world.clock.advance(61_000);
    const polled = await Promise.all([pollPayments(world), pollPayments(world), pollPayments(world)]);
    // Workers share the payments without waiting for each other: each is looked at by one.
    expect(polled.flat()).toHaveLength(12);
    for (const payment of payments) {
      expect(await factsOf(world, payment)).toMatchObject({
        state: "succeeded",
        isPolled: false,
        charges: 1,
      });
    }
    world.clock.advance(24 * 60 * minute);
    expect(await pollPayments(world)).toEqual([]);
  });

  it("takes no more than it is told to, and those that wait longest first", async () => {
    await world.control.dropWebhooks();
    const first = await atStripe();
    world.clock.advance(1_000);
    const second = await atStripe();
    world.clock.advance(61_000);
    const refs = async () => (await pollPayments(world, 1)).map(({ ref }) => ref.paymentId);
    expect([await refs(), await refs(), await refs()]).toEqual([[first.paymentId], [second.paymentId], []]);
  });

  it("goes on with the others when one of them is poisoned, and comes back to it", async () => {
    await world.control.dropWebhooks();
    const [poisoned, other] = [await atStripe(), await atStripe()];
    for (const { sessionId } of [poisoned, other]) await world.control.pay(sessionId);
    const { gateway } = world;
    const faulty = seenBy(world, {
      gateway: {
        ...gateway,
        readCheckout: (id) => {
          if (id === poisoned.sessionId) throw new Error("poison");
          return gateway.readCheckout(id);
        },
      },
    });
    world.clock.advance(61_000);
    const polled = await pollPayments(faulty, 1000);
    const kindOf = (payment: AtStripe) =>
      polled.find(({ ref }) => ref.paymentId === payment.paymentId)?.result.kind;
    expect([kindOf(poisoned), kindOf(other)]).toEqual(["fault", "settled"]);
    world.clock.advance(5 * minute);
    await pollPayments(world, 1000);
    expect(await factsOf(world, poisoned)).toMatchObject({ state: "succeeded" });
  });
});

describe("a payment whose looks fail by a fault of ours", () => {
  it("is put before staff at the third in a row, and taken off their desk when one comes through", async () => {
    await world.control.dropWebhooks();
    const poisoned = await atStripe();
    await world.control.pay(poisoned.sessionId);
    const readCheckout = () => {
      throw new Error("poison");
    };
    const faulty = seenBy(world, { gateway: { ...world.gateway, readCheckout } });
    const asked = () => world.owner`
      select detail ->> 'fault' as fault, done_at is null as "isOpen" from tasks
      where customer_id = ${poisoned.customerId} and kind = 'payment_quarantined'`;
    for (const minutes of [2, 5]) {
      world.clock.advance(minutes * minute);
      await pollPayments(faulty, 1000);
    }
    expect(await asked()).toEqual([]);
    world.clock.advance(30 * minute);
    await pollPayments(faulty, 1000);
    expect([...(await asked())]).toEqual([{ fault: "poison", isOpen: true }]);
    world.clock.advance(120 * minute);
    await pollPayments(world, 1000);
    expect([...(await asked())]).toEqual([{ fault: "poison", isOpen: false }]);
    expect(await factsOf(world, poisoned)).toMatchObject({ state: "succeeded" });
  });
});

describe("a fee that Stripe says later", () => {
  it("is booked once, by whoever asks first", async () => {
    const payment = await paidWithoutFee();
    expect(await chargeOf(payment)).toMatchObject({ fee_minor: null, booked: 0n });
    expect(await pollFees(world)).toBe(0);
    world.clock.advance(61_000);
    const unknown = telling({ fee: () => null });
    expect(await pollFees(unknown)).toBe(0);
    world.clock.advance(31 * minute);
    const booked = await Promise.all([pollFees(world), pollFees(world), pollFees(world)]);
    expect(booked.reduce((total, count) => total + count)).toBe(1);
    expect(await chargeOf(payment)).toEqual({
      fee_minor: 88n,
      fee_currency: "USD",
      next_poll_at: null,
      booked: 88n,
    });
  });

  it("is booked as soon as Stripe tells that the charge changed, and nothing waited for it", async () => {
    const payment = await atStripe();
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ state: "succeeded", invoices: ["paid"] });
    expect(await chargeOf(payment)).toMatchObject({ fee_minor: null, booked: 0n });
    await untilCaptured(world);
    expect(await chargeOf(payment)).toMatchObject({ fee_minor: 88n, next_poll_at: null, booked: 88n });
  });

  it("in a currency that we do not know is shown to staff once, however often it is asked", async () => {
    const payment = await atStripe();
    await world.control.loseWebhooks(["charge.updated"]);
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    await untilCaptured(world);
    const odd = telling({ fee: (fee) => fee && { ...fee, currency: "XXX" } });
    for (let asked = 0; asked < 3; asked += 1) {
      world.clock.advance(31 * minute);
      await pollFees(odd);
    }
    expect((await factsOf(world, payment)).tasks).toEqual(["fee_in_unknown_currency"]);
    world.clock.advance(31 * minute);
    await pollFees(world);
    expect(await chargeOf(payment)).toMatchObject({ fee_minor: 88n, booked: 88n });
  });

  it("in a currency that we do not know holds nothing up: the payment is settled, and staff are asked", async () => {
    await world.control.holdWebhooks();
    const payment = await atStripe();
    await world.control.pay(payment.sessionId);
    await untilCaptured(world);
    const odd = telling({
      page: (checkout) => {
        const { charge } = checkout;
        const fee = charge?.fee ? { ...charge.fee, currency: "XXX" } : null;
        return { ...checkout, charge: charge && { ...charge, fee } };
      },
    });
    expect(await settle(odd, payment)).toMatchObject({ state: "succeeded" });
    expect(await factsOf(world, payment)).toMatchObject({
      invoices: ["paid"],
      tasks: ["fee_in_unknown_currency"],
    });
    world.clock.advance(61_000);
    expect(await pollFees(world)).toBe(1);
  });

  it("is booked for the others though one of them is poisoned", async () => {
    const payments = [await paidWithoutFee(), await paidWithoutFee(), await paidWithoutFee()];
    const [poisoned] = payments;
    const [row] = await world.owner`
      select stripe_charge_id from charges where payment_id = ${poisoned?.paymentId as string}`;
    const { gateway } = world;
    const odd = seenBy(world, {
      gateway: {
        ...gateway,
        readFee: async (id) => {
          const read = await gateway.readFee(id);
          const isOdd = id === row?.stripe_charge_id && read.outcome === "succeeded" && read.value;
          return isOdd ? { ...read, value: { ...isOdd, feeMinor: -(2n ** 70n) } } : read;
        },
      },
    });
    world.clock.advance(61_000);
    await expect(pollFees(odd)).rejects.toThrow("1 fees could not be booked");
    const charges = await Promise.all(payments.map(chargeOf));
    expect(charges.map((charge) => charge?.booked)).toEqual([0n, 88n, 88n]);
    world.clock.advance(31 * minute);
    expect(await pollFees(world)).toBe(1);
  });
});
