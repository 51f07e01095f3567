import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unfinishedMost } from "@/lib/billing/payment/unfinished-payments";
import { newId } from "@/lib/kernel/id";
import { giveBalance, makeCustomer, makeInvoice, type TestCustomer } from "@/lib/testing/fixtures";
import { openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { abandonPayment, payDirect, payFromBalance, resumePayment } from "./pay";
import { topUp } from "./top-up";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld({ max: 20 });
});
afterAll(() => world.close());

type Invoice = Awaited<ReturnType<typeof makeInvoice>>;

const plan = { balanceMinor: "0", cardMinor: "3000", excessMinor: "0" };
const inputOf = ({ id }: Invoice) => ({ paymentId: newId(world.clock), invoiceIds: [id], plan });
const begin = ({ actor }: TestCustomer, invoice: Invoice) => payDirect(actor, inputOf(invoice), world);
const asked = async () => (await world.control.requests()).length;

async function invoicesOf(customer: TestCustomer, count: number): Promise<Invoice[]> {
  const invoices: Invoice[] = [];
  for (let made = 0; made < count; made += 1) invoices.push(await makeInvoice(world, customer, 3000n));
  return invoices;
}

async function sessionOf(paymentId: string): Promise<string> {
  const [row] = await world.jobs.sql`select stripe_session_id as id from payments where id = ${paymentId}`;
  return row?.id;
}

function pageOf(begun: Awaited<ReturnType<typeof begin>>): string {
  if (!begun.ok || begun.value.kind !== "redirect") throw new Error("a page is open");
  return begun.value.paymentId;
}

describe("payments that one customer begins and does not pay", () => {
  it("are thirty an hour, of forty at once; one that is paid makes room, and so does time", async () => {
    const customer = await makeCustomer(world);
    const invoices = await invoicesOf(customer, unfinishedMost + 10);
    const answers = await Promise.all(invoices.map((invoice) => begin(customer, invoice)));
    const refusals = answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal]));
    expect(refusals).toHaveLength(10);
    const tooMany = { code: "too_many_unfinished", most: unfinishedMost };
    for (const refusal of refusals) expect(refusal).toMatchObject(tooMany);
    const waiting = invoices.filter((_, place) => !answers[place]?.ok);
    const [first, second, third] = waiting as [Invoice, Invoice, Invoice];
    const topUpWish = { paymentId: newId(world.clock), currency: "USD", amount: "20.00" };
    expect(await topUp(customer.actor, topUpWish, world)).toMatchObject({ refusal: tooMany });
    // What needs no page of Stripe's is never counted.
    await giveBalance(world, customer, 3000n);
    const fromBalance = { ...inputOf(third), plan: { ...plan, balanceMinor: "3000", cardMinor: "0" } };
    expect(await payFromBalance(customer.actor, fromBalance, world)).toMatchObject({ ok: true });
    const open = answers.find((answer) => answer.ok);
    if (!open) throw new Error("one is open");
    const paymentId = pageOf(open);
    await world.control.pay(await sessionOf(paymentId));
    expect(await resumePayment(customer.actor, { paymentId }, world)).toMatchObject({
      value: { kind: "paid" },
    });
    expect(await begin(customer, first)).toMatchObject({ ok: true });
    expect(await begin(customer, second)).toMatchObject({ refusal: tooMany });
    world.clock.set(new Date(world.clock.now().getTime() + 61 * 60_000));
    expect(await begin(customer, second)).toMatchObject({ ok: true });
  });

  it("are as few begun and abandoned in a loop, and the page that is open is not lost to a refusal", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    for (let round = 1; round < unfinishedMost; round += 1) {
      const paymentId = pageOf(await begin(customer, invoice));
      await abandonPayment(customer.actor, { paymentId }, world);
    }
    const last = pageOf(await begin(customer, invoice));
    expect(await begin(customer, invoice)).toMatchObject({ refusal: { code: "too_many_unfinished" } });
    const [row] = await world.jobs.sql`select state from payments where id = ${last}`;
    expect(row?.state).toBe("sent");
  });

  it("never stop who pays many invoices, one after another", async () => {
    const customer = await makeCustomer(world);
    for (const invoice of await invoicesOf(customer, unfinishedMost + 5)) {
      const paymentId = pageOf(await begin(customer, invoice));
      await world.control.pay(await sessionOf(paymentId));
      expect(await resumePayment(customer.actor, { paymentId }, world)).toMatchObject({ ok: true });
    }
  });
});

describe("an open payment that is gone on with again and again", () => {
  it("asks Stripe about it sixty times at most, of a hundred at once, however it is asked", async () => {
    const customer = await makeCustomer(world);
    const input = inputOf(await makeInvoice(world, customer, 3000n));
    const { paymentId } = input;
    pageOf(await payDirect(customer.actor, input, world));
    const before = await asked();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, click) =>
        click % 2 === 0
          ? resumePayment(customer.actor, { paymentId }, world)
          : payDirect(customer.actor, input, world),
      ),
    );
    expect((await asked()) - before).toBeLessThanOrEqual(60);
    expect(answers.filter((answer) => answer.ok)).toHaveLength(60);
    const often = { refusal: { code: "payment_asked_often", retryAfterSeconds: expect.any(Number) } };
    expect(await abandonPayment(customer.actor, { paymentId }, world)).toMatchObject(often);
  });
});
