import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exactTypes, type Sql } from "@/db/exact-sql";
import { atHour, calendarDay } from "@/lib/kernel/calendar";
import { newId, type PaymentMethodId, type ServiceId } from "@/lib/kernel/id";
import { createTestDatabase } from "@/lib/testing/database";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makeOrder,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { raiseDebt } from "@/lib/testing/raise-debt";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { listInvoices } from "./list-invoices";
import { AccessDenied } from "./scoped";
import { showOverview } from "./show-overview";
import { showRunways } from "./show-runway";
import { showService } from "./show-service";
import { showTopUp } from "./show-top-up";

let world: TestWorld;
let owner: Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = postgres(database.url, { max: 2, onnotice: () => {}, types: exactTypes });
  drop = () => database.drop();
  world = openTestWorld({ url: database.url });
});

afterAll(async () => {
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

const dayMs = 86_400_000;
const inDays = (days: number) => new Date(world.clock.now().getTime() + days * dayMs);

/** An hour of the day so many days from now. */
const onDay = (days: number, hour: number) =>
  atHour(calendarDay(inDays(days), world.timeZone), hour, world.timeZone);

/** A service of 10.00 a month that is paid until then. */
async function serviceUntil(customer: TestCustomer, expiresAt: Date, isAutoRenew = true): Promise<ServiceId> {
  const serviceId = await makeActiveService(world, customer, await makePlan(world), isAutoRenew);
  const startsAt = new Date(expiresAt.getTime() - 20 * dayMs);
  await owner`update terms set starts_at = ${startsAt}, ends_at = ${expiresAt} where service_id = ${serviceId}`;
  await owner`
    update services set expires_at = ${expiresAt}, anchor_day = ${expiresAt.getUTCDate()} where id = ${serviceId}`;
  return serviceId;
}

describe("the overview", () => {
  it("of a new customer is empty, in their own currency", async () => {
    const customer = await makeCustomer(world, { currency: "KWD" });
    expect(await showOverview(customer.actor, world)).toEqual({
      owed: [],
      onlyOpen: null,
      payTogether: null,
      suspensions: [],
      balances: [expect.objectContaining({ currency: "KWD", available: { minor: 0n, currency: "KWD" } })],
      runways: [],
      nextRenewals: [],
      soon: [],
      serviceCount: 0,
      lately: [],
      canPay: true,
    });
  });

  it("says of a renewal that auto-pay charges a card for it, until that was stopped", async () => {
    const customer = await makeCustomer(world);
    const { customerId, actor } = customer;
    await serviceUntil(customer, inDays(10));
    const short = async () => (await showRunways(actor, world))[0]?.short;
    expect(await short()).toMatchObject({ isCovered: false, isCharged: false });
    const cardId = newId<PaymentMethodId>();
    await owner`
      insert into payment_methods (customer_id, id, stripe_payment_method_id, brand, last4, exp_month, exp_year, is_default,
        created_at)
      values (${customerId}, ${cardId}, ${`pm_${cardId}`}, 'visa', '4242', 12, 2030, true, ${world.clock.now()})`;
    await owner`
      insert into auto_charges (customer_id, payment_method_id, pays_invoices, user_id, changed_at)
      values (${customerId}, ${cardId}, true, ${actor.userId}, ${world.clock.now()})`;
    expect(await short()).toMatchObject({ isCovered: false, isCharged: true });
    await owner`update auto_charges set stopped_at = now(), stopped_code = 'lost_card' where customer_id = ${customerId}`;
    expect(await short()).toMatchObject({ isCharged: false });
  });

  it("says what is owed, what expires soon or does not run, and what happened, each with its way there", async () => {
    const customer = await makeCustomer(world);
    const soon = await serviceUntil(customer, inDays(10));
    await serviceUntil(customer, inDays(15));
    const { serviceId: pending } = await makeOrder(world, customer, await makePlan(world));
    const { number } = await makeInvoice(world, customer, 500n);
    const shown = await showOverview(customer.actor, world);
    expect(shown.owed).toMatchObject([{ amount: { minor: 1500n }, invoices: 2 }]);
    expect(shown.onlyOpen).toBeNull();
    expect(shown.soon.map(({ id }) => id)).toEqual([pending, soon]);
    expect(shown.serviceCount).toBe(3);
    expect(shown.lately[0]).toMatchObject({
      verb: "invoice_issued",
      subject: { kind: "invoice", number },
      amount: { minor: 500n, currency: "USD" },
    });
    expect(shown.lately).toContainEqual(
      expect.objectContaining({
        verb: "service_activated",
        subject: { kind: "service", id: soon, label: "web-1" },
        amount: null,
      }),
    );
  });

  it("counts debt from a lost dispute to what is owed, and leads to several invoices at once", async () => {
    const customer = await makeCustomer(world);
    const { id } = await makeInvoice(world, customer, 500n);
    expect((await showOverview(customer.actor, world)).payTogether).toBeNull();
    const other = await makeInvoice(world, customer, 700n);
    await raiseDebt(owner, customer.customerId, 2220n);
    const shown = await showOverview(customer.actor, world);
    expect(shown.owed).toMatchObject([
      { amount: { minor: 3420n }, debt: { minor: 2220n }, invoices: 2, beingPaid: { minor: 0n } },
    ]);
    expect(shown.payTogether).toMatchObject({ amount: { minor: 1200n } });
    expect([...(shown.payTogether?.ids ?? [])].sort()).toEqual([id, other.id].sort());
    const everything = {
      status: [],
      issuedFrom: null,
      issuedTo: null,
      amountFrom: null,
      amountTo: null,
      serviceId: null,
      text: null,
      sort: "issued" as const,
      cursor: null,
    };
    const list = await listInvoices(customer.actor, everything, world);
    expect(list).toMatchObject({ owed: shown.owed, canPay: true });
    const only = await makeCustomer(world);
    await raiseDebt(owner, only.customerId, 100n);
    expect((await showOverview(only.actor, world)).owed).toMatchObject([
      { amount: { minor: 100n }, debt: { minor: 100n }, invoices: 0, oldestDueOn: null },
    ]);
  });

  it("names the one open invoice where there is just one", async () => {
    const customer = await makeCustomer(world);
    const { number } = await makeInvoice(world, customer, 500n);
    expect((await showOverview(customer.actor, world)).onlyOpen).toBe(number);
  });

  it("is a viewer's to see and not to pay, and nobody else's", async () => {
    const viewer = await makeCustomer(world, { role: "viewer" });
    expect((await showOverview(viewer.actor, world)).canPay).toBe(false);
    const stranger = await makeCustomer(world);
    const actor = { ...stranger.actor, customerId: viewer.customerId };
    await expect(showOverview(actor, world)).rejects.toThrow(AccessDenied);
    await expect(showRunways(actor, world)).rejects.toThrow(AccessDenied);
  });
});

describe("how far a balance reaches", () => {
  it("is told to the day and the cent, with the top-up that mends just that", async () => {
    const customer = await makeCustomer(world);
    await serviceUntil(customer, inDays(10));
    await giveBalance(world, customer, 1680n);
    const [runway] = await showRunways(customer.actor, world);
    // Ten days on, then a month later: 6.80 are left for the second.
    expect(runway?.renewals.map(({ isCovered }) => isCovered)).toEqual([true, false]);
    expect(runway?.short).toMatchObject({
      by: { minor: 320n },
      topUp: { minor: 320n },
      dueOn: "2026-04-20",
      invoiceNumber: null,
    });
    expect(runway?.missing).toBeNull();
  });

  it("is raised to what a card can be charged", async () => {
    const customer = await makeCustomer(world);
    await serviceUntil(customer, inDays(10));
    await giveBalance(world, customer, 999n);
    const [runway] = await showRunways(customer.actor, world);
    expect(runway?.short).toMatchObject({ by: { minor: 1n }, topUp: { minor: 50n } });
  });

  it("begins with what is open already, and says what all of the days need", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await serviceUntil(customer, inDays(10));
    await serviceUntil(customer, inDays(12));
    const { number } = await makeRenewal(world, customer, serviceId);
    const [runway] = await showRunways(customer.actor, world);
    expect(runway?.short).toMatchObject({ invoiceNumber: number, by: { minor: 1000n } });
    expect(runway?.missing).toMatchObject({ amount: { minor: 4000n } });
  });

  it("says nothing where nothing renews by itself", async () => {
    const customer = await makeCustomer(world);
    await serviceUntil(customer, inDays(10), false);
    expect(await showRunways(customer.actor, world)).toEqual([]);
  });

  it.each([
    ["3.20", 320n],
    ["0.01", 50n],
    ["nonsense", null],
    ["-5", null],
    ["99999999", null],
  ])("puts the wished amount %s at hand on the page that tops up", async (amount, minor) => {
    const customer = await makeCustomer(world);
    const shown = await showTopUp(customer.actor, { amount }, world);
    const offers = shown.ok ? shown.value.offers : null;
    expect(offers).toEqual(minor === null ? [] : [{ kind: "wished", amount: { minor, currency: "USD" } }]);
  });
});

describe("one service", () => {
  it("shows its terms, its invoices, what happened, and what happens next", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await serviceUntil(customer, inDays(20));
    const shown = await showService(customer.actor, serviceId, world);
    expect(shown).toMatchObject({
      label: "web-1",
      state: "active",
      termCount: 1,
      terms: [{ endsAt: inDays(20), invoiceNumber: expect.any(String) }],
      invoiceCount: 1,
      invoices: [{ status: "paid" }],
      renewal: { isCovered: false },
      canChange: true,
    });
    expect(shown?.next).toEqual([
      { kind: "issue", at: inDays(13) },
      { kind: "due", at: onDay(20, 0) },
      { kind: "payBy", at: onDay(24, 0) },
      { kind: "suspend", at: onDay(25, 10) },
      { kind: "terminate", at: onDay(39, 10) },
    ]);
    expect(shown?.timeline.map(({ verb }) => verb)).toContain("service_activated");
  });

  it("goes by its open invoice once that is issued", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await serviceUntil(customer, inDays(20));
    const { number } = await makeRenewal(world, customer, serviceId);
    const shown = await showService(customer.actor, serviceId, world);
    expect(shown).toMatchObject({ openInvoiceNumber: number, renewal: { invoiceNumber: number } });
    expect(shown?.next[0]).toEqual({ kind: "due", at: onDay(20, 0) });
  });

  it("is not found where it is somebody else's, or no id at all", async () => {
    const [customer, stranger] = [await makeCustomer(world), await makeCustomer(world)];
    const serviceId = await serviceUntil(customer, inDays(20));
    expect(await showService(stranger.actor, serviceId, world)).toBeNull();
    expect(await showService(customer.actor, "x", world)).toBeNull();
  });
});
