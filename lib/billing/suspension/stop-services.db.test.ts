import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { addDays, calendarDay } from "@/lib/kernel/calendar";
import { type BankReceiptId, type InvoiceId, newId, type ServiceId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import { changePlan } from "@/lib/portal/change-plan";
import { payFromBalance } from "@/lib/portal/pay";
import { ledgerOf, makeDebt } from "@/lib/testing/charged";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeOrder,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { holdRows } from "@/lib/testing/held-lock";
import { expectBooksBalance, startDirect } from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { tellAll } from "@/lib/testing/told";
import { recordBankPayment } from "../payment/record-bank-payment";
import { announceStops } from "./announce-stops";
import { stopServices } from "./stop-services";
import { voidUnpaidOrders } from "./void-unpaid-orders";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world, { full: true });
  // What one test leaves behind is not the next one's.
  await world.owner`update customers set closed_at = now() where not is_house`;
});

afterAll(() => world.close());

interface Unpaid extends TestCustomer {
  serviceId: ServiceId;
  invoiceId: InvoiceId;
  expiresAt: Date;
}

/** A service whose renewal is issued and not paid, at eleven on the day of its expiry: what is stopped is stopped at ten. */
async function unpaid(isAutoRenew = true): Promise<Unpaid> {
  await untilNine();
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world), isAutoRenew);
  const [service] = await world.owner`select expires_at from services where id = ${serviceId}`;
  const expiresAt: Date = service?.expires_at;
  await pass(world, expiresAt.getTime() - 7 * day - world.clock.now().getTime());
  const { id } = await makeRenewal(world, customer, serviceId);
  await pass(world, 7 * day + 2 * hour);
  return { ...customer, serviceId, invoiceId: id, expiresAt };
}

/** What tests before this one have moved the clock by does not matter to it. */
async function untilNine(): Promise<void> {
  const sinceMidnight = world.clock.now().getTime() % day;
  await pass(world, (9 * hour - sinceMidnight + day) % day);
}

const passDays = (days: number) => pass(world, days * day);

const silence = async () => ({ outcome: "unknown" as const, reason: "silence" });

/** What the worker does in a day: announces, tells, and stops what is to be stopped. */
async function worked() {
  await announceStops(world);
  await tellAll(world);
  return stopServices(world);
}

async function workedFor(days: number): Promise<void> {
  for (let i = 0; i < days; i += 1) {
    await worked();
    await passDays(1);
  }
}

async function standing({ customerId, serviceId, invoiceId }: Unpaid) {
  const [row] = await world.owner`
    select s.state, s.expires_at, s.suspended_at, i.state as invoice, (
      select r.state from renewals r where r.customer_id = s.customer_id and r.invoice_id = i.id) as renewal, array(
      select o.topic from outbox o where o.customer_id = s.customer_id and o.topic like 'service.%' order by o.id) as told
    from services s join invoices i on i.customer_id = s.customer_id and i.id = ${invoiceId}
    where s.customer_id = ${customerId} and s.id = ${serviceId}`;
  return row as unknown as {
    state: string;
    expires_at: Date;
    suspended_at: Date | null;
    invoice: string;
    renewal: string;
    told: string[];
  };
}

describe("a service whose renewal nobody pays", () => {
  it("is told of it two days ahead, suspended after grace, told again, and terminated with its invoice void", async () => {
    const service = await unpaid();
    await workedFor(5);
    expect(await standing(service)).toMatchObject({ state: "active" });
    expect(await worked()).toMatchObject({ suspended: 1 });
    expect(await worked()).toMatchObject({ suspended: 0 });
    expect(await standing(service)).toMatchObject({ state: "suspended", suspended_at: world.clock.now() });
    await passDays(13);
    await worked();
    expect(await standing(service)).toMatchObject({ state: "suspended", invoice: "open" });
    await passDays(1);
    expect(await worked()).toMatchObject({ terminated: 1 });
    expect(await standing(service)).toMatchObject({
      state: "terminated",
      suspended_at: null,
      invoice: "void",
      renewal: "lapsed",
      told: ["service.activated", "service.suspended", "service.terminated"],
    });
    const told = await world.owner`
      select kind, stage from reminders where customer_id = ${service.customerId} order by created_at`;
    expect([...told]).toEqual([
      { kind: "suspension_ahead", stage: -2 },
      { kind: "termination_ahead", stage: -1 },
    ]);
    const [note] = await world.owner`
      select reason, number is not null as has_number from credit_notes where customer_id = ${service.customerId}`;
    expect(note).toEqual({ reason: "terminated", has_number: true });
  });

  it("gives what was paid on its invoice back to the balance, where it pays debt before another invoice", async () => {
    const service = await unpaid();
    const other = await makeActiveService(
      world,
      service,
      await makePlan(world, { price: { USD: 300n } }),
      true,
    );
    await makeDebt(world, service, 200n);
    const receipt = {
      id: newId<BankReceiptId>(world.clock),
      amount: money(400n, "USD"),
      valueDate: calendarDay(world.clock.now(), world.timeZone),
      reference: "TRX 9",
      sender: "",
      userId: service.actor.userId,
    };
    const wish = { customerId: service.customerId, receipt, invoiceIds: [service.invoiceId] };
    await recordBankPayment(world, world.staff, wish);
    const waiting = await makeRenewal(world, service, other);
    await workedFor(20);
    expect(await standing(service)).toMatchObject({ state: "terminated", invoice: "void" });
    const [invoice] = await world.owner`select state from invoices where id = ${waiting.id}`;
    expect(invoice?.state).toBe("open");
    const ledger = await ledgerOf(world, service);
    expect(ledger).toMatchObject({ customer_balance: 200n });
    expect(ledger.customer_debt).toBeUndefined();
  });

  it("is not suspended while its announcement was not taken by a mail server, and is when it is undeliverable", async () => {
    const service = await unpaid();
    await passDays(3);
    await announceStops(world);
    await passDays(3);
    expect(await stopServices(world)).toMatchObject({ suspended: 0, waiting: 1 });
    await tellAll(world, "undeliverable");
    expect(await stopServices(world)).toMatchObject({ suspended: 0, waiting: 1 });
    await passDays(1);
    expect(await stopServices(world)).toMatchObject({ suspended: 1 });
    expect(await standing(service)).toMatchObject({ state: "suspended" });
  });

  it("is announced anew when its term was billed anew after the announcement", async () => {
    const service = await unpaid();
    await passDays(3);
    expect(await worked()).toMatchObject({ suspended: 0 });
    const other = await makePlan(world);
    const wish = { serviceId: service.serviceId, planId: other, way: "next_term" as const, agreedMinor: 0n };
    expect(await changePlan(service.actor, wish, world)).toMatchObject({ ok: true });
    await passDays(2);
    expect(await worked()).toMatchObject({ suspended: 0, waiting: 1 });
    await passDays(1);
    expect(await worked()).toMatchObject({ suspended: 1 });
    const announced = await world.owner`
      select stage from reminders where customer_id = ${service.customerId} and kind = 'suspension_ahead' order by id`;
    expect(announced.map(({ stage }) => stage)).toEqual([-2, -1]);
  });

  it("is paid by its balance at the last attempt, and goes on", async () => {
    const service = await unpaid(false);
    await giveBalance(world, service, 1000n);
    await world.owner`update services set is_auto_renew = true where id = ${service.serviceId}`;
    await workedFor(6);
    expect(await standing(service)).toMatchObject({ state: "active", invoice: "paid", suspended_at: null });
    const told = await world.owner`
      select 1 from outbox where customer_id = ${service.customerId} and topic = 'renewal.paid'`;
    expect(told).toHaveLength(1);
  });

  it("is taken up again when it is paid, and its term goes on from the old expiry", async () => {
    const service = await unpaid(false);
    await workedFor(7);
    expect(await standing(service)).toMatchObject({ state: "suspended" });
    await giveBalance(world, service, 1000n);
    expect(
      await payFromBalance(service.actor, balancePlan(world, [service.invoiceId], 1000n), world),
    ).toMatchObject({ ok: true });
    const after = await standing(service);
    expect(after).toMatchObject({ state: "active", suspended_at: null });
    expect(after.expires_at).toEqual(addMonth(service.expiresAt));
    expect(after.told).toEqual([
      "service.activated",
      "service.suspended",
      "service.renewed",
      "service.resumed",
    ]);
  });
});

describe("a service whose renewal was declined", () => {
  it("is suspended at its expiry, without grace", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const [row] = await world.owner`select expires_at from services where id = ${serviceId}`;
    const expiresAt: Date = row?.expires_at;
    await pass(world, expiresAt.getTime() - 7 * day - world.clock.now().getTime());
    const { id } = await makeRenewal(world, customer, serviceId);
    expect(await cancelInvoice(customer.actor, { invoiceId: id }, world)).toMatchObject({ ok: true });
    await workedFor(7);
    const service = { ...customer, serviceId, invoiceId: id, expiresAt };
    expect(await standing(service)).toMatchObject({ state: "active" });
    expect(await worked()).toMatchObject({ suspended: 1 });
    await workedFor(15);
    expect(await standing(service)).toMatchObject({ state: "terminated", renewal: "declined" });
  });
});

describe("a service that was not billed", () => {
  it("is never suspended, however long ago it expired", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    await passDays(90);
    await workedFor(3);
    const [row] = await world.owner`select state from services where id = ${serviceId}`;
    expect(row).toEqual({ state: "active" });
  });
});

describe("a payment that is under way", () => {
  it("at an open page defers the suspension once per term, and no more", async () => {
    const service = await unpaid();
    await workedFor(5);
    await startDirect(world, service, [service.invoiceId], { cardMinor: 1000n });
    expect(await worked()).toMatchObject({ suspended: 0, waiting: 1 });
    await pass(world, 50 * 60_000);
    await startDirect(world, service, [service.invoiceId], { cardMinor: 1000n });
    await pass(world, 15 * 60_000);
    expect(await worked()).toMatchObject({ suspended: 1 });
  });

  it("that was paid without our hearing of it is found by the last attempt", async () => {
    const service = await unpaid();
    await workedFor(5);
    world.endpoint.mode = "record";
    const payment = await startDirect(world, service, [service.invoiceId], { cardMinor: 1000n });
    await world.control.pay(payment.sessionId, { card: "4242424242424242" });
    expect(await worked()).toMatchObject({ suspended: 0 });
    expect(await standing(service)).toMatchObject({ state: "active", invoice: "paid" });
  });

  it("defers it for as long as only Stripe knows of it", async () => {
    const service = await unpaid();
    await workedFor(5);
    const payment = await startDirect(world, service, [service.invoiceId], { cardMinor: 1000n });
    world.endpoint.mode = "record";
    const silent = seenBy(world, { gateway: { ...world.gateway, readCheckout: silence } });
    await world.owner`update payments set state = 'processing' where id = ${payment.paymentId}`;
    for (let i = 0; i < 3; i += 1) {
      expect(await stopServices(silent)).toMatchObject({ suspended: 0, waiting: 1 });
      await passDays(1);
    }
    expect(await standing(service)).toMatchObject({ state: "active" });
  });

  it("at an open page is left alone by a suspension, and by a termination until that is due and announced", async () => {
    const service = await unpaid();
    const opened = () => startDirect(world, service, [service.invoiceId], { cardMinor: 1000n });
    const stateOf = async ({ paymentId }: { paymentId: string }) => {
      const [row] = await world.owner`select state from payments where id = ${paymentId}`;
      return row?.state;
    };
    await workedFor(5);
    const first = await opened();
    expect(await worked()).toMatchObject({ suspended: 0, waiting: 1 });
    expect(await stateOf(first)).toBe("sent");
    await pass(world, hour);
    expect(await worked()).toMatchObject({ suspended: 1 });
    await pass(world, 14 * day - 10 * minute);
    // Looked at already, since clocks may be changed; its time has not come.
    const second = await opened();
    expect(await stopServices(world)).toMatchObject({ terminated: 0 });
    expect(await stateOf(second)).toBe("sent");
    await pass(world, 10 * minute);
    // Nobody was told of it yet.
    expect(await stopServices(world)).toMatchObject({ terminated: 0, waiting: 1 });
    expect(await stateOf(second)).toBe("sent");
    await worked();
    await passDays(1);
    const third = await opened();
    expect(await stopServices(world)).toMatchObject({ terminated: 1 });
    expect(await stateOf(third)).toBe("canceled");
    expect(await standing(service)).toMatchObject({ state: "terminated", invoice: "void" });
  });

  it("is closed before a termination, and if it was paid meanwhile, that wins", async () => {
    const service = await unpaid();
    await workedFor(19);
    expect(await standing(service)).toMatchObject({ state: "suspended" });
    const payment = await startDirect(world, service, [service.invoiceId], { cardMinor: 1000n });
    world.endpoint.mode = "record";
    await world.control.pay(payment.sessionId, { card: "4242424242424242" });
    await worked();
    expect(await standing(service)).toMatchObject({ state: "active", invoice: "paid" });
  });
});

describe("a payment and a suspension at once", () => {
  it.each(["payment", "suspension"] as const)(
    "leave the service active, with the %s first",
    async (first) => {
      const service = await unpaid(false);
      await workedFor(5);
      await giveBalance(world, service, 1000n);
      await announceStops(world);
      await tellAll(world);
      const held = await holdRows(world, "balances", service.customerId);
      const pay = () => payFromBalance(service.actor, balancePlan(world, [service.invoiceId], 1000n), world);
      const stopping = () => stopServices(world);
      const [one, other] = first === "payment" ? [pay, stopping] : [stopping, pay];
      const begun = one();
      await held.untilAwaited();
      const behind = other();
      await untilWaiting(2);
      await held.release();
      await Promise.all([begun, behind]);
      expect(await standing(service)).toMatchObject({ state: "active", invoice: "paid", suspended_at: null });
      expect((await standing(service)).told.includes("service.suspended")).toBe(first === "suspension");
    },
  );
});

describe("an order that nobody pays", () => {
  it("is void once 14 days after it was due are over, its open page closed first", async () => {
    const customer = await makeCustomer(world);
    const { serviceId, invoice } = await makeOrder(world, customer, await makePlan(world));
    await passDays(21);
    expect(await voidUnpaidOrders(world)).toBe(0);
    await startDirect(world, customer, [invoice.id], { cardMinor: 1000n });
    await passDays(1);
    expect(await voidUnpaidOrders(world)).toBe(1);
    const [row] = await world.owner`
      select i.state, s.state as service, (select reason from credit_notes c where c.invoice_id = i.id) as reason
      from invoices i join services s on s.id = ${serviceId} where i.id = ${invoice.id}`;
    expect(row).toEqual({ state: "void", service: "canceled", reason: "unpaid" });
  });
});

/** The second stands behind the first, which has its place in the queue. */
async function untilWaiting(count: number): Promise<void> {
  for (;;) {
    const [row] = await world.owner`
      select count(*)::int as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    if (row?.waiting >= count) return;
  }
}

function addMonth(at: Date): Date {
  const next = new Date(at);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return addDays(next, 0, "UTC");
}
