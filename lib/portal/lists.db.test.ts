import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CalendarDay } from "@/lib/kernel/calendar";
import type { PaymentId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { encodeCursor } from "@/lib/kernel/page";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import {
  expectAllInOrder,
  expectBooksBalance,
  startCombined,
  startDirect,
} from "@/lib/testing/payment-facts";
import { openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { voidInvoiceBehindItsClaim } from "@/lib/testing/void-invoice";
import { listInvoices } from "./list-invoices";
import { listServices } from "./list-services";
import { payFromBalance } from "./pay";
import type { InvoiceFilter, InvoiceStatus } from "./shapes";
import { showBalance } from "./show-balance";
import { showInvoice } from "./show-invoice";

let world: StripeWorld;
let customer: TestCustomer;
/** Every invoice of the customer, as it was made, with the status it should show. */
const made: { number: string; status: InvoiceStatus; minor: bigint; issuedAt: Date; dueOn: CalendarDay }[] =
  [];

beforeAll(async () => {
  world = await openStripeWorld();
  customer = await makeCustomer(world);
  await giveBalance(world, customer, 100_000n);
  const kinds: InvoiceStatus[] = ["past_due", "paid", "void", "in_progress", "open"];
  for (const [index, status] of kinds.flatMap((kind) => Array<InvoiceStatus>(12).fill(kind)).entries()) {
    // Some share an instant: only the id then tells them apart.
    if (index % 3 === 0) world.clock.advance(1);
    await makeInStatus(status, BigInt(100 + index));
    if (status === "past_due" && index === 11) await pass(world, 8 * 86_400_000);
  }
});

afterEach(() => expectBooksBalance(world));

afterAll(async () => {
  await expectAllInOrder(world);
  await world.close();
});

async function makeInStatus(status: InvoiceStatus, minor: bigint): Promise<void> {
  const invoice = await makeInvoice(world, customer, minor);
  if (status === "paid") await payFromBalance(customer.actor, balancePlan(world, [invoice.id], minor), world);
  if (status === "void") await voidInvoiceBehindItsClaim(world, customer.customerId, invoice.id);
  if (status === "in_progress") {
    const { paymentId } = await startDirect(world, customer, [invoice.id], { cardMinor: minor });
    await leaveToTheBank(paymentId);
  }
  const [row] = await world.owner`select issued_at, due_on from invoices where id = ${invoice.id}`;
  made.push({ number: invoice.number, status, minor, issuedAt: row?.issued_at, dueOn: row?.due_on });
}

/** A page that its customer has finished, of a payment that the bank works on for days. */
async function leaveToTheBank(paymentId: PaymentId): Promise<void> {
  await world.owner`update payments set state = 'processing' where id = ${paymentId}`;
}

const noFilter: InvoiceFilter = {
  status: [],
  issuedFrom: null,
  issuedTo: null,
  amountFrom: null,
  amountTo: null,
  serviceId: null,
  text: null,
  sort: "issued",
  cursor: null,
};

/** The numbers on every page, from the first to the last. */
async function pagesOf(filter: Partial<InvoiceFilter>): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | null = null; ; ) {
    const { page } = await listInvoices(customer.actor, { ...noFilter, ...filter, cursor }, world);
    pages.push(page.rows.map(({ number }) => number));
    if (!page.next || page.rows.length === 0) return pages;
    cursor = page.next;
  }
}

const numbersWhere = (matches: (one: (typeof made)[number]) => boolean) =>
  made
    .filter(matches)
    .map(({ number }) => number)
    .sort();

describe("the list of invoices", () => {
  it.each(["issued", "due"] as const)(
    "sorted by %s shows each once, page by page, and the same backwards",
    async (sort) => {
      const pages = await pagesOf({ sort });
      expect(pages.map(({ length }) => length)).toEqual([25, 25, 10]);
      expect(pages.flat().sort()).toEqual(numbersWhere(() => true));
      let { page } = await listInvoices(customer.actor, { ...noFilter, sort }, world);
      const forth = [page];
      while (page.next) {
        ({ page } = await listInvoices(customer.actor, { ...noFilter, sort, cursor: page.next }, world));
        forth.push(page);
      }
      const back = [forth.at(-1)];
      for (let cursor = forth.at(-1)?.previous; cursor; ) {
        ({ page } = await listInvoices(customer.actor, { ...noFilter, sort, cursor }, world));
        back.unshift(page);
        cursor = page.previous;
      }
      expect(back.map((one) => one?.rows)).toEqual(forth.map((one) => one.rows));
      expect(forth[0]?.previous).toBeNull();
    },
  );

  it.each(["past_due", "paid", "void", "in_progress", "open"] as const)(
    "filtered by %s shows those of it alone",
    async (status) => {
      const { page, count } = await listInvoices(customer.actor, { ...noFilter, status: [status] }, world);
      expect(page.rows.map(({ number }) => number).sort()).toEqual(
        numbersWhere((one) => one.status === status),
      );
      expect(new Set(page.rows.map((row) => row.status))).toEqual(new Set([status]));
      expect(count).toBe(12);
    },
  );

  it("paged back leads on again: each page has the neighbors that it has forwards", async () => {
    const read = (cursor: string | null) =>
      listInvoices(customer.actor, { ...noFilter, cursor }, world).then(({ page }) => page);
    const first = await read(null);
    const second = await read(first.next);
    const third = await read(second.next);
    expect(third.next).toBeNull();
    const secondAgain = await read(third.previous);
    const firstAgain = await read(secondAgain.previous);
    expect(secondAgain.rows).toEqual(second.rows);
    expect(secondAgain.next).not.toBeNull();
    expect(firstAgain.rows).toEqual(first.rows);
    expect(firstAgain.previous).toBeNull();
    expect((await read(firstAgain.next)).rows).toEqual(second.rows);
  });

  it("filtered by several statuses, amounts, days and words", async () => {
    const shown = async (filter: Partial<InvoiceFilter>) => (await pagesOf(filter)).flat().sort();
    expect(await shown({ status: ["paid", "void"] })).toEqual(
      numbersWhere(({ status }) => status === "paid" || status === "void"),
    );
    expect(await shown({ amountFrom: "1.10", amountTo: "1,2" })).toEqual(
      numbersWhere(({ minor }) => minor >= 110n && minor <= 120n),
    );
    expect(await shown({ issuedTo: "2026-03-10" })).toEqual(
      numbersWhere(({ issuedAt }) => issuedAt < new Date("2026-03-11T00:00:00Z")),
    );
    expect(await shown({ issuedFrom: "2026-03-18" })).toEqual(
      numbersWhere(({ issuedAt }) => issuedAt >= new Date("2026-03-18T00:00:00Z")),
    );
    expect(await shown({ text: "000007" })).toEqual([made[6]?.number]);
    expect(await shown({ text: "work" })).toEqual(numbersWhere(() => true));
  });

  it.each([
    { text: "%" },
    { text: "_" },
    { text: "\\" },
    { text: "' or true --" },
    { serviceId: "019577d2-0000-7000-8000-000000000000" as never },
    { amountFrom: "9".repeat(12) },
  ])("finds nothing for %j", async (filter) => {
    expect(await listInvoices(customer.actor, { ...noFilter, ...filter }, world)).toMatchObject({
      page: { rows: [], next: null, previous: null },
      count: 0,
    });
  });

  it.each([
    { cursor: "nonsense" },
    { cursor: "🦆" },
    { issuedFrom: "2026-02-31" },
    { issuedFrom: "0000-01-01" },
    { issuedTo: "9999-12-31" },
    { cursor: encodeCursor(["after", "9999-99-99 99:99:99+00", "019577d2-0000-7000-8000-000000000000"]) },
    { amountFrom: "-5" },
    { amountTo: "a lot" },
    { serviceId: "x" as never },
    { text: "   " },
  ])("reads %j as nothing said", async (filter) => {
    const { page } = await listInvoices(customer.actor, { ...noFilter, ...filter }, world);
    expect(page.rows).toHaveLength(25);
  });

  it("says what is owed in each currency, since when, and how much of it is being paid", async () => {
    const payer = await makeCustomer(world);
    await makeInvoice(world, payer, 700n);
    const { id } = await makeInvoice(world, payer, 800n);
    const { paymentId } = await startDirect(world, payer, [id], { cardMinor: 800n });
    await leaveToTheBank(paymentId);
    await makeInvoice(world, { ...payer, currency: "JPY" }, 900n);
    const { owed } = await listInvoices(payer.actor, noFilter, world);
    expect(owed).toMatchObject([
      { amount: { minor: 900n, currency: "JPY" }, beingPaid: { minor: 0n }, invoices: 1 },
      { amount: { minor: 1500n, currency: "USD" }, beingPaid: { minor: 800n }, invoices: 2 },
    ]);
  });

  it.each<[Currency, bigint, string]>([
    ["JPY", 1500n, "1500"],
    ["KWD", 1500n, "1.500"],
    ["EUR", 1500n, "15"],
  ])("compares amounts in the digits of %s", async (currency, minor, amount) => {
    const payer = await makeCustomer(world, { currency });
    const { number } = await makeInvoice(world, payer, minor);
    await makeInvoice(world, payer, minor + 1n);
    const filter = { ...noFilter, amountFrom: amount, amountTo: amount };
    const { page } = await listInvoices(payer.actor, filter, world);
    expect(page.rows.map((row) => row.number)).toEqual([number]);
  });
});

describe("the balance", () => {
  it("shows every movement once, each with the balance after it, and leaves out what is only held", async () => {
    const payer = await makeCustomer(world);
    let after = 0n;
    const expected: { amount: bigint; after: bigint }[] = [];
    for (let turn = 1; turn <= 60; turn += 1) {
      const gift = BigInt(turn * 10);
      await giveBalance(world, payer, gift);
      after += gift;
      expected.unshift({ amount: gift, after });
      const invoice = await makeInvoice(world, payer, BigInt(turn));
      await payFromBalance(payer.actor, balancePlan(world, [invoice.id], BigInt(turn)), world);
      after -= BigInt(turn);
      expected.unshift({ amount: -BigInt(turn), after });
    }
    const held = await makeInvoice(world, payer, 1000n);
    await startCombined(world, payer, [held.id], { balanceMinor: 900n, cardMinor: 100n });
    const shown: typeof expected = [];
    let cursor: string | null = null;
    do {
      const { balances, movements } = await showBalance(payer.actor, { cursor }, world);
      expect(balances).toMatchObject([
        { posted: { minor: after }, held: { minor: 900n }, available: { minor: after - 900n } },
      ]);
      shown.push(
        ...movements.rows.map((row) => ({ amount: row.amount.minor, after: row.balanceAfter.minor })),
      );
      cursor = movements.next;
    } while (cursor);
    expect(shown).toEqual(expected);
  });

  it("begins and ends each month with its own figures, also where it goes on over the edges of a page", async () => {
    const payer = await makeCustomer(world);
    // 20 movements of 1.00 a month: a page of 50 begins and ends within one.
    for (let month = 0; month < 6; month += 1) {
      for (let turn = 0; turn < 20; turn += 1) await giveBalance(world, payer, 100n);
      world.clock.advance(31 * 86_400_000);
    }
    const seen = new Map<string, { opening: bigint; closing: bigint; rows: number }>();
    let cursor: string | null = null;
    do {
      const { movements, months } = await showBalance(payer.actor, { cursor }, world);
      for (const { month, opening, closing, rows } of months) {
        const before = seen.get(month);
        const figures = { opening: opening.minor, closing: closing.minor };
        if (before) expect(before).toMatchObject(figures);
        seen.set(month, { ...figures, rows: (before?.rows ?? 0) + rows.length });
      }
      cursor = movements.next;
    } while (cursor);
    const months = [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, figures]) => figures);
    expect(months).toEqual(
      Array.from({ length: 6 }, (_, index) => {
        const opening = BigInt(index * 2000);
        return { opening, closing: opening + 2000n, rows: 20 };
      }),
    );
  });

  it("of a customer without any is nothing, in their own currency", async () => {
    const payer = await makeCustomer(world, { currency: "KWD" });
    expect(await showBalance(payer.actor, {}, world)).toMatchObject({
      balances: [{ currency: "KWD", posted: { minor: 0n }, available: { minor: 0n } }],
      movements: { rows: [], next: null, previous: null },
    });
  });
});

describe("services and one invoice", () => {
  it("name the open invoice of a service, and what its payment would bring", async () => {
    const payer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, payer, await makePlan(world));
    const renewal = await makeRenewal(world, payer, serviceId);
    expect((await listServices(payer.actor, world)).services).toMatchObject([
      { id: serviceId, state: "active", price: { minor: 1000n }, openInvoiceNumber: renewal.number },
    ]);
    const shown = await showInvoice(payer.actor, renewal.number, world);
    expect(shown).toMatchObject({
      status: "open",
      total: { minor: 1000n },
      lines: [{ kind: "renewal", service: { id: serviceId } }],
      payPanel: {
        due: { minor: 1000n },
        shortBy: { minor: 1000n },
        fromBalance: null,
        combined: null,
        direct: { balanceMinor: "0", cardMinor: "1000", excessMinor: "0" },
        open: null,
        canPay: true,
      },
    });
    const { paymentId } = await startDirect(world, payer, [renewal.id], { cardMinor: 1000n });
    expect(await showInvoice(payer.actor, renewal.number, world)).toMatchObject({
      status: "open",
      isPaymentStarted: true,
      payPanel: { open: { state: "sent", canResume: true, canAbandon: true } },
    });
    await leaveToTheBank(paymentId);
    expect(await showInvoice(payer.actor, renewal.number, world)).toMatchObject({
      status: "in_progress",
      isPaymentStarted: false,
    });
  });

  it("count a page that was opened and never finished as not paid: past due once its day is over", async () => {
    const payer = await makeCustomer(world);
    const { id, number } = await makeInvoice(world, payer, 800n);
    const { paymentId } = await startDirect(world, payer, [id], { cardMinor: 800n });
    const numbersOf = async (...status: InvoiceStatus[]) =>
      (await listInvoices(payer.actor, { ...noFilter, status }, world)).page.rows.map((row) => row.number);
    const state = async () => {
      const { page, owed } = await listInvoices(payer.actor, noFilter, world);
      const [row] = page.rows;
      return { status: row?.status, isPaymentStarted: row?.isPaymentStarted, paid: owed[0]?.beingPaid.minor };
    };
    for (const began of ["created", "sent", "requires_action"]) {
      await world.owner`update payments set state = ${began} where id = ${paymentId}`;
      expect(await state()).toEqual({ status: "open", isPaymentStarted: true, paid: 0n });
      expect(await numbersOf("open")).toEqual([number]);
      expect(await numbersOf("in_progress")).toEqual([]);
    }
    const [{ due_on: dueOn } = { due_on: null }] =
      await world.owner`update invoices i set due_on = issued_at::date - 1 from (select id, due_on from invoices where id = ${id}) was
        where i.id = was.id returning was.due_on`;
    expect(await state()).toEqual({ status: "past_due", isPaymentStarted: true, paid: 0n });
    expect(await numbersOf("past_due")).toEqual([number]);
    await world.owner`update invoices set due_on = ${dueOn} where id = ${id}`;
    for (const underWay of ["processing", "unknown"]) {
      await world.owner`update payments set state = ${underWay} where id = ${paymentId}`;
      expect(await state()).toEqual({ status: "in_progress", isPaymentStarted: false, paid: 800n });
      expect(await numbersOf("in_progress")).toEqual([number]);
    }
  });
});
