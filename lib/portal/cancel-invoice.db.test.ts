import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settle } from "@/lib/billing/payment/settle";
import { checkBooks } from "@/lib/ledger/books";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makeOrder,
  makePlan,
  makeRenewal,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openQuietStripe, type QuietStripeScene } from "@/lib/testing/quiet-stripe";
import { cancelInvoice } from "./cancel-invoice";
import { payCombined } from "./pay";

let scene: QuietStripeScene;

beforeAll(async () => {
  scene = await openQuietStripe();
});

afterAll(() => scene.close());

async function facts(customer: TestCustomer, invoiceId: string) {
  const { world } = scene;
  const { customerId } = customer;
  const [invoice] = await world.jobs.sql`
    select i.state, i.amount_paid_minor, n.number as note from invoices i
    left join credit_notes n on n.customer_id = i.customer_id and n.invoice_id = i.id where i.id = ${invoiceId}`;
  const [balance] = await world.jobs.sql`
    select posted_minor, held_minor from balances where customer_id = ${customerId}`;
  const books = await checkBooks(world.jobs, { full: true, customers: [customerId], now: world.clock.now() });
  return {
    state: invoice?.state,
    hasNote: /^CN-\d{4}-\d{6}$/.test(invoice?.note ?? ""),
    posted: balance?.posted_minor,
    held: balance?.held_minor,
    violations: books.invariants.flatMap(({ violations }) => violations),
  };
}

/** An order with a payment under way that holds a part of the balance. */
async function orderUnderWay() {
  const { world } = scene;
  const customer = await makeCustomer(world);
  const { invoice, serviceId } = await makeOrder(world, customer, await makePlan(world));
  await giveBalance(world, customer, 400n);
  const input = plan(world, [invoice.id], { balanceMinor: 400n, cardMinor: 600n });
  const started = await payCombined(customer.actor, input, world);
  expect(started).toMatchObject({ ok: true, value: { kind: "redirect" } });
  const [row] = await world.jobs.sql`select stripe_session_id from payments where id = ${input.paymentId}`;
  return {
    customer,
    invoice,
    serviceId,
    sessionId: row?.stripe_session_id as string,
    paymentId: input.paymentId,
  };
}

describe("Cancelling", () => {
  it("voids an order, issues a credit note, and the service that waited is canceled", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const { invoice, serviceId } = await makeOrder(world, customer, await makePlan(world));
    const answer = await cancelInvoice(customer.actor, { invoiceId: invoice.id }, world);
    expect(answer).toMatchObject({ ok: true, value: { number: invoice.number, also: [], isRenewal: false } });
    expect(await facts(customer, invoice.id)).toMatchObject({ state: "void", hasNote: true, violations: [] });
    const [service] = await world.jobs.sql`select state from services where id = ${serviceId}`;
    expect(service?.state).toBe("canceled");
  });

  it("declines a renewal, so that it is not issued again, and leaves the service as it is", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world));
    const invoice = await makeRenewal(world, customer, serviceId);
    const answer = await cancelInvoice(customer.actor, { invoiceId: invoice.id }, world);
    expect(answer).toMatchObject({ ok: true, value: { isRenewal: true } });
    const [renewal] = await world.jobs.sql`select state from renewals where service_id = ${serviceId}`;
    expect(renewal?.state).toBe("declined");
    await expect(makeRenewal(world, customer, serviceId)).rejects.toThrow("a renewal was asked for");
    expect((await facts(customer, invoice.id)).violations).toEqual([]);
  });

  it("closes the payment under way at Stripe first, and gives back what it held", async () => {
    const { customer, invoice, sessionId } = await orderUnderWay();
    const answer = await cancelInvoice(customer.actor, { invoiceId: invoice.id }, scene.world);
    expect(answer.ok).toBe(true);
    expect(await facts(customer, invoice.id)).toEqual({
      state: "void",
      hasNote: true,
      posted: 400n,
      held: 0n,
      violations: [],
    });
    await expect(scene.control.pay(sessionId)).rejects.toThrow("expired");
  });

  it("loses the race to Stripe and says so: the invoice is paid, its service runs", async () => {
    const { customer, invoice, serviceId, sessionId } = await orderUnderWay();
    await scene.control.pay(sessionId);
    const answer = await cancelInvoice(customer.actor, { invoiceId: invoice.id }, scene.world);
    expect(answer).toEqual({ ok: false, refusal: { code: "paid_meanwhile" } });
    expect(await facts(customer, invoice.id)).toMatchObject({
      state: "paid",
      posted: 0n,
      held: 0n,
      violations: [],
    });
    const [service] = await scene.world.jobs.sql`select state from services where id = ${serviceId}`;
    expect(service?.state).toBe("active");
  });

  it("waits while Stripe cannot say: nothing changes", async () => {
    const { customer, invoice } = await orderUnderWay();
    await scene.control.fault({ kind: "error_500", method: "GET", path: "/v1/checkout/sessions", times: 1 });
    const answer = await cancelInvoice(customer.actor, { invoiceId: invoice.id }, scene.world);
    await scene.control.clearFaults();
    expect(answer).toMatchObject({ ok: false, refusal: { code: "payment_in_progress" } });
    expect(await facts(customer, invoice.id)).toMatchObject({ state: "open", held: 400n, violations: [] });
  });

  it("turns a success that Stripe reports after the cancellation into balance", async () => {
    const { customer, invoice, sessionId, paymentId } = await orderUnderWay();
    await cancelInvoice(customer.actor, { invoiceId: invoice.id }, scene.world);
    await scene.control.pay(sessionId, { afterExpiry: true });
    await settle(scene.world, { customerId: customer.customerId, paymentId: paymentId as never });
    expect(await facts(customer, invoice.id)).toMatchObject({
      state: "void",
      posted: 1000n,
      held: 0n,
      violations: [],
    });
  });

  it("cancels once when two tabs do it", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const { invoice } = await makeOrder(world, customer, await makePlan(world));
    const answers = await Promise.all(
      [1, 2, 3].map(() => cancelInvoice(customer.actor, { invoiceId: invoice.id }, world)),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await facts(customer, invoice.id)).violations).toEqual([]);
  });

  it("leaves to staff what is by hand or has begun, and refuses viewers and strangers", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const byHand = await makeInvoice(world, customer, 500n);
    const staffOnly = await cancelInvoice(customer.actor, { invoiceId: byHand.id }, world);
    expect(staffOnly).toMatchObject({ ok: false, refusal: { code: "cancel_is_for_staff" } });
    const stranger = await makeCustomer(world);
    const unknown = await cancelInvoice(stranger.actor, { invoiceId: byHand.id }, world);
    expect(unknown).toEqual({ ok: false, refusal: { code: "invoice_not_found" } });
    const viewer = await makeCustomer(world, { role: "viewer" });
    const { invoice } = await makeOrder(world, viewer, await makePlan(world));
    const refused = await cancelInvoice(viewer.actor, { invoiceId: invoice.id }, world);
    expect(refused).toEqual({ ok: false, refusal: { code: "not_allowed" } });
  });
});
