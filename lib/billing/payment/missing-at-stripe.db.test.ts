import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { decideRuling, proposeRuling, showQuarantine } from "@/lib/admin/rule-payment";
import type { StaffActor } from "@/lib/admin/shapes";
import { payCombined, payDirect } from "@/lib/portal/pay";
import { startSandbox } from "@/lib/sandbox/server";
import { giveBalance, makeCustomer, makeInvoice, plan } from "@/lib/testing/fixtures";
import {
  balanceOf,
  expectBooksBalance,
  factsOf,
  paymentRef,
  startCombined,
  startDirect,
} from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { makeStaff } from "@/lib/testing/staff";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { strike } from "@/lib/testing/unsure-faults";
import { localGateway, testSecretKey } from "@/lib/testing/world";
import { pollPayments } from "./poll-payments";
import { settle } from "./settle";

const minute = 60_000;

let world: StripeWorld;
/** The same portal with the keys of another account of Stripe's. */
let elsewhere: StripeWorld;
let other: Awaited<ReturnType<typeof startSandbox>>;
let ann: StaffActor;
let bob: StaffActor;

beforeAll(async () => {
  world = await openStripeWorld();
  other = await startSandbox({ secretKey: testSecretKey, clock: world.clock });
  elsewhere = seenBy(world, { gateway: localGateway(other.url, { timeoutMs: 30_000 }) });
  [ann, bob] = [await makeStaff(world, "finance"), await makeStaff(world, "admin")];
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(async () => {
  await other.close();
  await world.close();
});

/** 800 of balance, held for a payment of 3000 that waits at the page. */
async function waiting() {
  const customer = await makeCustomer(world);
  await giveBalance(world, customer, 800n);
  const invoice = await makeInvoice(world, customer, 3000n);
  return startCombined(world, customer, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n });
}

async function tasksOf(customerId: string) {
  const rows = await world.owner`
    select kind, detail->>'reason' as reason, done_at is null as is_open from tasks
    where customer_id = ${customerId} order by id`;
  return rows.map(({ kind, reason, is_open }) => `${kind} ${reason} ${is_open ? "open" : "done"}`);
}

describe("a payment whose page the account of the present keys does not have", () => {
  it("is asked about again while it may still be paid, and is staff's from then on, once", async () => {
    const payment = await waiting();
    expect(await settle(elsewhere, payment)).toEqual({ kind: "unknown", reason: "object_missing" });
    expect(await tasksOf(payment.customerId)).toEqual([]);
    await world.control.dropWebhooks();
    await pass(world, 46 * minute);
    for (const _ of [1, 2]) {
      expect(await settle(elsewhere, payment)).toEqual({ kind: "quarantined", reason: "object_missing" });
    }
    expect(await tasksOf(payment.customerId)).toEqual(["payment_quarantined object_missing open"]);
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", openHolds: 1, claims: 1 });
  });

  it("ends where two of staff say so: what it held is free, and nothing is lost that comes late", async () => {
    const payment = await waiting();
    const ref = { customerId: payment.customerId, paymentId: payment.paymentId };
    await world.control.dropWebhooks();
    await pass(world, 46 * minute);
    await settle(elsewhere, payment);
    expect(await showQuarantine(ann, ref, elsewhere)).toMatchObject({
      reason: "object_missing",
      objects: [],
    });
    const wish = { ...ref, stripeId: null, reason: "looked in the old account" };
    expect(await proposeRuling(ann, wish, elsewhere)).toMatchObject({ ok: true });
    const shown = await showQuarantine(bob, ref, elsewhere);
    const ruling = { ...ref, rulingId: shown?.proposed?.id ?? "", decision: "confirmed" as const };
    expect(await decideRuling(bob, ruling, elsewhere)).toMatchObject({ ok: true });
    expect(await factsOf(world, payment)).toMatchObject({ state: "canceled", openHolds: 0, claims: 0 });
    expect(await balanceOf(world, payment.customer)).toEqual({ posted: 800n, held: 0n });
    expect(await tasksOf(payment.customerId)).toEqual(["payment_quarantined object_missing done"]);
    // The keys are right again, and somebody had paid.
    await world.control.pay(payment.sessionId, { afterExpiry: true });
    await settle(world, payment);
    await settle(world, payment);
    expect(await factsOf(world, payment)).toMatchObject({ state: "canceled", charges: 1, toBalance: 2200n });
  });

  it("is settled as Stripe says once the keys are right again, and the task is done", async () => {
    const [paid, unpaid] = [await waiting(), await waiting()];
    await world.control.dropWebhooks();
    await world.control.pay(paid.sessionId);
    await pass(world, 46 * minute);
    for (const payment of [paid, unpaid]) await settle(elsewhere, payment);
    for (const payment of [paid, unpaid]) await settle(world, payment);
    expect(await factsOf(world, paid)).toMatchObject({ state: "succeeded", charges: 1, invoices: ["paid"] });
    expect(await factsOf(world, unpaid)).toMatchObject({ state: "expired", openHolds: 0, claims: 0 });
    for (const { customerId } of [paid, unpaid]) {
      expect(await tasksOf(customerId)).toEqual(["payment_quarantined object_missing done"]);
    }
  });

  it("asks nobody about one that has ended", async () => {
    const payment = await waiting();
    await world.control.expire(payment.sessionId);
    await world.control.webhooksIdle();
    await pass(world, 46 * minute);
    expect(await settle(elsewhere, payment)).toMatchObject({ kind: "settled", state: "expired" });
    expect(await tasksOf(payment.customerId)).toEqual([]);
  });
});

it("the charge of a saved card that Stripe does not have is staff's too", async () => {
  const customer = await makeCustomer(world);
  const card = await saveCard(world, customer, "pm_card_authenticationRequired");
  const invoice = await makeInvoice(world, customer, 3000n);
  const input = { ...plan(world, [invoice.id], { cardMinor: 3000n }), cardId: card.id };
  await payDirect(customer.actor, input, world);
  const payment = paymentRef(customer, input.paymentId);
  await world.control.webhooksIdle();
  await world.control.dropWebhooks();
  await pass(world, 46 * minute);
  expect(await settle(elsewhere, payment)).toEqual({ kind: "quarantined", reason: "object_missing" });
  expect(await factsOf(world, payment)).toMatchObject({ claims: 1, tasks: ["payment_quarantined"] });
});

it("a payment that never learned its page, and whose customer Stripe does not have, is not taken for unpaid", async () => {
  const customer = await makeCustomer(world);
  const seed = await makeInvoice(world, customer, 60n);
  const known = await startDirect(world, customer, [seed.id], { cardMinor: 60n });
  await world.control.expire(known.sessionId);
  await world.control.webhooksIdle();
  await giveBalance(world, customer, 800n);
  const invoice = await makeInvoice(world, customer, 3000n);
  const input = { ...plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n }), useBalance: "800" };
  await world.control.dropWebhooks();
  await strike(world, "error_500_after", { method: "POST", path: "/v1/checkout/sessions" });
  await payCombined(customer.actor, input, world);
  await world.control.clearFaults();
  const payment = paymentRef(customer, input.paymentId);
  await pass(world, 46 * minute);
  const polled = await pollPayments(elsewhere, 1000);
  expect(polled.find(({ ref }) => ref.paymentId === payment.paymentId)?.result).toEqual({
    kind: "quarantined",
    reason: "customer_missing",
  });
  expect(await factsOf(world, payment)).toMatchObject({ state: "unknown", openHolds: 1, claims: 1 });
  await settle(world, payment);
  expect(await factsOf(world, payment)).toMatchObject({ state: "expired", openHolds: 0 });
  expect(await tasksOf(customer.customerId)).toEqual(["payment_quarantined customer_missing done"]);
});
