import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { settle } from "@/lib/billing/payment/settle";
import type { Gateway } from "@/lib/gateway/port";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  plan,
} from "@/lib/testing/fixtures";
import {
  balanceOf,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  ledToStripe,
  paymentRef,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { payCombined, payDirect, payFromBalance } from "./pay";
import type { PayRefusal } from "./shapes";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(async () => {
  await expectAllInOrder(world);
  await world.close();
});

function refusalsIn(answers: readonly ({ ok: true } | { ok: false; refusal: PayRefusal })[]): string[] {
  return answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal.code]));
}

async function sessionsOf(paymentId: string) {
  const all = (await world.control.dump())["checkout.session"] ?? [];
  return all.filter((session) => session.client_reference_id === paymentId);
}

describe("many payments against one balance", () => {
  it("a hundred at once: as many succeed as it covers, and it is never negative", async () => {
    const customer = await makeCustomer(world);
    const invoices = [];
    for (let made = 0; made < 100; made += 1) invoices.push(await makeInvoice(world, customer, 300n));
    await giveBalance(world, customer, 7000n);
    const answers = await Promise.all(
      invoices.map(({ id }) => payFromBalance(customer.actor, balancePlan(world, [id], 300n), world)),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(23);
    expect(new Set(refusalsIn(answers))).toEqual(new Set(["balance_too_low"]));
    expect(await balanceOf(world, customer)).toEqual({ posted: 100n, held: 0n });
    const [least] = await world.owner`
      select min(running)::bigint as minor from (select sum(case when credit = 'customer_balance' then amount_minor
        else -amount_minor end) over (order by seq) as running from transfers
        where customer_id = ${customer.customerId} and 'customer_balance' in (debit, credit)) r`;
    expect(least?.minor).toBe(100n);
  });

  it("twenty that want to hold all of it: one does, the others are asked again", async () => {
    const customer = await makeCustomer(world);
    const seed = await makeInvoice(world, customer, 60n);
    await startDirect(world, customer, [seed.id], { cardMinor: 60n });
    const invoices = [];
    for (let made = 0; made < 20; made += 1) invoices.push(await makeInvoice(world, customer, 1500n));
    await giveBalance(world, customer, 1000n);
    const answers = await Promise.all(
      invoices.map(({ id }) =>
        payCombined(customer.actor, plan(world, [id], { balanceMinor: 1000n, cardMinor: 500n }), world),
      ),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(refusalsIn(answers)).toEqual(Array(19).fill("plan_changed"));
    expect(await balanceOf(world, customer)).toEqual({ posted: 1000n, held: 1000n });
  });

  it("two that are the first money of a customer both arrive", async () => {
    const customer = await makeCustomer(world);
    await Promise.all(
      [1n, 20n, 300n, 4000n, 50_000n, 600_000n].map((minor) => giveBalance(world, customer, minor)),
    );
    expect(await balanceOf(world, customer)).toEqual({ posted: 654_321n, held: 0n });
  });
});

describe("a double click, a reload, a second tab with the same payment", () => {
  it("twenty at once from the balance are one payment, and all say so", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 5000n);
    const invoice = await makeInvoice(world, customer, 1000n);
    const input = balancePlan(world, [invoice.id], 1000n);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => payFromBalance(customer.actor, input, world)),
    );
    const receipts = new Set(answers.map((answer) => JSON.stringify(answer, withBigints)));
    expect(receipts.size).toBe(1);
    expect(answers[0]).toMatchObject({ ok: true, value: { kind: "paid" } });
    expect(await balanceOf(world, customer)).toEqual({ posted: 4000n, held: 0n });
  });

  it("twenty at once through Stripe are one payment with one page", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 800n);
    const invoice = await makeInvoice(world, customer, 3000n);
    const input = plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => payCombined(customer.actor, input, world)),
    );
    expect(refusalsIn(answers)).toEqual([]);
    const kinds = new Set(answers.map((answer) => answer.ok && answer.value.kind));
    kinds.delete("confirming");
    expect(kinds).toEqual(new Set(["redirect"]));
    const payment = await ledToStripe(world, customer, await payCombined(customer.actor, input, world));
    expect(await sessionsOf(payment.paymentId)).toHaveLength(1);
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, openHolds: 1 });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await payCombined(customer.actor, input, world)).toMatchObject({
      ok: true,
      value: { kind: "paid", receipt: { paymentId: payment.paymentId } },
    });
  });

  it("with other content is refused, and the payment stays as it is", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 5000n);
    const first = await makeInvoice(world, customer, 1000n);
    const second = await makeInvoice(world, customer, 1000n);
    const input = balancePlan(world, [first.id], 1000n);
    await payFromBalance(customer.actor, input, world);
    const used = { ok: false, refusal: { code: "payment_id_used" } };
    const others = [
      { ...input, invoiceIds: [second.id] },
      { ...input, invoiceIds: [first.id, second.id] },
      { ...input, plan: { ...input.plan, balanceMinor: "999" } },
      { ...input, plan: { balanceMinor: "0", cardMinor: "1000", excessMinor: "0" } },
    ];
    for (const other of others)
      expect(await payFromBalance(customer.actor, other, world), JSON.stringify(other)).toEqual(used);
    expect(await payDirect(customer.actor, others[3] as never, world)).toEqual(used);
    expect(await payFromBalance(customer.actor, input, world)).toMatchObject({ ok: true });
    expect(await balanceOf(world, customer)).toEqual({ posted: 4000n, held: 0n });
  });

  it("is another customer's own affair, should both have chosen the same id", async () => {
    const [one, other] = [await makeCustomer(world), await makeCustomer(world)];
    const paymentId = plan(world, [], {}).paymentId;
    for (const customer of [one, other]) {
      await giveBalance(world, customer, 700n);
      const invoice = await makeInvoice(world, customer, 700n);
      const input = { ...balancePlan(world, [invoice.id], 700n), paymentId };
      expect(await payFromBalance(customer.actor, input, world)).toMatchObject({ ok: true });
    }
  });
});

describe("two tabs with payments of their own for one invoice", () => {
  it("one through Stripe, one from the balance, at once: one of them pays", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 10_000n);
    for (let round = 0; round < 10; round += 1) {
      const invoice = await makeInvoice(world, customer, 1000n);
      const direct = plan(world, [invoice.id], { cardMinor: 1000n });
      const balance = balancePlan(world, [invoice.id], 1000n);
      const [byCard, fromBalance] = await Promise.all([
        payDirect(customer.actor, direct, world),
        payFromBalance(customer.actor, balance, world),
      ]);
      const facts = await factsOf(world, paymentRef(customer, direct.paymentId));
      if (fromBalance.ok) {
        // Paid before the other began, or after that one was ended at Stripe.
        expect(facts.claims).toBe(0);
        for (const session of await sessionsOf(direct.paymentId)) expect(session.status).toBe("expired");
      } else {
        expect(fromBalance.refusal.code).toBe("payment_in_progress");
        expect(byCard.ok).toBe(true);
        expect(facts).toMatchObject({ claims: 1, invoices: ["open"] });
      }
    }
  });

  it("the second through Stripe ends the first at Stripe before it begins", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 800n);
    const invoice = await makeInvoice(world, customer, 3000n);
    const first = await startDirect(world, customer, [invoice.id], { cardMinor: 3000n });
    const input = plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n });
    // Its event that the first has expired would be faster sometimes, and end it under that name.
    await world.control.holdWebhooks();
    const second = await ledToStripe(world, customer, await payCombined(customer.actor, input, world));
    expect(await factsOf(world, first)).toMatchObject({ state: "canceled", claims: 0 });
    await world.control.deliverWebhooks();
    expect(await factsOf(world, second)).toMatchObject({ state: "sent", claims: 1, openHolds: 1 });
    await expect(world.control.pay(first.sessionId)).rejects.toThrow(/expired/);
    await world.control.pay(second.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, second)).toMatchObject({ state: "succeeded", invoices: ["paid"] });
  });

  it("the second, after the first was paid at Stripe, is told that the invoice is paid", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 3000n);
    const invoice = await makeInvoice(world, customer, 3000n);
    const first = await startDirect(world, customer, [invoice.id], { cardMinor: 3000n });
    await world.control.holdWebhooks();
    await world.control.pay(first.sessionId);
    const second = balancePlan(world, [invoice.id], 3000n);
    expect(await payFromBalance(customer.actor, second, world)).toEqual({
      ok: false,
      refusal: { code: "invoice_not_open", number: invoice.number, state: "paid" },
    });
    expect(await factsOf(world, first)).toMatchObject({ state: "succeeded", invoices: ["paid"] });
    expect(await balanceOf(world, customer)).toEqual({ posted: 3000n, held: 0n });
  });

  it("ten through Stripe at once: one has the claim, and one page at most is open", async () => {
    const customer = await makeCustomer(world);
    const seed = await makeInvoice(world, customer, 60n);
    await startDirect(world, customer, [seed.id], { cardMinor: 60n });
    const invoice = await makeInvoice(world, customer, 3000n);
    const inputs = Array.from({ length: 10 }, () => plan(world, [invoice.id], { cardMinor: 3000n }));
    await Promise.all(inputs.map((input) => payDirect(customer.actor, input, world)));
    const claims = await world.owner`
      select c.payment_id, p.state from invoice_claims c join payments p on p.id = c.payment_id
      where c.invoice_id = ${invoice.id}`;
    expect(claims.length).toBeLessThanOrEqual(1);
    const pages = (await Promise.all(inputs.map(({ paymentId }) => sessionsOf(paymentId)))).flat();
    const open = pages.filter(({ status }) => status === "open").map((page) => page.client_reference_id);
    expect(open).toEqual(claims.map((row) => row.payment_id));
  });
});

describe("terms of one service", () => {
  it("are paid in order: paying a later one includes the earlier", async () => {
    const customer = await makeCustomer(world);
    const planId = await makePlan(world);
    const serviceId = await makeActiveService(world, customer, planId);
    const first = await makeRenewal(world, customer, serviceId);
    const second = await makeRenewalAfter(first.id);
    await giveBalance(world, customer, 5000n);
    const later = balancePlan(world, [second.id], 1000n);
    expect(await payFromBalance(customer.actor, later, world)).toEqual({
      ok: false,
      refusal: {
        code: "plan_changed",
        due: { minor: 2000n, currency: "USD" },
        plan: { balanceMinor: "2000", cardMinor: "0", excessMinor: "0" },
      },
    });
    const both = balancePlan(world, [second.id, first.id], 2000n);
    expect(await payFromBalance(customer.actor, both, world)).toMatchObject({
      ok: true,
      value: { receipt: { paid: [{ number: first.number }, { number: second.number }] } },
    });
    const terms = await world.owner`
      select starts_at, ends_at from terms where service_id = ${serviceId} order by starts_at`;
    expect(
      terms.map((term) => [term.starts_at, term.ends_at].map((at) => at.toISOString().slice(0, 10))),
    ).toEqual(chain(terms.length, terms[0]?.starts_at));

    /** As "renew now" for several terms makes them: the next invoice, after the one that is open. */
    async function makeRenewalAfter(firstId: string) {
      const [line] = await world.owner`select term_ends_at from invoice_lines where invoice_id = ${firstId}`;
      const [service] = await world.owner`select expires_at from services where id = ${serviceId}`;
      await world.owner`update services set expires_at = ${line?.term_ends_at} where id = ${serviceId}`;
      const invoice = await makeRenewal(world, customer, serviceId);
      await world.owner`update services set expires_at = ${service?.expires_at} where id = ${serviceId}`;
      return invoice;
    }
  });
});

describe("two settlements of one customer at once", () => {
  it("both book their fee in a currency that the customer had no ledger in", async () => {
    const customer = await makeCustomer(world);
    const payments = [];
    for (const cardMinor of [1000n, 2000n, 3000n, 4000n]) {
      const invoice = await makeInvoice(world, customer, cardMinor);
      payments.push(await startDirect(world, customer, [invoice.id], { cardMinor }));
    }
    await world.control.holdWebhooks();
    for (const { sessionId } of payments) await world.control.pay(sessionId);
    const { gateway } = world;
    const inEuro: Gateway = {
      ...gateway,
      readCheckout: async (id) => {
        const read = await gateway.readCheckout(id);
        const fee = read.outcome === "succeeded" ? read.value.charge?.fee : null;
        if (fee) Object.assign(fee, { currency: "EUR", settledMinor: fee.settledMinor - 100n });
        return read;
      },
    };
    const settled = await Promise.all(
      payments.map((payment) => settle(seenBy(world, { gateway: inEuro }), payment)),
    );
    expect(settled.map((one) => one.kind === "settled" && one.state)).toEqual(Array(4).fill("succeeded"));
  });
});

function withBigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

/** The first months from an instant, each beginning where the one before it ended. */
function chain(length: number, start: Date): string[][] {
  const day = (months: number) => {
    const date = new Date(start);
    date.setUTCMonth(date.getUTCMonth() + months);
    return date.toISOString().slice(0, 10);
  };
  return Array.from({ length }, (_, at) => [day(at), day(at + 1)]);
}
