import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { closeTask } from "@/lib/admin/close-task";
import type { Gateway, ListedMovement } from "@/lib/gateway/port";
import { type CustomerId, newId, type PaymentId, type TaskId } from "@/lib/kernel/id";
import { money, toDecimal } from "@/lib/kernel/money";
import { topUp } from "@/lib/portal/top-up";
import { type BookedCharge, ledgerOf, toppedUp } from "@/lib/testing/charged";
import { makeCustomer, makeInvoice, type TestCustomer } from "@/lib/testing/fixtures";
import { holdRows } from "@/lib/testing/held-lock";
import {
  type AtStripe,
  balanceOf,
  expectBooksBalance,
  factsOf,
  ledToStripe,
  startDirect,
} from "@/lib/testing/payment-facts";
import { makeStaff } from "@/lib/testing/staff";
import { chargedElsewhere } from "@/lib/testing/strange-charge";
import {
  calm,
  openStripeWorld,
  pass,
  type StripeWorld,
  seenBy,
  untilCaptured,
} from "@/lib/testing/stripe-world";
import { readBackEvents } from "@/lib/webhook/read-back-events";
import { houseCustomerId } from "../house";
import { settle } from "../payment/settle";
import { reconcile } from "./reconcile";
import { nothingReconciled } from "./reconciled";

let world: StripeWorld;
const day = 86_400_000;
const nothing = nothingReconciled();

beforeAll(async () => {
  world = await openStripeWorld({ max: 20 });
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
  // What one test leaves at Stripe or on the desk is not met by the next one's passes.
  await pass(world, 32 * day);
  await world.owner`update tasks set done_at = now() where done_at is null and kind <> 'dispute_open'`;
});

afterAll(() => world.close());

/** Somebody who is led to Stripe's page to top up. */
async function atStripe(minor: bigint, customer?: TestCustomer): Promise<AtStripe> {
  const who = customer ?? (await makeCustomer(world));
  const amount = toDecimal(money(minor, who.currency));
  const wish = { paymentId: newId<PaymentId>(world.clock), currency: who.currency, amount, invoiceId: null };
  return ledToStripe(world, who, await topUp(who.actor, wish, world));
}

/** Pays there, it moves the host's balance, and nobody ever hears of it. */
async function paidUnheard({ sessionId }: AtStripe, order?: { afterExpiry: true }): Promise<void> {
  await world.control.loseWebhooks();
  await world.control.pay(sessionId, order);
  await untilCaptured(world);
}

/** Somebody pays the host past the portal, and it moves the host's balance. */
async function strangerPays(minor: bigint, named?: Parameters<typeof chargedElsewhere>[2]): Promise<string> {
  const id = await chargedElsewhere(world, minor, named);
  await untilCaptured(world);
  return id;
}

async function tasks(customerId: CustomerId) {
  const rows = await world.owner`
    select id, kind, subject_id, detail from tasks where customer_id = ${customerId} and done_at is null order by id`;
  return rows.map((row) => ({
    id: row.id as TaskId,
    kind: row.kind,
    of: row.subject_id,
    detail: row.detail,
  }));
}

async function kindsOf(customerId: CustomerId): Promise<string[]> {
  return (await tasks(customerId)).map(({ kind }) => kind);
}

/** Staff deal with all that is open of a customer. */
async function dealWith(customerId: CustomerId): Promise<void> {
  const staff = await makeStaff(world, "support");
  for (const { id } of await tasks(customerId)) {
    expect(await closeTask(staff, { customerId, taskId: id }, world)).toMatchObject({ ok: true });
  }
}

/** The same world, whose Stripe lists otherwise what moved. */
function listing(change: (row: ListedMovement) => ListedMovement[]): StripeWorld {
  const { gateway } = world;
  const listMovements: Gateway["listMovements"] = async (since, from) => {
    const page = await gateway.listMovements(since, from);
    if (page.outcome !== "succeeded") return page;
    return { ...page, value: { ...page.value, rows: page.value.rows.flatMap(change) } };
  };
  return seenBy(world, { gateway: { ...gateway, listMovements } });
}

/** Stripe says so much more of each charge than it took. */
const saysMore = (minor: bigint) =>
  listing((row) => {
    if (row.source.kind !== "charge") return [row];
    const { charge } = row.source;
    const more = { ...charge, amountMinor: charge.amountMinor + minor };
    return [{ ...row, settledMinor: row.settledMinor + minor, source: { kind: "charge", charge: more } }];
  });

describe("a payment whose every event was lost", () => {
  it("is settled as its event would have settled it, once", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 2000n);
    const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 2000n });
    await paidUnheard(payment);
    expect(await readBackEvents(world)).toBe(0);
    expect(await reconcile(world)).toEqual({ ...nothing, found: 1 });
    const settled = { state: "succeeded", charges: 1, allocated: 2000n, invoices: ["paid"], tasks: [] };
    expect(await factsOf(world, payment)).toMatchObject(settled);
    expect(await reconcile(world)).toEqual(nothing);
    expect(await factsOf(world, payment)).toMatchObject(settled);
  });

  it("is one, whichever of two workers and a late event comes first", async () => {
    const payment = await atStripe(3000n);
    const other = await toppedUp(world, payment.customer, 1000n);
    await paidUnheard(payment);
    const lock = await holdRows(world, "balances", other.customer.customerId);
    const passes = [reconcile(world), reconcile(world), settle(world, payment)];
    await lock.untilAwaited();
    await lock.release();
    await Promise.all(passes);
    expect(await balanceOf(world, payment.customer)).toEqual({ posted: 4000n, held: 0n });
    expect(await factsOf(world, payment)).toMatchObject({ state: "succeeded", charges: 1 });
  });

  it("is found on whatever page of the list it stands, past one that is poisoned", async () => {
    const payments = [await atStripe(1000n), await atStripe(2000n), await atStripe(3000n)];
    for (const payment of payments) await paidUnheard(payment);
    const poisoned = payments[1]?.sessionId;
    const readCheckout: Gateway["readCheckout"] = async (id) => {
      if (id === poisoned) throw new Error("poison");
      return world.gateway.readCheckout(id);
    };
    const done = await reconcile(seenBy(world, { gateway: { ...world.gateway, readCheckout } }), 1);
    expect(done).toMatchObject({ found: 2, isWhole: true });
    expect(done.faults).toHaveLength(1);
    expect(await reconcile(world, 1)).toEqual({ ...nothing, found: 1 });
  });

  it("that was closed here meanwhile is balance, and a task of staff's once", async () => {
    const payment = await atStripe(2000n);
    await world.control.expire(payment.sessionId);
    await world.control.webhooksIdle();
    await paidUnheard(payment, { afterExpiry: true });
    expect(await reconcile(world)).toEqual({ ...nothing, found: 1 });
    expect(await balanceOf(world, payment.customer)).toEqual({ posted: 2000n, held: 0n });
    expect(await reconcile(world)).toEqual(nothing);
    expect(await factsOf(world, payment)).toMatchObject({ state: "expired", tasks: ["late_success"] });
  });

  it("and of whose page we never learned is found by the charge's intent", async () => {
    const payment = await atStripe(2000n);
    await world.control.expire(payment.sessionId);
    await world.control.webhooksIdle();
    await world.owner`
      update payments set stripe_session_id = null where customer_id = ${payment.customerId} and id = ${payment.paymentId}`;
    await paidUnheard(payment, { afterExpiry: true });
    expect(await reconcile(world)).toEqual({ ...nothing, found: 1 });
    expect(await factsOf(world, payment)).toMatchObject({ state: "expired", charges: 1 });
  });

  it("is left for the next night where Stripe does not say more of it, and no day is called wrong for that", async () => {
    const payment = await atStripe(2000n);
    await paidUnheard(payment);
    await pass(world, day);
    const silent: Gateway["readCheckout"] = async () => ({ outcome: "unknown", reason: "silence" });
    const done = await reconcile(seenBy(world, { gateway: { ...world.gateway, readCheckout: silent } }));
    expect(done).toMatchObject({ found: 0, differing: 0, isWhole: true });
    expect(done.waiting).toHaveLength(1);
    expect(await kindsOf(payment.customerId)).toEqual([]);
    expect(await reconcile(world)).toEqual({ ...nothing, found: 1 });
  });

  it("and of which Stripe took another amount is shown to staff, until both agree", async () => {
    const payment = await atStripe(2000n);
    await paidUnheard(payment);
    const readCheckout: Gateway["readCheckout"] = async (id) => {
      const read = await world.gateway.readCheckout(id);
      return read.outcome === "succeeded" ? { ...read, value: { ...read.value, amountMinor: 2100n } } : read;
    };
    const seen = seenBy(world, { gateway: { ...world.gateway, readCheckout } });
    for (const _ of [1, 2]) expect(await reconcile(seen)).toEqual({ ...nothing, differing: 1 });
    expect(await kindsOf(payment.customerId)).toEqual(["payment_quarantined"]);
    expect(await reconcile(world)).toEqual({ ...nothing, found: 1 });
    expect(await kindsOf(payment.customerId)).toEqual([]);
  });
});

describe("a charge that differs from what is booked", () => {
  it("is a task once, and the task is done when they agree again", async () => {
    const { customer, stripeChargeId } = await toppedUp(world, await makeCustomer(world), 2000n);
    for (const _ of [1, 2]) expect(await reconcile(saysMore(100n))).toEqual({ ...nothing, differing: 1 });
    expect(await tasks(customer.customerId)).toMatchObject([
      { kind: "charge_differs", of: stripeChargeId, detail: { amountMinor: "2100", reason: "amount" } },
    ]);
    expect(await reconcile(world)).toEqual(nothing);
    expect(await kindsOf(customer.customerId)).toEqual([]);
  });

  it("is not asked about again once staff have dealt with it", async () => {
    const { customer } = await toppedUp(world, await makeCustomer(world), 2000n);
    await reconcile(saysMore(100n));
    await dealWith(customer.customerId);
    await reconcile(saysMore(100n));
    expect(await kindsOf(customer.customerId)).toEqual([]);
    await reconcile(saysMore(200n));
    expect(await kindsOf(customer.customerId)).toEqual(["charge_differs"]);
  });

  it("is a second one of a payment that has its own: shown, and never booked", async () => {
    const { customer, paymentId } = await toppedUp(world, await makeCustomer(world), 2000n);
    const { customerId } = customer;
    const id = await strangerPays(700n, { customerId, paymentId });
    for (const _ of [1, 2]) expect(await reconcile(world)).toEqual({ ...nothing, differing: 1 });
    expect(await tasks(customerId)).toMatchObject([{ kind: "charge_not_settled", of: id }]);
    expect(await balanceOf(world, customer)).toEqual({ posted: 2000n, held: 0n });
  });

  it("is booked here and unknown at Stripe", async () => {
    const { customer, stripeChargeId } = await toppedUp(world, await makeCustomer(world), 2000n);
    const gone = listing((row) => (row.source.kind === "charge" ? [] : [row]));
    // Not in the list, but there: it was taken before the time that is listed, and booked late.
    expect(await reconcile(gone)).toEqual(nothing);
    const readFee: Gateway["readFee"] = async (id) =>
      id === stripeChargeId
        ? { outcome: "declined", code: "resource_missing", message: "No such charge" }
        : world.gateway.readFee(id);
    const missing = seenBy(gone, { gateway: { ...gone.gateway, readFee } });
    for (const _ of [1, 2]) expect(await reconcile(missing)).toEqual({ ...nothing, differing: 1 });
    expect(await tasks(customer.customerId)).toMatchObject([
      { kind: "charge_not_at_stripe", of: stripeChargeId },
    ]);
    await reconcile(world);
    expect(await kindsOf(customer.customerId)).toEqual([]);
  });
});

describe("a charge whose fee Stripe had not said when it was booked", () => {
  it("has it booked by the pass, once", async () => {
    const payment = await atStripe(2000n);
    await paidUnheard(payment);
    const readCheckout: Gateway["readCheckout"] = async (id) => {
      const read = await world.gateway.readCheckout(id);
      if (read.outcome !== "succeeded" || !read.value.charge) return read;
      return { ...read, value: { ...read.value, charge: { ...read.value.charge, fee: null } } };
    };
    await settle(seenBy(world, { gateway: { ...world.gateway, readCheckout } }), payment);
    expect((await ledgerOf(world, payment.customer)).processing_fees).toBeUndefined();
    await pass(world, day);
    for (const _ of [1, 2]) expect(await reconcile(world)).toEqual(nothing);
    expect((await ledgerOf(world, payment.customer)).processing_fees).toBe(88n);
  });
});

describe("a stranger's", () => {
  it("charges of one night are one task, once, whatever two workers do, and not again when staff have closed it", async () => {
    const ids = [await strangerPays(900n), await strangerPays(800n), await strangerPays(700n)];
    await Promise.all([reconcile(world), reconcile(world)]);
    expect(await reconcile(world)).toEqual({ ...nothing, differing: 3 });
    const [task, ...others] = await tasks(houseCustomerId);
    expect(others).toEqual([]);
    expect(task).toMatchObject({ kind: "strangers_at_stripe", detail: { count: "3", charges: "3" } });
    expect(String(task?.detail.ids).split(" ").sort()).toEqual(ids.sort());
    await dealWith(houseCustomerId);
    await reconcile(world);
    expect(await kindsOf(houseCustomerId)).toEqual([]);
    // The next night tells what is new, and no day differs by what is not ours.
    const late = await strangerPays(600n);
    await pass(world, day);
    await reconcile(world);
    expect(await tasks(houseCustomerId)).toMatchObject([
      { kind: "strangers_at_stripe", detail: { count: "1", ids: late } },
    ]);
  });

  it("charge that names a payment is a task of its own", async () => {
    const named = { customerId: newId<CustomerId>(world.clock), paymentId: newId(world.clock) };
    const id = await strangerPays(900n, named);
    await reconcile(world);
    expect(await tasks(houseCustomerId)).toMatchObject([
      { kind: "charge_of_stranger", of: id, detail: { amountMinor: "900", currency: "USD" } },
    ]);
  });

  it("charge is a task of the customer whom Stripe knows by the same id", async () => {
    const { customer } = await toppedUp(world, await makeCustomer(world), 2000n);
    const { customerId } = customer;
    const [row] = await world.owner`select stripe_customer_id as id from customers where id = ${customerId}`;
    const named = { customerId, paymentId: newId(world.clock), stripeCustomerId: row?.id };
    const id = await strangerPays(900n, named);
    await reconcile(world);
    expect(await tasks(customerId)).toMatchObject([{ kind: "charge_of_stranger", of: id }]);
  });

  it("refund and dispute are in the task of their night", async () => {
    const charges = [await strangerPays(900n), await strangerPays(800n)];
    await world.control.loseWebhooks();
    const refund = { stripeChargeId: charges[0] ?? "", refundId: "", customerId: "", amountMinor: "900" };
    const made = await world.gateway.createRefund(refund, `stranger/${refund.stripeChargeId}`);
    const { id: disputeId } = await world.control.dispute(charges[1] ?? "");
    await untilCaptured(world);
    for (const _ of [1, 2]) {
      expect(await reconcile(world)).toMatchObject({ found: 0, differing: 4, waiting: [], isWhole: true });
    }
    const refundId = made.outcome === "succeeded" ? made.value.id : "";
    const shown = await tasks(houseCustomerId);
    expect(shown).toMatchObject([{ detail: { count: "4", charges: "2", refunds: "1", disputes: "1" } }]);
    expect(String(shown[0]?.detail.ids).split(" ")).toEqual(
      expect.arrayContaining([...charges, refundId, disputeId]),
    );
  });
});

describe("a day", () => {
  it("on which more came in at Stripe than the books say is shown with both numbers, until they agree", async () => {
    await toppedUp(world, await makeCustomer(world), 2000n);
    const [today] = await world.owner`select to_char(${world.clock.now()}::timestamptz, 'YYYY-MM-DD') as day`;
    await pass(world, day);
    const of = `${today?.day} USD`;
    const seen = saysMore(100n);
    for (const _ of [1, 2]) expect(await reconcile(seen)).toEqual({ ...nothing, differing: 2 });
    expect(await tasks(houseCustomerId)).toMatchObject([
      {
        kind: "day_differs",
        of,
        detail: { stripeMinor: "2100", booksMinor: "2000", stripeFeeMinor: "88", booksFeeMinor: "88" },
      },
    ]);
    await reconcile(saysMore(200n));
    expect(await tasks(houseCustomerId)).toMatchObject([{ of, detail: { stripeMinor: "2200" } }]);
    expect(await reconcile(world)).toEqual(nothing);
    expect(await kindsOf(houseCustomerId)).toEqual([]);
  });

  it("is not called wrong, nor right again, by a pass that Stripe did not answer to the end", async () => {
    await toppedUp(world, await makeCustomer(world), 1000n);
    await toppedUp(world, await makeCustomer(world), 2000n);
    await pass(world, day);
    await reconcile(saysMore(100n));
    expect(await kindsOf(houseCustomerId)).toEqual(["day_differs"]);
    const listMovements: Gateway["listMovements"] = async (since, from) =>
      from?.after ? { outcome: "unknown", reason: "silence" } : world.gateway.listMovements(since, from);
    const cut = seenBy(world, { gateway: { ...world.gateway, listMovements } });
    expect(await reconcile(cut, 1)).toEqual({ ...nothing, isWhole: false });
    expect(await kindsOf(houseCustomerId)).toEqual(["day_differs"]);
  });

  it("counts what a charge in another currency became in the one that settles", async () => {
    const payment = await atStripe(5000n, await makeCustomer(world, { currency: "EUR" }));
    await paidUnheard(payment);
    const became = { settledMinor: 5400n, feeMinor: 190n, currency: "USD" };
    const converted = listing((row) => [row.currency === "EUR" ? { ...row, ...became } : row]);
    const readCheckout: Gateway["readCheckout"] = async (id) => {
      const read = await world.gateway.readCheckout(id);
      if (read.outcome !== "succeeded" || !read.value.charge) return read;
      const fee = { balanceTransactionId: "txn_converted", ...became };
      return { ...read, value: { ...read.value, charge: { ...read.value.charge, fee } } };
    };
    const seen = seenBy(converted, { gateway: { ...converted.gateway, readCheckout } });
    expect(await reconcile(seen)).toEqual({ ...nothing, found: 1 });
    await pass(world, day);
    expect(await reconcile(seen)).toEqual(nothing);
    await reconcile(world);
    expect((await kindsOf(houseCustomerId)).sort()).toEqual(["day_differs", "day_differs"]);
  });
});

describe("what moved lately", () => {
  it("finds the end of a dispute that is older than the list of disputes goes back", async () => {
    const charge: BookedCharge = await toppedUp(world, await makeCustomer(world), 5000n);
    const { id } = await world.control.dispute(charge.stripeChargeId);
    await world.control.closeDispute(id, "lost");
    await world.control.webhooksIdle();
    await pass(world, 45 * day);
    await world.control.loseWebhooks();
    await world.control.appealDispute(id);
    await world.control.closeDispute(id, "won");
    await world.control.webhooksIdle();
    expect(await reconcile(world)).toEqual({ ...nothing, found: 1 });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
    expect(await reconcile(world)).toEqual(nothing);
  });
});
