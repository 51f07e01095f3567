import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase } from "@/lib/testing/database";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makeOrder,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { cancelInvoice } from "./cancel-invoice";
import { payFromBalance } from "./pay";
import { showInvoice } from "./show-invoice";
import { showTopUp } from "./show-top-up";

let world: TestWorld;
/** As the database's owner: to arrange what no role may. */
let owner: postgres.Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  drop = () => database.drop();
  world = openTestWorld({ url: database.url });
  owner = postgres(database.url, { max: 1 });
});

afterAll(async () => {
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

/** A service with the invoices of its next two terms, as "renew now" for several terms makes them. */
async function twoTerms(customer: TestCustomer) {
  const serviceId = await makeActiveService(world, customer, await makePlan(world));
  const earlier = await makeRenewal(world, customer, serviceId);
  const [line] =
    await owner`select term_starts_at, term_ends_at from invoice_lines where invoice_id = ${earlier.id}`;
  await owner`update services set expires_at = ${line?.term_ends_at} where id = ${serviceId}`;
  const later = await makeRenewal(world, customer, serviceId);
  await owner`update services set expires_at = ${line?.term_starts_at} where id = ${serviceId}`;
  return { earlier, later };
}

async function shown(customer: TestCustomer, wish: Parameters<typeof showTopUp>[1] = {}) {
  const answer = await showTopUp(customer.actor, wish, world);
  if (!answer.ok) throw new Error(`the panel is shown: ${answer.refusal.code}`);
  return answer.value;
}

describe("the amounts at hand for a top-up", () => {
  it("are what each open invoice is short of, and none for what the balance covers", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 300n);
    const short = await makeInvoice(world, customer, 1100n);
    await makeInvoice(world, customer, 300n);
    const panel = await shown(customer);
    expect(panel).toMatchObject({ available: { minor: 300n }, least: { minor: 50n }, begunFrom: null });
    expect(panel.offers).toMatchObject([
      { kind: "invoice", id: short.id, number: short.number, amount: { minor: 800n, currency: "USD" } },
    ]);
  });

  it("are raised to what Stripe can charge", async () => {
    const dollars = await makeCustomer(world);
    await giveBalance(world, dollars, 990n);
    await makeInvoice(world, dollars, 1000n);
    expect((await shown(dollars)).offers).toMatchObject([{ amount: { minor: 50n } }]);
    const dinars = await makeCustomer(world, { currency: "KWD" });
    await makeInvoice(world, dinars, 12_345n);
    expect((await shown(dinars)).offers).toMatchObject([{ amount: { minor: 12_350n } }]);
  });

  it("leave out what one top-up cannot reach", async () => {
    const customer = await makeCustomer(world);
    const huge = await makeInvoice(world, customer, 1_000_001n);
    const panel = await shown(customer, { invoiceNumber: huge.number });
    expect(panel).toMatchObject({ offers: [], begunFrom: { offer: null, isCovered: false } });
  });

  it("count what auto-renew would settle together, and not what needs a decision", async () => {
    const customer = await makeCustomer(world);
    const plan = await makePlan(world);
    const services = [];
    for (const isAutoRenew of [true, true, false]) {
      services.push(await makeActiveService(world, customer, plan, isAutoRenew));
    }
    for (const serviceId of services) await makeRenewal(world, customer, serviceId);
    await giveBalance(world, customer, 400n);
    const panel = await shown(customer);
    expect(panel.offers.filter(({ kind }) => kind === "invoice")).toHaveLength(3);
    expect(panel.offers.at(-1)).toMatchObject({ kind: "renewals", count: 2, amount: { minor: 1600n } });
  });

  it("are of another currency if it is asked for and the customer owes in it, and of their own otherwise", async () => {
    const customer = await makeCustomer(world);
    expect((await shown(customer, { currency: "EUR" })).available.currency).toBe("USD");
    await makeInvoice(world, { ...customer, currency: "EUR" }, 900n);
    const panel = await shown(customer, { currency: "EUR" });
    expect(panel.offers).toMatchObject([{ amount: { minor: 900n, currency: "EUR" } }]);
    expect((await shown(customer, { currency: "no such" })).offers).toEqual([]);
  });
});

describe("a top-up begun from an invoice", () => {
  it("names what it is short of with the earlier ones of its service, and so does the invoice's page", async () => {
    const customer = await makeCustomer(world);
    const { earlier, later } = await twoTerms(customer);
    await giveBalance(world, customer, 500n);
    const panel = await shown(customer, { invoiceNumber: later.number });
    expect(panel.begunFrom).toMatchObject({
      number: later.number,
      earlier: [earlier.number],
      remaining: { minor: 1000n },
      isCovered: false,
      offer: { amount: { minor: 1500n } },
    });
    expect(panel.offers.map((offer) => offer.kind === "invoice" && offer.number)).toEqual([earlier.number]);
    const invoice = await showInvoice(customer.actor, later.number, world);
    expect(invoice?.payPanel?.topUp).toMatchObject({ number: later.number, amount: { minor: 1500n } });
  });

  it("is not needed where the balance reaches", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 500n);
    const { number } = await makeInvoice(world, customer, 500n);
    expect((await shown(customer, { invoiceNumber: number })).begunFrom).toMatchObject({
      isCovered: true,
      offer: null,
    });
    expect((await showInvoice(customer.actor, number, world))?.payPanel?.topUp).toBeNull();
  });

  it("is refused for an invoice that is paid, unknown, or another customer's", async () => {
    const customer = await makeCustomer(world);
    const theirs = await makeInvoice(world, await makeCustomer(world), 500n);
    for (const invoiceNumber of [theirs.number, "INV-0", "' or true", "\0"]) {
      const answer = await showTopUp(customer.actor, { invoiceNumber }, world);
      expect(answer).toEqual({ ok: false, refusal: { code: "invoice_not_found" } });
    }
    await giveBalance(world, customer, 500n);
    const paid = await makeInvoice(world, customer, 500n);
    await payFromBalance(customer.actor, balancePlan(world, [paid.id], 500n), world);
    expect(await showTopUp(customer.actor, { invoiceNumber: paid.number }, world)).toMatchObject({
      refusal: { code: "invoice_not_open", state: "paid" },
    });
  });

  it("shows a viewer the figures, and that topping up is not theirs", async () => {
    const viewer = await makeCustomer(world, { role: "viewer" });
    const { number } = await makeInvoice(world, viewer, 500n);
    expect(await shown(viewer, { invoiceNumber: number })).toMatchObject({ canPay: false });
    expect((await showInvoice(viewer.actor, number, world))?.payPanel?.topUp).toBeNull();
  });
});

describe("what an invoice's page says about cancelling", () => {
  it("offers it for an order and a renewal to come, and not by hand or to a viewer", async () => {
    const customer = await makeCustomer(world);
    const plan = await makePlan(world);
    const order = await makeOrder(world, customer, plan);
    expect(await showInvoice(customer.actor, order.invoice.number, world)).toMatchObject({
      canCancel: true,
      cancelsToo: [],
      creditNote: null,
    });
    const byHand = await makeInvoice(world, customer, 500n);
    expect(await showInvoice(customer.actor, byHand.number, world)).toMatchObject({ canCancel: false });
    const viewer = await makeCustomer(world, { role: "viewer" });
    const theirs = await makeOrder(world, viewer, plan);
    expect(await showInvoice(viewer.actor, theirs.invoice.number, world)).toMatchObject({ canCancel: false });
  });

  it("names the later renewals that would go with it", async () => {
    const customer = await makeCustomer(world);
    const { earlier, later } = await twoTerms(customer);
    expect(await showInvoice(customer.actor, earlier.number, world)).toMatchObject({
      canCancel: true,
      cancelsToo: [later.number],
    });
  });

  it("shows the credit note once it is cancelled, and offers nothing more", async () => {
    const customer = await makeCustomer(world);
    const { invoice } = await makeOrder(world, customer, await makePlan(world));
    await cancelInvoice(customer.actor, { invoiceId: invoice.id }, world);
    expect(await showInvoice(customer.actor, invoice.number, world)).toMatchObject({
      status: "void",
      canCancel: false,
      creditNote: { number: expect.stringMatching(/^CN-\d{4}-\d{6}$/) },
    });
  });
});
