import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { newId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { bankBalance, giveBalance, makeCustomer, makeInvoice } from "@/lib/testing/fixtures";
import { balanceOf, expectBooksBalance, startCombined } from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { takeGoodwill } from "./give-goodwill";
import { payOutBalance } from "./pay-out-balance";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(() => world.close());

/** 1000 of balance, 300 of it held by a payment whose customer is at Stripe. */
async function partlyHeld(arrives = bankBalance) {
  const customer = await makeCustomer(world);
  await arrives(world, customer, 1000n);
  const { id } = await makeInvoice(world, customer, 500n);
  await startCombined(world, customer, [id], { balanceMinor: 300n, cardMinor: 200n });
  const out = (minor: bigint) => ({
    customerId: customer.customerId,
    amount: money(minor, "USD"),
    reason: "asked for it",
    userId: customer.actor.userId,
  });
  const standing = () => balanceOf(world, customer);
  return { out, standing };
}

const available = money(700n, "USD");

describe("balance leaves by hand at most as far as it is available: never what an open payment holds", () => {
  it("by bank", async () => {
    const { out, standing } = await partlyHeld();
    const payOut = (minor: bigint, seenMinor: bigint) =>
      payOutBalance(world, world.staff, { ...out(minor), payoutId: newId(), seenMinor });
    expect(await payOut(701n, 700n)).toEqual({ ok: false, refusal: { code: "above_available", available } });
    expect(await payOut(700n, 1000n)).toEqual({ ok: false, refusal: { code: "balance_changed", available } });
    expect(await standing()).toEqual({ posted: 1000n, held: 300n });
    expect(await payOut(700n, 700n)).toMatchObject({ ok: true });
    expect(await standing()).toEqual({ posted: 300n, held: 300n });
  });

  it("as goodwill that is taken back", async () => {
    const { out, standing } = await partlyHeld(giveBalance);
    expect(await takeGoodwill(world, world.staff, out(701n))).toEqual({
      ok: false,
      refusal: { code: "goodwill_above_available", available },
    });
    expect(await standing()).toEqual({ posted: 1000n, held: 300n });
    expect(await takeGoodwill(world, world.staff, out(700n))).toMatchObject({ ok: true });
    expect(await standing()).toEqual({ posted: 300n, held: 300n });
  });
});
