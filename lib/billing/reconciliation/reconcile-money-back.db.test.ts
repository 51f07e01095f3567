import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Gateway } from "@/lib/gateway/port";
import { type BookedCharge, ledgerOf, refundWish, toppedUp } from "@/lib/testing/charged";
import { makeCustomer } from "@/lib/testing/fixtures";
import { holdRows } from "@/lib/testing/held-lock";
import { balanceOf, expectAllInOrder, expectBooksBalance } from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { readBackEvents } from "@/lib/webhook/read-back-events";
import { settleDispute } from "../dispute/settle-dispute";
import { settleRefund } from "../refund/settle-refund";
import { startRefund } from "../refund/start-refund";
import { reconcileMoneyBack } from "./reconcile-money-back";
import { nothingReconciled } from "./reconciled";

let world: StripeWorld;
const day = 86_400_000;

beforeAll(async () => {
  world = await openStripeWorld({ max: 20 });
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
  // What one test leaves at Stripe is not found by the next one's passes.
  await pass(world, 31 * day);
});

afterAll(async () => {
  await expectAllInOrder(world);
  await world.close();
});

const nothing = nothingReconciled();

async function topUp(minor: bigint): Promise<BookedCharge> {
  return toppedUp(world, await makeCustomer(world), minor);
}

/** A charge is disputed, and every event of that is lost. */
async function disputedUnheard(charge: BookedCharge, kind?: "inquiry"): Promise<string> {
  await world.control.loseWebhooks();
  const { id } = await world.control.dispute(charge.stripeChargeId, kind);
  await world.control.webhooksIdle();
  return id;
}

async function standing({ customer }: BookedCharge) {
  const disputes = await world.owner`select state from disputes where customer_id = ${customer.customerId}`;
  const told = await world.owner`
    select topic from outbox where customer_id = ${customer.customerId} and topic like 'dispute.%' order by id`;
  const tasks = await world.owner`
    select kind from tasks where customer_id = ${customer.customerId} and done_at is null order by id`;
  return {
    disputes: disputes.map((row) => row.state as string),
    told: told.map((row) => row.topic as string),
    tasks: tasks.map((row) => row.kind as string),
    balance: await balanceOf(world, customer),
  };
}

describe("a dispute whose every event was lost", () => {
  it("is found after days in which nothing else finds it, and settled once", async () => {
    const charge = await topUp(5000n);
    await disputedUnheard(charge);
    await pass(world, 5 * day);
    expect(await readBackEvents(world)).toBe(0);
    expect((await standing(charge)).disputes).toEqual([]);
    expect(await reconcileMoneyBack(world)).toEqual({ ...nothing, found: 1 });
    const found = {
      disputes: ["open"],
      told: ["dispute.withdrawn"],
      tasks: ["dispute_open"],
      balance: { posted: 5000n, held: 5000n },
    };
    expect(await standing(charge)).toEqual(found);
    expect(await reconcileMoneyBack(world)).toEqual(nothing);
    expect(await standing(charge)).toEqual(found);
  });

  it.each([
    ["won", { posted: 5000n, held: 0n }],
    ["lost", { posted: 0n, held: 0n }],
  ] as const)("is booked as it ended, if it was %s before", async (outcome, balance) => {
    const charge = await topUp(5000n);
    await world.control.closeDispute(await disputedUnheard(charge), outcome);
    await world.control.webhooksIdle();
    expect(await reconcileMoneyBack(world)).toEqual({ ...nothing, found: 1 });
    expect(await standing(charge)).toMatchObject({
      ...{ disputes: [outcome], told: [`dispute.${outcome}`], tasks: [], balance },
    });
  });

  it("is reversed, if it was lost and an appeal of which nobody heard won it", async () => {
    const charge = await topUp(5000n);
    const { id } = await world.control.dispute(charge.stripeChargeId);
    await world.control.closeDispute(id, "lost");
    await world.control.webhooksIdle();
    await world.control.loseWebhooks();
    await world.control.appealDispute(id);
    expect(await reconcileMoneyBack(world)).toEqual(nothing);
    await world.control.closeDispute(id, "won");
    await world.control.webhooksIdle();
    expect(await reconcileMoneyBack(world)).toEqual({ ...nothing, found: 1 });
    const { disputes, balance } = await standing(charge);
    expect({ disputes, balance }).toEqual({ disputes: ["won"], balance: { posted: 5000n, held: 0n } });
    expect(await reconcileMoneyBack(world)).toEqual(nothing);
  });

  it("and an inquiry books nothing", async () => {
    const charge = await topUp(5000n);
    const before = await ledgerOf(world, charge.customer);
    await disputedUnheard(charge, "inquiry");
    expect(await reconcileMoneyBack(world)).toEqual({ ...nothing, found: 1 });
    expect(await ledgerOf(world, charge.customer)).toEqual(before);
    expect((await standing(charge)).tasks).toEqual(["dispute_open"]);
  });

  it("is one dispute, whichever of two workers and a late event comes first", async () => {
    const charge = await topUp(5000n);
    const id = await disputedUnheard(charge);
    const lock = await holdRows(world, "balances", charge.customer.customerId);
    const passes = [reconcileMoneyBack(world), reconcileMoneyBack(world)];
    const event = settleDispute(world, id);
    await lock.untilAwaited();
    await world.control.closeDispute(id, "lost");
    await lock.release();
    await Promise.all([...passes, event]);
    await reconcileMoneyBack(world);
    await settleDispute(world, id);
    const { disputes, balance, told } = await standing(charge);
    expect({ disputes, balance }).toEqual({ disputes: ["lost"], balance: { posted: 0n, held: 0n } });
    expect(told.filter((topic) => topic === "dispute.lost")).toHaveLength(1);
  });

  it("is found on whatever page of the list it stands", async () => {
    const charges = [await topUp(1000n), await topUp(2000n), await topUp(3000n)];
    for (const charge of charges) await disputedUnheard(charge);
    expect(await reconcileMoneyBack(world, 1)).toEqual({ ...nothing, found: 3 });
    for (const charge of charges) expect((await standing(charge)).disputes).toEqual(["open"]);
  });
});

describe("a pass", () => {
  it("that Stripe does not answer to the end keeps what it found, and the next one finds the rest", async () => {
    const charges = [await topUp(1000n), await topUp(2000n)];
    for (const charge of charges) await disputedUnheard(charge);
    const silent = withLists((list, from) =>
      from?.after ? Promise.resolve({ outcome: "unknown", reason: "silence" }) : list(),
    );
    expect(await reconcileMoneyBack(silent, 1)).toEqual({ ...nothing, found: 1, isWhole: false });
    expect(await reconcileMoneyBack(world, 1)).toEqual({ ...nothing, found: 1 });
  });

  it("goes on past one that is poisoned, one that Stripe is silent about, and one of a stranger's charge", async () => {
    const charges = [await topUp(1000n), await topUp(2000n), await topUp(3000n), await topUp(4000n)];
    const ids: string[] = [];
    for (const charge of charges) ids.push(await disputedUnheard(charge));
    const [poisoned, silent, strange] = ids;
    const { gateway } = world;
    const readDispute: Gateway["readDispute"] = async (id) => {
      if (id === poisoned) throw new Error("poison");
      if (id === silent) return { outcome: "unknown", reason: "silence" };
      const read = await gateway.readDispute(id);
      const isStrange = id === strange && read.outcome === "succeeded";
      return isStrange ? { ...read, value: { ...read.value, stripeChargeId: "ch_elsewhere" } } : read;
    };
    const done = await reconcileMoneyBack(seenBy(world, { gateway: { ...gateway, readDispute } }));
    expect(done).toMatchObject({ found: 1, isWhole: true, faults: [{ id: poisoned }] });
    expect([...done.waiting].sort()).toEqual([silent, strange].sort());
    expect(await reconcileMoneyBack(world)).toEqual({ ...nothing, found: 3 });
  });

  it("shows a dispute to staff that ended otherwise than is booked, once", async () => {
    const charge = await topUp(5000n);
    const { id } = await world.control.dispute(charge.stripeChargeId);
    await world.control.closeDispute(id, "won");
    await world.control.webhooksIdle();
    const read = await world.gateway.readDispute(id);
    if (read.outcome !== "succeeded") throw new Error("it is there");
    const again = read.value.movements
      .slice(0, 1)
      .map((one) => ({ ...one, balanceTransactionId: "txn_again" }));
    const lost = { ...read.value, status: "lost", movements: [...read.value.movements, ...again] };
    const gateway: Gateway = {
      ...world.gateway,
      readDispute: async () => ({ outcome: "succeeded", value: lost }),
      listDisputes: async () => ({ outcome: "succeeded", value: { rows: [lost], next: null } }),
    };
    for (const _ of [1, 2]) {
      expect(await reconcileMoneyBack(seenBy(world, { gateway }))).toEqual({ ...nothing, differing: 1 });
    }
    expect(await standing(charge)).toMatchObject({ disputes: ["won"], tasks: ["dispute_quarantined"] });
    await world.owner`update tasks set done_at = now() where customer_id = ${charge.customer.customerId}`;
  });

  /** The same world, whose list of disputes is answered by chance. */
  function withLists(
    answer: (
      list: () => ReturnType<Gateway["listDisputes"]>,
      from: Parameters<Gateway["listDisputes"]>[1],
    ) => ReturnType<Gateway["listDisputes"]>,
  ): StripeWorld {
    const { gateway } = world;
    const listDisputes: Gateway["listDisputes"] = (since, from) =>
      answer(() => gateway.listDisputes(since, from), from);
    return seenBy(world, { gateway: { ...gateway, listDisputes } });
  }
});

describe("a refund whose every event was lost", () => {
  it("is taken in, if it was made at Stripe itself", async () => {
    const charge = await topUp(5000n);
    await world.control.loseWebhooks();
    const made = await world.gateway.createRefund(
      { stripeChargeId: charge.stripeChargeId, refundId: "", customerId: "", amountMinor: "1200" },
      `dashboard/${charge.paymentId}`,
    );
    expect(made.outcome).toBe("succeeded");
    await world.control.webhooksIdle();
    expect(await reconcileMoneyBack(world)).toEqual({ ...nothing, found: 1 });
    expect(await ledgerOf(world, charge.customer)).toMatchObject({ suspense: -1200n });
    expect((await standing(charge)).tasks).toEqual(["suspense"]);
    expect(await reconcileMoneyBack(world)).toEqual(nothing);
  });

  it("comes back to the balance, if the bank refused it after it had succeeded", async () => {
    const charge = await topUp(5000n);
    const wish = await refundWish(world, charge, 2000n);
    await startRefund(world, world.staff, wish);
    await settleRefund(world, wish);
    expect((await balanceOf(world, charge.customer)).posted).toBe(3000n);
    const [row] = await world.owner`select stripe_refund_id as id from refunds where id = ${wish.refundId}`;
    await world.control.loseWebhooks();
    await world.control.settleRefund(row?.id, "fails");
    await world.control.webhooksIdle();
    expect(await reconcileMoneyBack(world)).toEqual({ ...nothing, found: 1 });
    expect((await balanceOf(world, charge.customer)).posted).toBe(5000n);
    expect(await reconcileMoneyBack(world)).toEqual(nothing);
  });
});
