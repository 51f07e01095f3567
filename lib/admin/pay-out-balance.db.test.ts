import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaffRole } from "@/lib/auth/actor";
import { takeGoodwill } from "@/lib/billing/payment/give-goodwill";
import { newId, type SessionId } from "@/lib/kernel/id";
import { money, toDecimal } from "@/lib/kernel/money";
import { checkBooks } from "@/lib/ledger/books";
import { payCombined } from "@/lib/portal/pay";
import {
  bankBalance,
  giveBalance,
  makeCustomer,
  makeInvoice,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openQuietStripe } from "@/lib/testing/quiet-stripe";
import { makeStaff } from "@/lib/testing/staff";
import { payOutBalance } from "./pay-out-balance";
import { changePayoutLimit, showPayoutLimits } from "./payout-limit";

async function openScene() {
  const scene = await openQuietStripe();
  const { userId } = await makeStaff(scene.world, "finance", "Sam Drake");
  return { ...scene, userId };
}

let scene: Awaited<ReturnType<typeof openScene>>;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(() => scene.close());

function payOut(
  { customerId, currency }: TestCustomer,
  wish: Partial<Parameters<typeof payOutBalance>[1]> = {},
  role: StaffRole = "finance",
) {
  const actor = { userId: scene.userId, sessionId: newId<SessionId>(), role };
  const input = {
    customerId,
    payoutId: newId(),
    currency,
    amount: "4",
    seenMinor: 1_000n,
    reason: "asked for it",
    ...wish,
  };
  return payOutBalance(actor, input, scene.world);
}

async function moved({ customerId }: TestCustomer) {
  const [balance] = await scene.world.jobs.sql`
    select posted_minor as posted, held_minor as held from balances where customer_id = ${customerId}`;
  const paidOut = await scene.world.jobs.sql`
    select debit, credit, amount_minor as amount from transfers
    where customer_id = ${customerId} and reason = 'balance_paid_out' order by seq`;
  return { ...balance, paidOut: paidOut.map((row) => ({ ...row })) };
}

async function broken({ customerId }: TestCustomer) {
  const { world } = scene;
  const checked = await checkBooks(world.jobs, {
    full: true,
    customers: [customerId],
    now: world.clock.now(),
  });
  return checked.invariants.flatMap(({ violations }) => violations);
}

async function customerWith(minor: bigint): Promise<TestCustomer> {
  const customer = await makeCustomer(scene.world);
  await bankBalance(scene.world, customer, minor);
  return customer;
}

describe("balance paid out by bank", () => {
  it("leaves customer_balance for bank, and the rest stays", async () => {
    const customer = await customerWith(1_000n);
    expect((await payOut(customer)).ok).toBe(true);
    expect(await moved(customer)).toEqual({
      posted: 600n,
      held: 0n,
      paidOut: [{ debit: "customer_balance", credit: "bank", amount: 400n }],
    });
    expect(await broken(customer)).toEqual([]);
  });

  it("takes nothing of what an open payment holds", async () => {
    const { world } = scene;
    const customer = await customerWith(700n);
    const invoice = await makeInvoice(world, customer, 2_000n);
    const planned = plan(world, [invoice.id], { balanceMinor: 700n, cardMinor: 1_300n });
    expect((await payCombined(customer.actor, planned, world)).ok).toBe(true);
    await bankBalance(world, customer, 300n);
    const refused = await payOut(customer, { amount: "3.01", seenMinor: 300n });
    expect(refused).toMatchObject({ ok: false, refusal: { code: "above_available" } });
    expect((await payOut(customer, { amount: "3", seenMinor: 300n })).ok).toBe(true);
    expect(await moved(customer)).toMatchObject({ posted: 700n, held: 700n });
    expect(await broken(customer)).toEqual([]);
  });

  it("is one payout when its form is sent again, though as much came between", async () => {
    const customer = await customerWith(1_000n);
    const form = { payoutId: newId(), amount: "4" };
    expect((await payOut(customer, form)).ok).toBe(true);
    await bankBalance(scene.world, customer, 400n);
    const answers = await Promise.all(Array.from({ length: 5 }, () => payOut(customer, form)));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(await moved(customer)).toMatchObject({ posted: 1_000n, paidOut: [{ amount: 400n }] });
    expect((await payOut(customer, { amount: "4" })).ok).toBe(true);
    expect(await moved(customer)).toMatchObject({ posted: 600n });
  });

  it("happens once however many of staff decide on it at the same time: the others are told", async () => {
    const customer = await customerWith(1_000n);
    const answers = await Promise.all(Array.from({ length: 50 }, () => payOut(customer, { amount: "1" })));
    const refused = answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal.code]));
    expect(refused).toEqual(Array.from({ length: 49 }, () => "balance_changed"));
    expect(await moved(customer)).toMatchObject({ posted: 900n });
    expect(await broken(customer)).toEqual([]);
  });

  it.each([
    ["above_available", { amount: "10.01" }],
    ["balance_changed", { seenMinor: 999n }],
    ["amount_zero", { amount: "0" }],
    ["amount_negative", { amount: "-1" }],
    ["amount_malformed", { amount: "1e3" }],
    ["amount_too_precise", { amount: "1.005" }],
    ["amount_malformed", { currency: "XXX" }],
    ["balance_changed", { currency: "EUR" }],
    ["reason_missing", { reason: "  " }],
    ["reason_too_long", { reason: "x".repeat(501) }],
  ])("is refused as %s, and changes nothing", async (code, wish) => {
    const customer = await customerWith(1_000n);
    expect(await payOut(customer, wish)).toMatchObject({ ok: false, refusal: { code } });
    expect(await moved(customer)).toEqual({ posted: 1_000n, held: 0n, paidOut: [] });
  });

  it("is no goodwill: all that was ever given stays, less what was taken back", async () => {
    const { world } = scene;
    const customer = await customerWith(1_000n);
    await giveBalance(world, customer, 600n);
    const seen = { seenMinor: 1_600n };
    const refused = await payOut(customer, { ...seen, amount: "10.01" });
    const most = { minor: 1_000n, currency: "USD" };
    expect(refused).toEqual({ ok: false, refusal: { code: "goodwill_stays", most } });
    const taken = { customerId: customer.customerId, amount: money(200n, "USD"), reason: "too much" };
    await takeGoodwill(world, world.staff, { ...taken, userId: scene.userId });
    expect((await payOut(customer, { seenMinor: 1_400n, amount: "10" })).ok).toBe(true);
    expect(await payOut(customer, { seenMinor: 400n, amount: "0.01" })).toMatchObject({
      ok: false,
      refusal: { code: "goodwill_stays", most: { minor: 0n } },
    });
  });

  it("beyond everything is refused with the least that bounds it", async () => {
    const customer = await customerWith(1_000n);
    await giveBalance(scene.world, customer, 600n);
    expect(await payOut(customer, { seenMinor: 1_600n, amount: "500" })).toMatchObject({
      refusal: { code: "goodwill_stays", most: { minor: 1_000n } },
    });
  });

  it("by one person is at most the day's limit, over all customers and however many at once", async () => {
    const { world } = scene;
    const { userId } = await makeStaff(world, "finance", "Day Limit");
    const { userId: other } = await makeStaff(world, "finance", "Somebody Else");
    const customers = await Promise.all(Array.from({ length: 6 }, () => customerWith(400_000n)));
    const out = (one: TestCustomer, by: typeof userId, amount: string, seenMinor = 400_000n) =>
      payOutBalance(
        { userId: by, sessionId: newId<SessionId>(), role: "finance" },
        {
          customerId: one.customerId,
          payoutId: newId(),
          currency: "USD",
          amount,
          seenMinor,
          reason: "asked for it",
        },
        world,
      );
    const answers = await Promise.all(customers.map((one) => out(one, userId, "3000")));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(3);
    expect(answers.filter(({ ok }) => !ok)).toEqual(
      Array.from({ length: 3 }, () => ({
        ok: false,
        refusal: {
          code: "payout_above_day",
          most: { minor: 100_000n, currency: "USD" },
          limit: { minor: 1_000_000n, currency: "USD" },
        },
      })),
    );
    const [left] = customers.filter((_, index) => !answers[index]?.ok);
    expect(left && (await out(left, userId, "1000")).ok).toBe(true);
    expect(left && (await out(left, other, "3000", 300_000n)).ok).toBe(true);
  });

  it("has another limit where the host sets one", async () => {
    const { world } = scene;
    const { userId } = await makeStaff(world, "admin", "Limit Setter");
    const admin = { userId, sessionId: newId<SessionId>(), role: "admin" as const };
    const change = (amount: string, seen: string) =>
      changePayoutLimit(admin, { currency: "USD", amount, seen }, world);
    expect(await change("12x", "10000.00")).toMatchObject({ refusal: { code: "amount_malformed" } });
    expect(await change("5,000", "10000.00")).toMatchObject({ refusal: { code: "amount_too_precise" } });
    expect(await change("5", "9999.00")).toMatchObject({ refusal: { code: "settings_changed" } });
    expect(await change("5", "10000.00")).toEqual({ ok: true });
    expect(await changePayoutLimit(admin, { currency: "XXX", amount: "5", seen: "5" }, world)).toMatchObject({
      refusal: { code: "amount_malformed" },
    });
    const customer = await customerWith(1_000n);
    const wish = {
      customerId: customer.customerId,
      currency: "USD",
      seenMinor: 1_000n,
      reason: "asked for it",
    };
    expect(await payOutBalance(admin, { ...wish, payoutId: newId(), amount: "5.01" }, world)).toMatchObject({
      refusal: { code: "payout_above_day" },
    });
    expect(await payOutBalance(admin, { ...wish, payoutId: newId(), amount: "5" }, world)).toMatchObject({
      ok: true,
    });
    const told = await world.jobs.sql`
      select detail from activities where verb = 'payout_limit_changed' and user_id = ${userId}`;
    expect(told.map(({ detail }) => detail)).toEqual([{ from: "10000.00 USD", to: "5.00 USD" }]);
    expect(await change("10000", "5.00")).toEqual({ ok: true });
  });

  it("has a limit of its own in each currency, worth about the same", async () => {
    const { world } = scene;
    const { userId } = await makeStaff(world, "admin", "Many Currencies");
    const admin = { userId, sessionId: newId<SessionId>(), role: "admin" as const };
    const shown = async () =>
      (await showPayoutLimits(admin, world))
        .filter(({ currency }) => ["JPY", "KWD", "USD"].includes(currency))
        .map(toDecimal);
    const customers = await Promise.all(
      (["USD", "JPY", "KWD"] as const).map((currency) => makeCustomer(world, { currency })),
    );
    for (const customer of customers) await bankBalance(world, customer, 2_000_000n);
    expect(await shown()).toEqual(["1500000", "3000.000", "10000.00"]);

    const change = (currency: string, amount: string, seen: string) =>
      changePayoutLimit(admin, { currency, amount, seen }, world);
    expect(await change("KWD", "1,500", "3000.000")).toMatchObject({ refusal: { code: "amount_ambiguous" } });
    expect(await change("KWD", "1500", "3000.000")).toEqual({ ok: true });
    expect(await change("JPY", "100000", "1500000")).toEqual({ ok: true });
    expect(await shown()).toEqual(["100000", "1500.000", "10000.00"]);

    // What was paid out in one currency takes nothing of another's limit.
    const [usd, jpy, kwd] = customers as [TestCustomer, TestCustomer, TestCustomer];
    const out = ({ customerId, currency }: TestCustomer, amount: string, seenMinor = 2_000_000n) =>
      payOutBalance(
        admin,
        { customerId, payoutId: newId(), currency, amount, seenMinor, reason: "asked for it" },
        world,
      );
    expect(await out(usd, "10000")).toMatchObject({ ok: true });
    expect(await out(jpy, "100000")).toMatchObject({ ok: true });
    expect(await out(kwd, "1500")).toMatchObject({ ok: true });
    for (const [one, seenMinor] of [
      [usd, 1_000_000n],
      [jpy, 1_900_000n],
      [kwd, 500_000n],
    ] as const) {
      expect(await out(one, "1", seenMinor)).toMatchObject({
        refusal: { code: "payout_above_day", most: { minor: 0n, currency: one.currency } },
      });
    }
    expect(await change("KWD", "3000", "1500.000")).toEqual({ ok: true });
    expect(await change("JPY", "1500000", "100000")).toEqual({ ok: true });
  });

  it.each(["support", "auditor"] as const)("is not for %s", async (role) => {
    const customer = await customerWith(1_000n);
    expect(await payOut(customer, {}, role)).toEqual({ ok: false, refusal: { code: "not_allowed" } });
  });
});
