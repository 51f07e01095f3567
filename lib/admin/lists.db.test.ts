import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import type { Page } from "@/lib/kernel/page";
import { payDirect, payFromBalance } from "@/lib/portal/pay";
import { balancePlan, giveBalance, makeCustomer, makeInvoice, plan } from "@/lib/testing/fixtures";
import { openQuietStripe, type QuietStripeScene } from "@/lib/testing/quiet-stripe";
import { makeStaff } from "@/lib/testing/staff";
import type { TestWorld } from "@/lib/testing/world";
import { closeTask } from "./close-task";
import { listActivities } from "./list-activities";
import { listEvents, showEvent } from "./list-events";
import { type InvoicesFilter, listInvoices } from "./list-invoices";
import { listPayments } from "./list-payments";
import type { StaffActor } from "./shapes";
import { showInvoice } from "./show-invoice";
import { showPayment } from "./show-payment";
import { syncPayment } from "./sync-payment";
import { voidInvoice } from "./void-invoice";

let world: TestWorld;
let auditor: StaffActor;
let finance: StaffActor;
let control: QuietStripeScene["control"];
/** Arranges what no role of the application may. */
let owner: postgres.Sql;
let close: () => Promise<void>;

beforeAll(async () => {
  const stripe = await openQuietStripe();
  ({ world, control } = stripe);
  [auditor, finance] = [await makeStaff(world, "auditor"), await makeStaff(world, "finance", "Fay Eider")];
  owner = postgres(stripe.databaseUrl, { max: 1, onnotice: () => {} });
  close = async () => {
    await owner.end();
    await stripe.close();
  };
});

afterAll(() => close());

const everything: InvoicesFilter = { status: [], text: null, from: null, to: null, cursor: null };
const anyPayment = { group: null, funding: null, text: null, from: null, to: null, cursor: null };
const anything = { actor: null, text: null, from: null, to: null, cursor: null };

async function referenceOf({ customerId }: { customerId: string }): Promise<string> {
  const [row] = await world.staff.sql`select reference from customers where id = ${customerId}`;
  return row?.reference;
}

/** All rows of a list, page by page forwards, and then back to the first. */
async function walk<T>(
  read: (cursor: string | null) => Promise<Page<T>>,
): Promise<{ forth: T[]; back: T[] }> {
  const forth: T[] = [];
  const back: T[] = [];
  let page = await read(null);
  forth.push(...page.rows);
  while (page.next) {
    page = await read(page.next);
    forth.push(...page.rows);
  }
  back.unshift(...page.rows);
  while (page.previous) {
    page = await read(page.previous);
    back.unshift(...page.rows);
  }
  return { forth, back };
}

async function payCard(customer: Awaited<ReturnType<typeof makeCustomer>>, minor: bigint) {
  const invoice = await makeInvoice(world, customer, minor);
  const input = plan(world, [invoice.id], { cardMinor: minor });
  const started = await payDirect(customer.actor, input, world);
  if (!started.ok || started.value.kind !== "redirect") throw new Error("a payment is under way at Stripe");
  const [row] = await world.jobs.sql`select stripe_session_id from payments where id = ${input.paymentId}`;
  return { invoice, paymentId: input.paymentId, sessionId: row?.stripe_session_id as string };
}

describe("the list of invoices over all customers", () => {
  it("goes through them page by page, each once, forwards and back, newest first", async () => {
    const customer = await makeCustomer(world, { name: "Many Ltd" });
    for (let count = 0; count < 55; count += 1) {
      if (count % 10 === 0) world.clock.advance(1);
      await makeInvoice(world, customer, 100n);
    }
    const { forth, back } = await walk((cursor) =>
      listInvoices(auditor, { ...everything, text: "Many", cursor }, world),
    );
    expect(forth).toHaveLength(55);
    expect(new Set(forth.map(({ number }) => number)).size).toBe(55);
    expect(back).toEqual(forth);
    const times = forth.map(({ issuedAt }) => issuedAt.getTime());
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it("is narrowed by state, by text of number, customer and reference, and by days", async () => {
    const customer = await makeCustomer(world, { name: "Nárrow & Söhne" });
    const [paid, open] = [await makeInvoice(world, customer, 500n), await makeInvoice(world, customer, 700n)];
    await giveBalance(world, customer, 500n);
    await payFromBalance(customer.actor, balancePlan(world, [paid.id], 500n), world);
    const list = async (filter: Partial<InvoicesFilter>) =>
      (await listInvoices(auditor, { ...everything, text: "Nárrow", ...filter }, world)).rows.map(
        ({ number }) => number,
      );
    expect(await list({ status: ["paid"] })).toEqual([paid.number]);
    expect(await list({ status: ["open"] })).toEqual([open.number]);
    expect(await list({ text: open.number.toLowerCase() })).toEqual([open.number]);
    expect(await list({ text: await referenceOf(customer) })).toContain(paid.number);
    const today = world.clock.now().toISOString().slice(0, 10);
    expect(await list({ from: today, to: today })).toHaveLength(2);
    expect(await list({ to: "2020-01-01" })).toEqual([]);
    expect(await list({ text: "100%\0_" })).toEqual([]);
    expect(await list({ cursor: "nonsense" })).toHaveLength(2);
  });

  it("leaves out what is booked on the house's own customer", async () => {
    const house = await makeCustomer(world, { name: "Nobody's money" });
    await makeInvoice(world, house, 500n);
    const list = async () => (await listInvoices(auditor, { ...everything, text: "Nobody's" }, world)).rows;
    expect(await list()).toHaveLength(1);
    await owner`update customers set is_house = true where id = ${house.customerId}`;
    expect(await list()).toEqual([]);
  });
});

describe("an invoice for staff", () => {
  it("shows lines, payments with what each moved, and what was done by whom and why", async () => {
    const customer = await makeCustomer(world, { name: "Whole Picture" });
    const reference = await referenceOf(customer);
    const { number, id } = await makeInvoice(world, customer, 900n);
    await voidInvoice(
      finance,
      { customerId: customer.customerId, invoiceId: id, reason: "sent twice" },
      world,
    );
    const shown = await showInvoice(auditor, { reference, number }, world);
    expect(shown).toMatchObject({ number, status: "void", isOpen: false, customerName: "Whole Picture" });
    expect(shown?.lines).toHaveLength(1);
    expect(shown?.creditNotes).toHaveLength(1);
    const [last] = shown?.activities.filter(({ verb }) => verb === "invoice_voided") ?? [];
    expect(last).toMatchObject({ who: "Fay Eider", actor: "staff" });
    expect(JSON.stringify(last?.detail)).toContain("sent twice");
  });

  it("is nothing for a number of another customer, and for no number at all", async () => {
    const [one, other] = [await makeCustomer(world), await makeCustomer(world)];
    const { number } = await makeInvoice(world, one, 900n);
    const reference = await referenceOf(other);
    expect(await showInvoice(auditor, { reference, number }, world)).toBeNull();
    expect(await showInvoice(auditor, { reference, number: "R-\0" }, world)).toBeNull();
  });
});

describe("payments over all customers", () => {
  it("are listed by how they stand and how they are funded, and found by what one knows of them", async () => {
    const customer = await makeCustomer(world, { name: "Payer & Co" });
    const { paymentId, invoice, sessionId } = await payCard(customer, 1_500n);
    const ids = async (filter: Partial<Parameters<typeof listPayments>[1]>) =>
      (await listPayments(auditor, { ...anyPayment, text: "Payer", ...filter }, world)).rows.map(
        ({ id }) => id,
      );
    expect(await ids({ group: "open" })).toEqual([paymentId]);
    expect(await ids({ group: "succeeded" })).toEqual([]);
    expect(await ids({ funding: "bank" })).toEqual([]);
    expect(await ids({ text: invoice.number })).toEqual([paymentId]);
    expect(await ids({ text: sessionId })).toEqual([paymentId]);
    await control.pay(sessionId);
    await syncPayment(finance, { customerId: customer.customerId, paymentId: paymentId as never }, world);
    expect(await ids({ group: "succeeded", funding: "card" })).toEqual([paymentId]);
    const shown = await showPayment(auditor, { reference: await referenceOf(customer), paymentId }, world);
    expect(shown).toMatchObject({ state: "succeeded", isOpen: false, kind: "invoices" });
    expect(shown?.shares).toMatchObject([{ number: invoice.number, allocated: { minor: 1_500n } }]);
    expect(shown?.charges).toMatchObject([{ amount: { minor: 1_500n } }]);
    const { sql } = world.jobs;
    const [charge] = await sql`select id, stripe_charge_id from charges where payment_id = ${paymentId}`;
    expect(await ids({ text: ` ${charge?.stripe_charge_id} ` })).toEqual([paymentId]);
    const disputeId = newId();
    await sql`
      insert into disputes (customer_id, id, charge_id, stripe_dispute_id, state, is_inquiry, currency, amount_minor, reason,
        next_poll_at, created_at)
      values (${customer.customerId}, ${disputeId}, ${charge?.id}, 'du_listed', 'open', true, 'USD', 1500, 'fraudulent', now(), now())`;
    await sql`
      insert into stripe_objects (id, kind, customer_id, row_id)
      values ('du_listed', 'dispute', ${customer.customerId}, ${disputeId})`;
    expect(await ids({ text: "du_listed" })).toEqual([paymentId]);
    expect(await ids({ text: "du_unknown" })).toEqual([]);
    expect(shown?.transfers.map(({ debit, credit }) => `${debit} ${credit}`)).toContain(
      "gateway_clearing receivable",
    );
    expect(shown?.stripe?.sendCount).toBe(1);
  });

  it("are nothing under another customer's reference", async () => {
    const [one, other] = [await makeCustomer(world), await makeCustomer(world)];
    const { paymentId } = await payCard(one, 800n);
    expect(await showPayment(auditor, { reference: await referenceOf(other), paymentId }, world)).toBeNull();
    expect(await showPayment(auditor, { reference: "C-1", paymentId: "nonsense" }, world)).toBeNull();
  });
});

describe("events of Stripe's", () => {
  it("are listed by what became of them, and shown as they came", async () => {
    const now = world.clock.now();
    const { sql } = world.jobs;
    for (const [id, type, state] of [
      ["evt_list_1", "refund.created", "parked"],
      ["evt_list_2", "charge.updated", "ignored"],
    ] as const) {
      await sql`
        insert into stripe_events (id, type, is_livemode, created_at, received_at, source, payload)
        values (${id}, ${type}, false, ${now}, ${now}, 'webhook', ${sql.json({ data: { object: { id: `re_${id}` } } })})`;
      await sql`
        insert into event_runs (event_id, state, reason, updated_at) values (${id}, ${state}, 'no_handler', ${now})`;
    }
    const list = async (filter: Partial<Parameters<typeof listEvents>[1]>) =>
      (await listEvents(auditor, { state: null, text: null, cursor: null, ...filter }, world)).rows.map(
        ({ id }) => id,
      );
    expect(await list({ text: "list", state: null })).toEqual([]);
    expect(await list({ state: "parked" })).toEqual(["evt_list_1"]);
    expect(await list({ text: "charge." })).toEqual(["evt_list_2"]);
    expect(await list({ text: "re_evt_list_2" })).toEqual(["evt_list_2"]);
    expect(await list({})).toEqual(["evt_list_2", "evt_list_1"]);
    const shown = await showEvent(auditor, { eventId: "evt_list_1" }, world);
    expect(shown).toMatchObject({ state: "parked", reason: "no_handler", objectId: "re_evt_list_1" });
    expect(shown?.payload).toContain('"re_evt_list_1"');
    expect(await showEvent(auditor, { eventId: "evt_none" }, world)).toBeNull();
    expect(await showEvent(auditor, { eventId: "' or true" }, world)).toBeNull();
  });
});

describe("the record of what was done", () => {
  it("says who, what, whose and why, and is narrowed to staff, to a person, to a customer and to days", async () => {
    const customer = await makeCustomer(world, { name: "Recorded GmbH" });
    const { id, number } = await makeInvoice(world, customer, 900n);
    const { paymentId, sessionId } = await payCard(customer, 800n);
    await control.pay(sessionId);
    await syncPayment(finance, { customerId: customer.customerId, paymentId: paymentId as never }, world);
    await voidInvoice(
      finance,
      { customerId: customer.customerId, invoiceId: id, reason: "by mistake" },
      world,
    );
    const page = await listActivities(auditor, { ...anything, actor: "staff", text: "Recorded" }, world);
    const all = await listActivities(auditor, { ...anything, text: "Recorded" }, world);
    expect(all.rows).toContainEqual(
      expect.objectContaining({
        verb: "invoice_issued",
        subject: { kind: "invoice", number },
        amount: money(900n, "USD"),
      }),
    );
    expect(all.rows).toContainEqual(
      expect.objectContaining({
        verb: "payment_succeeded",
        subject: { kind: "payment", id: paymentId },
        amount: money(800n, "USD"),
      }),
    );
    expect(page.rows).toContainEqual(
      expect.objectContaining({
        verb: "invoice_voided",
        subject: { kind: "invoice", number },
        who: "Fay Eider",
        customer: { name: "Recorded GmbH", reference: await referenceOf(customer) },
      }),
    );
    const byPerson = await listActivities(auditor, { ...anything, text: "Fay Eid" }, world);
    expect(byPerson.rows.every(({ who }) => who === "Fay Eider")).toBe(true);
    expect((await listActivities(auditor, { ...anything, to: "2020-01-01" }, world)).rows).toEqual([]);
    const { forth, back } = await walk((cursor) => listActivities(auditor, { ...anything, cursor }, world));
    expect(forth.length).toBeGreaterThan(50);
    expect(back).toEqual(forth);
    expect(new Set(forth.map((one) => one.id)).size).toBe(forth.length);
  });

  it("has what staff did on their desk", async () => {
    const customer = await makeCustomer(world);
    const now = world.clock.now();
    await world.jobs.sql`
      insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
      values (${customer.customerId}, ${customer.customerId}, 'late_success', 'customer', ${customer.customerId}, '{}', ${now})`;
    await closeTask(
      finance,
      { customerId: customer.customerId, taskId: customer.customerId as never },
      world,
    );
    const page = await listActivities(auditor, { ...anything, actor: "staff" }, world);
    expect(page.rows[0]).toMatchObject({ verb: "task_closed", who: "Fay Eider" });
  });
});
