import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { newId } from "@/lib/kernel/id";
import { payFromBalance } from "@/lib/portal/pay";
import { makeDebt } from "@/lib/testing/charged";
import {
  balancePlan,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
} from "@/lib/testing/fixtures";
import { expectAllInOrder, expectBooksBalance, factsOf, startDirect } from "@/lib/testing/payment-facts";
import { makeStaff } from "@/lib/testing/staff";
import { openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { completeAgain } from "./complete-again";
import { showDesk } from "./show-desk";
import { showInvoice } from "./show-invoice";

let world: StripeWorld;
let finance: Awaited<ReturnType<typeof makeStaff>>;

beforeAll(async () => {
  world = await openStripeWorld();
  finance = await makeStaff(world, "finance");
});

afterEach(() => expectBooksBalance(world));

afterAll(async () => {
  await expectAllInOrder(world);
  await world.close();
});

/** A renewal paid by card while its service could not take it: the money is on the balance, and staff were asked. */
async function stuck() {
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world));
  const invoice = await makeRenewal(world, customer, serviceId);
  const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 1000n });
  await stateOfService(serviceId, "terminated");
  await world.control.pay(payment.sessionId);
  await world.control.webhooksIdle();
  expect(await factsOf(world, payment)).toMatchObject({ state: "succeeded", invoices: ["open"] });
  return { customer, serviceId, invoice };
}

const stateOfService = (serviceId: string, state: string) =>
  world.owner`update services set state = ${state} where id = ${serviceId}`;

type Stuck = Awaited<ReturnType<typeof stuck>>;

const complete = ({ customer, invoice }: Stuck, by = finance, reason = "service was set up again") =>
  completeAgain(by, { customerId: customer.customerId, invoiceId: invoice.id, reason }, world);

async function seen({ invoice }: Stuck) {
  const [row] = await world.owner`
    select i.state, (select count(*)::int from terms t join invoice_lines l on l.id = t.invoice_line_id
      where l.invoice_id = i.id) as terms,
      (select posted_minor from balances b where b.customer_id = i.customer_id) as balance, h.reference
    from invoices i join customers h on h.id = i.customer_id where i.id = ${invoice.id}`;
  const desk = await showDesk(finance, world);
  const shown = await showInvoice(finance, { reference: row?.reference, number: invoice.number }, world);
  const task = desk.tasks.find((one) => one.subjectId === invoice.id);
  return {
    ...{ state: row?.state, terms: row?.terms, balance: row?.balance },
    ...{ isAsked: task?.kind, leadsTo: task?.invoiceNumber ?? null, isStuck: shown?.isStuck },
  };
}

describe("an invoice that was paid for and that its service could not take", () => {
  it("is paid from the balance and completed once the cause is mended, by one of two at once, and its task ends", async () => {
    const one = await stuck();
    const { number } = one.invoice;
    const asked = { isAsked: "line_not_completable", leadsTo: number, isStuck: true };
    expect(await seen(one)).toEqual({ state: "open", terms: 0, balance: 1000n, ...asked });
    expect(await complete(one)).toMatchObject({ refusal: { code: "line_not_completable", number } });
    expect(await seen(one)).toEqual({ state: "open", terms: 0, balance: 1000n, ...asked });
    await stateOfService(one.serviceId, "active");
    const answers = await Promise.all([complete(one), complete(one), complete(one)]);
    expect(answers.filter(({ ok }) => ok)).toEqual([{ ok: true, value: { number } }]);
    const done = { isAsked: undefined, leadsTo: null, isStuck: false };
    expect(await seen(one)).toEqual({ state: "paid", terms: 1, balance: 0n, ...done });
  });

  it("is refused to support and auditors, without a reason, and where nobody was asked", async () => {
    const one = await stuck();
    await stateOfService(one.serviceId, "active");
    for (const role of ["support", "auditor"] as const) {
      const denied = await complete(one, await makeStaff(world, role));
      expect(denied).toEqual({ ok: false, refusal: { code: "not_allowed" } });
    }
    expect(await complete(one, finance, "  ")).toMatchObject({ refusal: { code: "reason_missing" } });
    const other = await makeCustomer(world);
    const foreign = { customerId: other.customerId, invoiceId: one.invoice.id, reason: "x" };
    expect(await completeAgain(finance, foreign, world)).toMatchObject({
      refusal: { code: "invoice_not_found" },
    });
    expect(await seen(one)).toMatchObject({ state: "open", balance: 1000n });
    await world.owner`update tasks set done_at = now() where subject_id = ${one.invoice.id}`;
    expect(await complete(one)).toMatchObject({ refusal: { code: "not_stuck" } });
    const missing = { ...foreign, invoiceId: newId<typeof one.invoice.id>() };
    expect(await completeAgain(finance, missing, world)).toMatchObject({ ok: false });
  });

  it("says how much is missing where the balance was spent since", async () => {
    const one = await stuck();
    await stateOfService(one.serviceId, "active");
    const { id } = await makeInvoice(world, one.customer, 400n);
    const spent = await payFromBalance(one.customer.actor, balancePlan(world, [id], 400n), world);
    expect(spent.ok).toBe(true);
    expect(await complete(one)).toMatchObject({
      refusal: { code: "balance_too_low", shortBy: { minor: 400n } },
    });
  });

  it("says how much is missing with what is owed from a dispute, which is paid first", async () => {
    const one = await stuck();
    const { id } = await makeInvoice(world, one.customer, 1000n);
    const spent = await payFromBalance(one.customer.actor, balancePlan(world, [id], 1000n), world);
    expect(spent.ok).toBe(true);
    await makeDebt(world, one.customer, 300n);
    await stateOfService(one.serviceId, "active");
    expect(await complete(one)).toMatchObject({
      refusal: { code: "balance_too_low", shortBy: { minor: 1300n } },
    });
  });
});
