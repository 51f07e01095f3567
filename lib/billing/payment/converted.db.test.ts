import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type BookedCharge, ledgerOf, refundWish, toppedUp } from "@/lib/testing/charged";
import { makeCustomer } from "@/lib/testing/fixtures";
import { expectAllInOrder, expectBooksBalance } from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld, untilCaptured } from "@/lib/testing/stripe-world";
import { settleRefund } from "../refund/settle-refund";
import { startRefund } from "../refund/start-refund";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld({ settlesIn: "jpy" });
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

/** What Stripe says that it moved for one thing, in the currency that it settles in. */
async function movedFor(source: string) {
  const { balance_transaction: rows = [] } = await world.control.dump();
  return rows.filter((row) => row.source === source) as unknown as {
    amount: number;
    fee: number;
    currency: string;
  }[];
}

/** What stands on Stripe's account in the books of a customer, in each currency. */
async function clearingOf({ customer }: BookedCharge) {
  const rows = await world.owner`
    select currency, sum(case when debit = 'gateway_clearing' then amount_minor else -amount_minor end)::bigint as minor
    from transfers where customer_id = ${customer.customerId} and kind in ('posted', 'post')
      and 'gateway_clearing' in (debit, credit)
    group by currency order by currency`;
  return Object.fromEntries(rows.map((row) => [row.currency as string, row.minor as bigint]));
}

const netOf = (moved: { amount: number; fee: number }[]) =>
  BigInt(moved.reduce((sum, { amount, fee }) => sum + amount - fee, 0));

describe("where Stripe settles in another currency than it charges", () => {
  it("what a charge became stands on its account, fee and all, as soon as Stripe says so", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    const [came] = await movedFor(charge.stripeChargeId);
    expect(came).toMatchObject({ currency: "jpy" });
    expect(await clearingOf(charge)).toEqual({ USD: 0n, JPY: netOf(came ? [came] : []) });
    const { customer_balance: balance } = await ledgerOf(world, charge.customer);
    expect(balance).toBe(5000n);
  });

  it("a refund takes it at its own day's rate, and gives it back at another's when it fails", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    await pass(world, 3 * day);
    const wish = await refundWish(world, charge, 2000n);
    expect(await startRefund(world, world.staff, wish)).toMatchObject({ ok: true });
    await settleRefund(world, { customerId: charge.customer.customerId, refundId: wish.refundId });
    await world.control.webhooksIdle();
    await untilCaptured(world);
    const [row] = await world.owner`select stripe_refund_id as id from refunds where id = ${wish.refundId}`;
    const all = async () => [...(await movedFor(charge.stripeChargeId)), ...(await movedFor(row?.id))];
    expect(await all()).toHaveLength(2);
    expect(await clearingOf(charge)).toEqual({ USD: 0n, JPY: netOf(await all()) });
    await pass(world, 4 * day);
    await world.control.settleRefund(row?.id, "fails");
    await world.control.webhooksIdle();
    const [, out, back] = await all();
    expect(Math.abs(back?.amount ?? 0)).not.toBe(Math.abs(out?.amount ?? 0));
    expect(await clearingOf(charge)).toEqual({ USD: 0n, JPY: netOf(await all()) });
    expect((await ledgerOf(world, charge.customer)).customer_balance).toBe(5000n);
  });

  it("what the network adjusts weeks after a dispute was lost is a difference of conversion", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    const { id } = await world.control.dispute(charge.stripeChargeId);
    await world.control.webhooksIdle();
    await world.control.closeDispute(id, "lost");
    await world.control.webhooksIdle();
    const lost = await ledgerOf(world, charge.customer);
    await pass(world, 21 * day);
    for (const settledMinor of [50, -20]) {
      await world.control.adjustDispute(id, settledMinor);
      await world.control.webhooksIdle();
    }
    const all = [...(await movedFor(charge.stripeChargeId)), ...(await movedFor(id))];
    expect(all).toHaveLength(4);
    expect(await clearingOf(charge)).toEqual({ USD: 0n, JPY: netOf(all) });
    expect(await ledgerOf(world, charge.customer)).toEqual(lost);
    const asked = await world.owner`
      select 1 from tasks where customer_id = ${charge.customer.customerId} and done_at is null`;
    expect(asked).toHaveLength(0);
  });

  it.each(["won", "lost"] as const)(
    "a dispute that is %s takes and gives at its own days' rates",
    async (end) => {
      const charge = await toppedUp(world, await makeCustomer(world), 5000n);
      await pass(world, 2 * day);
      const { id } = await world.control.dispute(charge.stripeChargeId);
      await world.control.webhooksIdle();
      await pass(world, 5 * day);
      await world.control.closeDispute(id, end);
      await world.control.webhooksIdle();
      const all = [...(await movedFor(charge.stripeChargeId)), ...(await movedFor(id))];
      expect(all).toHaveLength(end === "won" ? 3 : 2);
      expect(await clearingOf(charge)).toEqual({ USD: 0n, JPY: netOf(all) });
    },
  );
});
