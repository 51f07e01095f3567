import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaffRole } from "@/lib/auth/actor";
import { newId, type SessionId } from "@/lib/kernel/id";
import { checkBooks } from "@/lib/ledger/books";
import { payCombined } from "@/lib/portal/pay";
import { giveBalance, makeCustomer, makeInvoice, plan, type TestCustomer } from "@/lib/testing/fixtures";
import { openQuietStripe } from "@/lib/testing/quiet-stripe";
import { makeStaff } from "@/lib/testing/staff";
import { payOutBalance } from "./pay-out-balance";

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
  const input = { customerId, currency, amount: "4", seenMinor: 1_000n, reason: "asked for it", ...wish };
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
  await giveBalance(scene.world, customer, minor);
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
    await giveBalance(world, customer, 300n);
    const refused = await payOut(customer, { amount: "3.01", seenMinor: 300n });
    expect(refused).toMatchObject({ ok: false, refusal: { code: "above_available" } });
    expect((await payOut(customer, { amount: "3", seenMinor: 300n })).ok).toBe(true);
    expect(await moved(customer)).toMatchObject({ posted: 700n, held: 700n });
    expect(await broken(customer)).toEqual([]);
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

  it.each(["support", "auditor"] as const)("is not for %s", async (role) => {
    const customer = await customerWith(1_000n);
    expect(await payOut(customer, {}, role)).toEqual({ ok: false, refusal: { code: "not_allowed" } });
  });
});
