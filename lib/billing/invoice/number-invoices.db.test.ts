import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dueIn } from "@/lib/billing/invoice/days-from-due";
import { money } from "@/lib/kernel/money";
import { makeCustomer, makeInvoice, makePlan } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import { expectBooksBalance } from "@/lib/testing/payment-facts";
import type { TestWorld } from "@/lib/testing/world";
import { orderService } from "../service/order-service";
import type { InvoiceDraft, LineDraft } from "./draft";
import { issueInvoices } from "./issue-invoices";
import { invoiceNumber, seriesOf } from "./number-invoices";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld({ max: 20 });
});

afterAll(async () => {
  await expectBooksBalance(world, { full: true });
  await world.close();
});

async function numbersOf(series: string): Promise<number[]> {
  const rows = await world.jobs.sql`
    select sequence from invoice_numbers where series = ${series} order by sequence`;
  return rows.map((row) => Number(row.sequence));
}

const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);

function draft(summary: string): InvoiceDraft {
  const unit = money(100n, "USD");
  return {
    origin: "manual",
    currency: "USD",
    summary,
    dueOn: dueIn(0, world.clock.now(), world.timeZone),
    lines: [{ kind: "other", description: summary, quantity: 1, unit }],
  };
}

describe("numbers of invoices", () => {
  it("have no gap when fifty are issued at once, for one customer and for many", async () => {
    const one = await makeCustomer(world);
    const many = await Promise.all(upTo(25).map(() => makeCustomer(world)));
    const issued = await Promise.all([
      ...upTo(25).map(() => makeInvoice(world, one, 100n)),
      ...many.map((customer) => makeInvoice(world, customer, 100n)),
    ]);
    expect(await numbersOf("INV-2026")).toEqual(upTo(50));
    expect(new Set(issued.map(({ number }) => number)).size).toBe(50);
  });

  it("are of the year in which the invoice is issued, though it began in the one before", async () => {
    const customer = await makeCustomer(world);
    const instants = ["2030-12-31T23:59:59.999Z", "2031-01-01T00:00:00.001Z"].map((text) => new Date(text));
    const clock = { now: () => (instants.length > 1 ? instants.shift() : instants[0]) as Date };
    const [invoice] = await issueInvoices({ ...world, clock }, world.staff, customer.customerId, async () => [
      draft("midnight"),
    ]);
    expect(invoice?.number).toBe("INV-2031-000001");
  });

  it("are given in the order of a batch, in one block", async () => {
    const customer = await makeCustomer(world);
    const before = (await numbersOf("INV-2026")).length;
    const drafts = upTo(40).map((at) => draft(`Work ${String(at).padStart(2, "0")}`));
    await Promise.all([
      issueInvoices(world, world.staff, customer.customerId, async () => drafts),
      ...upTo(10).map(async () => makeInvoice(world, await makeCustomer(world), 100n)),
    ]);
    expect(await numbersOf("INV-2026")).toEqual(upTo(before + 50));
    const rows = await world.jobs.sql`
      select number from invoices where customer_id = ${customer.customerId} order by summary`;
    const sequences = rows.map((row) => Number(row.number.slice("INV-2026-".length)));
    expect(sequences).toEqual(upTo(40).map((at) => (sequences[0] as number) + at - 1));
  });

  it("leave no gap where an issue fails in the middle", async () => {
    const customer = await makeCustomer(world);
    const before = await numbersOf("INV-2026");
    const negative = draft("a total below zero is refused");
    const line = { ...(negative.lines[0] as LineDraft), unit: money(-1n, "USD") };
    const broken = [
      { ...negative, lines: [] },
      { ...negative, lines: [line] },
    ];
    for (const one of broken) {
      const issue = issueInvoices(world, world.staff, customer.customerId, async () => [draft("a"), one]);
      await expect(issue).rejects.toThrow();
    }
    await makeInvoice(world, customer, 100n);
    expect(await numbersOf("INV-2026")).toEqual(upTo(before.length + 1));
  });

  it("begin anew in each year of the billing time zone", async () => {
    const inShanghai: TestWorld = { ...world, timeZone: "Asia/Shanghai" };
    const customer = await makeCustomer(world);
    world.clock.set(new Date("2026-12-31T15:59:59Z"));
    expect((await makeInvoice(inShanghai, customer, 100n)).number).toMatch(/^INV-2026-/);
    world.clock.set(new Date("2026-12-31T16:00:00Z"));
    const first = await Promise.all(upTo(5).map(() => makeInvoice(inShanghai, customer, 100n)));
    expect(first.map(({ number }) => number).sort()).toEqual(
      upTo(5).map((at) => invoiceNumber("INV-2027", BigInt(at))),
    );
  });

  it("are six digits at least, and go on beyond", () => {
    expect(invoiceNumber("INV-2026", 7n)).toBe("INV-2026-000007");
    expect(invoiceNumber("INV-2026", 1_234_567n)).toBe("INV-2026-1234567");
    expect(seriesOf(new Date("2026-12-31T23:30:00Z"), "Europe/Berlin").key).toBe("INV-2027");
  });
});

describe("an invoice of nothing", () => {
  it("is numbered, paid at issue and completes; its timeline names it", async () => {
    const customer = await makeCustomer(world);
    const planId = await makePlan(world, { price: { USD: 0n } });
    const order = { customerId: customer.customerId, planId, label: "web-free", currency: "USD" as const };
    const { invoice, serviceId } = await orderService(world, world.staff, { ...order, isAutoRenew: false });
    const [row] = await world.jobs.sql`
      select i.state, s.state as service_state, (select count(*)::int from terms t where t.service_id = s.id) as terms
      from invoices i, services s where i.id = ${invoice.id} and s.id = ${serviceId}`;
    expect(row).toEqual({ state: "paid", service_state: "active", terms: 1 });
    const told = await world.jobs.sql`
      select case subject when 'invoice' then subject_id::text else detail->>'invoiceId' end as invoice from activities
      where customer_id = ${customer.customerId} and verb in ('invoice_paid', 'service_activated')
      union all select payload->>'invoiceId' from outbox
      where customer_id = ${customer.customerId} and topic = 'invoice.paid'`;
    expect(told.map((entry) => entry.invoice)).toEqual([invoice.id, invoice.id, invoice.id]);
  });
});
