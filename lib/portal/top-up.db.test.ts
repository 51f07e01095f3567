import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import { receiptOf } from "@/lib/billing/payment/receipt";
import { settle } from "@/lib/billing/payment/settle";
import { newId } from "@/lib/kernel/id";
import { checkBooks } from "@/lib/ledger/books";
import {
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openQuietStripe, type QuietStripeScene } from "@/lib/testing/quiet-stripe";
import { topUp } from "./top-up";

let scene: QuietStripeScene;

beforeAll(async () => {
  scene = await openQuietStripe();
});

afterAll(() => scene.close());

async function toppedUp(customer: TestCustomer, amount: string, invoiceId?: string) {
  const { world, control } = scene;
  const paymentId = newId(world.clock) as string;
  const answer = await topUp(
    customer.actor,
    { paymentId, currency: customer.currency, amount, invoiceId },
    world,
  );
  if (!answer.ok) return { refusal: answer.refusal, receipt: null };
  const [row] = await world.jobs.sql`select stripe_session_id from payments where id = ${paymentId}`;
  await control.pay(row?.stripe_session_id);
  const { customerId } = customer;
  await Promise.all([1, 2, 3, 4].map(() => settle(world, { customerId, paymentId: paymentId as never })));
  const receipt = await transact(world.app, { customerId }, ({ sql }) =>
    receiptOf(sql, customerId, paymentId as never),
  );
  return { refusal: null, receipt };
}

async function facts(customer: TestCustomer) {
  const { customerId } = customer;
  const { sql } = scene.world.jobs;
  const [balance] =
    await sql`select posted_minor, held_minor from balances where customer_id = ${customerId}`;
  const books = await checkBooks(scene.world.jobs, {
    full: true,
    customers: [customerId],
    now: scene.world.clock.now(),
  });
  return { posted: balance?.posted_minor, held: balance?.held_minor, booksHold: books.ok };
}

describe("topping up", () => {
  it("raises the balance once, whoever settles it", async () => {
    const customer = await makeCustomer(scene.world);
    const { receipt } = await toppedUp(customer, "25.00");
    expect(receipt).toMatchObject({
      paid: [],
      settled: [],
      byCard: { minor: 2500n },
      toBalance: { minor: 2500n },
    });
    expect(await facts(customer)).toEqual({ posted: 2500n, held: 0n, booksHold: true });
  });

  it("Renewing: settles an open auto-renew invoice in the same transaction, and its service runs on", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const [before] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
    const renewal = await makeRenewal(world, customer, serviceId);
    const { receipt } = await toppedUp(customer, "12.00");
    expect(receipt?.settled).toEqual([{ number: renewal.number, amount: { minor: 1000n, currency: "USD" } }]);
    const [after] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
    expect(receipt?.services).toEqual([{ id: serviceId, label: "web-1", expiresAt: after?.expires_at }]);
    expect(after?.expires_at > before?.expires_at).toBe(true);
    expect(await facts(customer)).toEqual({ posted: 200n, held: 0n, booksHold: true });
  });

  it("settles first the invoice from which it was begun, whatever its auto-renew; what is not covered is passed over", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    await makeRenewal(world, customer, serviceId);
    const byHand = await makeInvoice(world, customer, 700n);
    const { receipt } = await toppedUp(customer, "8", byHand.id);
    expect(receipt?.settled.map(({ number }) => number)).toEqual([byHand.number]);
    expect(await facts(customer)).toEqual({ posted: 100n, held: 0n, booksHold: true });
  });

  it("leaves an invoice that needs a decision alone: no auto-renew, not begun from", async () => {
    const customer = await makeCustomer(scene.world);
    await makeInvoice(scene.world, customer, 700n);
    const { receipt } = await toppedUp(customer, "20");
    expect(receipt?.settled).toEqual([]);
    expect((await facts(customer)).posted).toBe(2000n);
  });

  it.each([
    ["0.49", "top_up_too_small"],
    ["10000.01", "top_up_too_large"],
    ["1e3", "amount_malformed"],
    ["-5", "amount_negative"],
    ["<b>5</b>", "amount_malformed"],
    ["", "amount_missing"],
  ])("refuses %j with %s, and stores nothing", async (amount, code) => {
    const customer = await makeCustomer(scene.world);
    const { refusal } = await toppedUp(customer, amount);
    expect(refusal).toMatchObject({ code });
    const rows = await scene.world.jobs
      .sql`select 1 from payments where customer_id = ${customer.customerId}`;
    expect(rows).toHaveLength(0);
  });

  it("refuses a viewer, and somebody else's invoice as one that does not exist", async () => {
    const viewer = await makeCustomer(scene.world, { role: "viewer" });
    expect((await toppedUp(viewer, "20")).refusal).toEqual({ code: "not_allowed" });
    const theirs = await makeInvoice(scene.world, viewer, 700n);
    const customer = await makeCustomer(scene.world);
    expect((await toppedUp(customer, "20", theirs.id)).refusal).toEqual({ code: "invoice_not_found" });
  });
});
