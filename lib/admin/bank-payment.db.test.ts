import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaffRole } from "@/lib/auth/actor";
import { houseCustomerId } from "@/lib/billing/house";
import { receiptOf } from "@/lib/billing/payment/receipt";
import { settle } from "@/lib/billing/payment/settle";
import { type BankReceiptId, type InvoiceId, newId, type PaymentId, type SessionId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { checkBooks } from "@/lib/ledger/books";
import { payDirect, payFromBalance } from "@/lib/portal/pay";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openQuietStripe } from "@/lib/testing/quiet-stripe";
import { makeStaff } from "@/lib/testing/staff";
import { localGateway } from "@/lib/testing/world";
import { assignReceipt } from "./assign-receipt";
import { closeTask } from "./close-task";
import { listActivities } from "./list-activities";
import { listUnmatched } from "./list-receipts";
import { previewBankPayment, recordBankPayment, recordUnmatched } from "./record-bank-payment";
import { returnReceipt } from "./return-receipt";
import { showCustomer } from "./show-customer";
import { showPayment } from "./show-payment";

async function openScene() {
  const scene = await openQuietStripe();
  const { userId } = await makeStaff(scene.world, "finance", "Sam Drake");
  return { ...scene, userId };
}

let scene: Awaited<ReturnType<typeof openScene>>;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(() => scene.close());

const actor = (role: StaffRole = "finance") => ({
  userId: scene.userId,
  sessionId: newId<SessionId>(),
  role,
});

const today = () => scene.world.clock.now().toISOString().slice(0, 10);

let counter = 0;

function receipt(wish: Partial<Parameters<typeof recordUnmatched>[1]> = {}) {
  counter += 1;
  const valueDate = "2026-02-27";
  const own = { receiptId: newId<BankReceiptId>() as string, currency: "USD", valueDate, sender: "ACME" };
  return { ...own, amount: "10", reference: `TRX ${counter}`, ...wish };
}

function record(
  customer: TestCustomer,
  wish: Partial<Parameters<typeof recordUnmatched>[1]> & { invoiceIds?: InvoiceId[] } = {},
  role?: StaffRole,
) {
  const { customerId } = customer;
  const { invoiceIds = [], ...given } = wish;
  return recordBankPayment(actor(role), { ...receipt(given), customerId, invoiceIds }, scene.world);
}

async function broken() {
  const { world } = scene;
  const checked = await checkBooks(world.jobs, { full: true, now: world.clock.now() });
  return checked.invariants.flatMap(({ violations }) => violations);
}

async function standing({ customerId }: Pick<TestCustomer, "customerId">) {
  const [balance] = await scene.world.jobs.sql`
    select posted_minor as posted, held_minor as held from balances where customer_id = ${customerId}`;
  const invoices = await scene.world.jobs.sql`
    select state, amount_paid_minor as paid from invoices where customer_id = ${customerId} order by id`;
  const moved = await scene.world.jobs.sql`
    select credit, amount_minor as amount, reason, value_date::text as day from transfers
    where customer_id = ${customerId} and debit = 'bank' order by seq`;
  return {
    posted: balance?.posted ?? 0n,
    invoices: invoices.map((row) => [row.state, row.paid]),
    moved: moved.map((row) => ({ ...row })),
  };
}

describe("a bank payment", () => {
  it("is previewed with the very amounts that recording it then has, and the preview changes nothing", async () => {
    const { world } = scene;
    for (const amount of ["3", "9", "25"]) {
      const customer = await makeCustomer(world, { name: "Smew Ltd" });
      const invoices = [await makeInvoice(world, customer, 500n), await makeInvoice(world, customer, 400n)];
      const invoiceIds = invoices.map(({ id }) => id);
      const input = { ...receipt({ amount }), customerId: customer.customerId, invoiceIds };
      const before = await standing(customer);
      const preview = await previewBankPayment(actor(), input, world);
      expect(await standing(customer)).toEqual(before);
      const recorded = await recordBankPayment(actor(), input, world);
      const asked = { customerName: "Smew Ltd", amount: { minor: BigInt(amount) * 100n } };
      expect(preview).toMatchObject({ ok: true, value: asked });
      expect(preview).toMatchObject(recorded);
      const again = { value: { isNew: false } };
      expect(await previewBankPayment(actor(), input, world)).toMatchObject(again);
    }
    const customer = await makeCustomer(world);
    const input = { ...receipt({ amount: "0" }), customerId: customer.customerId, invoiceIds: [] };
    expect(await previewBankPayment(actor(), input, world)).toMatchObject({
      refusal: { code: "amount_zero" },
    });
    expect(await previewBankPayment(actor("support"), input, world)).toMatchObject({
      refusal: { code: "not_allowed" },
    });
  });

  it("shows its receipt on its page, and is one line of the record however many invoices it pays", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const invoices = [await makeInvoice(world, customer, 500n), await makeInvoice(world, customer, 400n)];
    const given = receipt({ sender: "S. Caup" });
    await record(customer, { ...given, invoiceIds: invoices.map(({ id }) => id) });
    const [row] = await world.jobs.sql`select reference from customers where id = ${customer.customerId}`;
    const reference: string = row?.reference;
    const paymentId = given.receiptId;
    const shown = await showPayment(actor(), { reference, paymentId }, world);
    expect(shown?.receipt).toEqual({
      reference: given.reference,
      valueDate: given.valueDate,
      sender: "S. Caup",
    });
    const recorded = {
      detail: { reference: given.reference, valueDate: given.valueDate, sender: "S. Caup" },
    };
    const filter = { actor: null, text: reference, from: null, to: null, cursor: null };
    const { rows } = await listActivities(actor(), filter, world);
    const picture = await showCustomer(actor(), { reference }, world);
    for (const activities of [rows, picture?.activities ?? []]) {
      const lines = activities.filter(({ verb }) => verb === "bank_payment_recorded");
      expect(lines).toMatchObject([recorded]);
    }
  });

  it("of all that is due pays the invoice, with the bank's value date", async () => {
    const customer = await makeCustomer(scene.world);
    const invoice = await makeInvoice(scene.world, customer, 1_000n);
    const recorded = await record(customer, { invoiceIds: [invoice.id] });
    expect(recorded).toEqual({
      ok: true,
      value: {
        isNew: true,
        paid: [{ number: invoice.number, amount: money(1_000n, "USD") }],
        partly: [],
        toBalance: null,
      },
    });
    expect(await standing(customer)).toEqual({
      posted: 0n,
      invoices: [["paid", 1_000n]],
      moved: [{ credit: "receivable", amount: 1_000n, reason: "invoice_paid", day: "2026-02-27" }],
    });
    expect(await broken()).toEqual([]);
  });

  it("is known again by its reference in whatever alphabet and case, and the books find it registered", async () => {
    const customer = await makeCustomer(scene.world);
    const own = receipt({ reference: "ΤΙΜΟΛΟΓΙΟ ΑΓΟΡΑΣ, İZMİR, ÄRZTE" });
    expect(await record(customer, own)).toMatchObject({ value: { isNew: true } });
    const again = { ...own, receiptId: newId<BankReceiptId>() };
    expect(await record(customer, again)).toMatchObject({ value: { isNew: false } });
    expect(await broken()).toEqual([]);
  });

  it("of less leaves the invoice open with what remains, and a second one pays it", async () => {
    const customer = await makeCustomer(scene.world);
    const invoice = await makeInvoice(scene.world, customer, 1_000n);
    const first = await record(customer, { invoiceIds: [invoice.id], amount: "4" });
    expect(first).toMatchObject({
      value: { paid: [], partly: [{ number: invoice.number }], toBalance: null },
    });
    expect((await standing(customer)).invoices).toEqual([["open", 400n]]);
    await record(customer, { invoiceIds: [invoice.id], amount: "6" });
    expect((await standing(customer)).invoices).toEqual([["paid", 1_000n]]);
    expect(await broken()).toEqual([]);
  });

  it("of more becomes balance with what is too much, which settles what waits in the same transaction", async () => {
    const customer = await makeCustomer(scene.world);
    const serviceId = await makeActiveService(scene.world, customer, await makePlan(scene.world), true);
    const invoice = await makeInvoice(scene.world, customer, 1_000n);
    const renewal = await makeRenewal(scene.world, customer, serviceId);
    const recorded = await record(customer, { invoiceIds: [invoice.id], amount: "21" });
    expect(recorded).toMatchObject({
      value: { paid: [{ number: invoice.number }], toBalance: { minor: 1_100n } },
    });
    const [paid] = await scene.world.jobs.sql`select state from invoices where id = ${renewal.id}`;
    expect(paid?.state).toBe("paid");
    expect((await standing(customer)).posted).toBe(100n);
    expect(await broken()).toEqual([]);
  });

  it("for several pays the oldest first, and tells what it brought on its receipt", async () => {
    const customer = await makeCustomer(scene.world);
    const invoices = [
      await makeInvoice(scene.world, customer, 700n),
      await makeInvoice(scene.world, customer, 500n),
    ];
    const input = receipt({ amount: "9" });
    const invoiceIds = invoices.map(({ id }) => id);
    await recordBankPayment(actor(), { ...input, customerId: customer.customerId, invoiceIds }, scene.world);
    expect((await standing(customer)).invoices).toEqual([
      ["paid", 700n],
      ["open", 200n],
    ]);
    const told = await receiptOf(
      scene.world.jobs.sql as never,
      customer.customerId,
      input.receiptId as PaymentId,
    );
    expect(told).toMatchObject({
      byBank: { minor: 900n },
      byCard: { minor: 0n },
      paid: invoices.map(({ number }) => ({ number })),
    });
  });

  it("for none, or for an invoice that closed meanwhile, becomes balance: it is never refused", async () => {
    const customer = await makeCustomer(scene.world);
    const invoice = await makeInvoice(scene.world, customer, 1_000n);
    await record(customer, { invoiceIds: [invoice.id] });
    expect(await record(customer, { amount: "3" })).toMatchObject({ value: { toBalance: { minor: 300n } } });
    const late = await record(customer, { invoiceIds: [invoice.id], amount: "2" });
    expect(late).toMatchObject({ value: { paid: [], toBalance: { minor: 200n } } });
    const { moved } = await standing(customer);
    expect(moved.slice(1).map(({ reason }) => reason)).toEqual(["top_up", "invoice_closed"]);
    expect(await broken()).toEqual([]);
  });

  it("closes an open payment by card first", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 1_000n);
    const input = plan(world, [invoice.id], { cardMinor: 1_000n });
    expect((await payDirect(customer.actor, input, world)).ok).toBe(true);
    await record(customer, { invoiceIds: [invoice.id] });
    const [payment] = await world.jobs.sql`select state from payments where id = ${input.paymentId}`;
    expect(payment?.state).toBe("canceled");
    expect((await standing(customer)).invoices).toEqual([["paid", 1_000n]]);
    expect(await broken()).toEqual([]);
  });

  it("becomes balance where the card was quicker", async () => {
    const { world, control } = scene;
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 1_000n);
    const input = plan(world, [invoice.id], { cardMinor: 1_000n });
    expect((await payDirect(customer.actor, input, world)).ok).toBe(true);
    const [session] = await world.jobs
      .sql`select stripe_session_id from payments where id = ${input.paymentId}`;
    await control.pay(session?.stripe_session_id);
    await record(customer, { invoiceIds: [invoice.id] });
    expect(await standing(customer)).toMatchObject({ posted: 1_000n, invoices: [["paid", 1_000n]] });
    expect(await broken()).toEqual([]);
  });

  it("pays though Stripe cannot say what became of a card; taken after all, that becomes balance", async () => {
    const { world, control } = scene;
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 1_000n);
    const input = plan(world, [invoice.id], { cardMinor: 1_000n });
    expect((await payDirect(customer.actor, input, world)).ok).toBe(true);
    const silent = { ...world, gateway: localGateway("http://127.0.0.1:9") };
    const { customerId } = customer;
    const wish = { ...receipt(), customerId, invoiceIds: [invoice.id] };
    const recorded = await recordBankPayment(actor(), wish, silent);
    expect(recorded).toMatchObject({ value: { paid: [{ number: invoice.number }] } });
    expect(await broken()).toEqual([]);
    const paymentId = input.paymentId as PaymentId;
    const [session] = await world.jobs.sql`select stripe_session_id from payments where id = ${paymentId}`;
    await control.pay(session?.stripe_session_id);
    await settle(world, { customerId, paymentId });
    expect(await standing(customer)).toMatchObject({ posted: 1_000n, invoices: [["paid", 1_000n]] });
    expect(await broken()).toEqual([]);
  });

  it("at the same time as the customer pays from the balance: each cent once, whoever is first", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 5_000n);
    const invoices = [];
    for (let at = 0; at < 10; at += 1) invoices.push(await makeInvoice(world, customer, 500n));
    await Promise.all(
      invoices.flatMap(({ id }) => [
        record(customer, { invoiceIds: [id], amount: "5" }),
        payFromBalance(customer.actor, plan(world, [id], { balanceMinor: 500n }), world),
      ]),
    );
    const stands = await standing(customer);
    expect(stands.invoices).toEqual(invoices.map(() => ["paid", 500n]));
    // 50.00 were there and 50.00 came; ten invoices of 5.00 are paid.
    expect(stands.posted).toBe(5_000n);
    expect(await broken()).toEqual([]);
  });

  it("of which the form is sent twice at once is one payment for both, however they meet", async () => {
    for (let time = 0; time < 12; time += 1) {
      const customer = await makeCustomer(scene.world);
      const { id } = await makeInvoice(scene.world, customer, 1000n);
      const form = { ...receipt(), invoiceIds: [id] };
      const answers = await Promise.all([record(customer, form), record(customer, form)]);
      expect(answers).toMatchObject([{ ok: true }, { ok: true }]);
      expect(answers.filter((answer) => answer.ok && answer.value.isNew)).toHaveLength(1);
    }
  });

  it("that is sent twice, or recorded by two at once, is one payment", async () => {
    const customer = await makeCustomer(scene.world);
    const again = { reference: "the same  Transfer" };
    const answers = await Promise.all(Array.from({ length: 20 }, () => record(customer, again)));
    expect(answers.filter((answer) => answer.ok && answer.value.isNew)).toHaveLength(1);
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect(await standing(customer)).toMatchObject({ posted: 1_000n });
    const other = await makeCustomer(scene.world);
    expect(await record(other, { reference: "THE SAME transfer" })).toMatchObject({
      refusal: { code: "receipt_elsewhere" },
    });
    expect(await broken()).toEqual([]);
  });

  it("under a form's id that was used for another is refused", async () => {
    const customer = await makeCustomer(scene.world);
    const input = receipt();
    await record(customer, input);
    expect(await record(customer, { ...input, amount: "11" })).toMatchObject({
      refusal: { code: "receipt_id_used" },
    });
  });

  it.each([
    ["value_date_in_future", { valueDate: "2999-01-01" }],
    ["value_date_malformed", { valueDate: "27.02.2026" }],
    ["bank_reference_missing", { reference: "  " }],
    ["bank_text_too_long", { reference: "x".repeat(141) }],
    ["amount_zero", { amount: "0" }],
    ["amount_negative", { amount: "-1" }],
    ["amount_missing", { amount: "" }],
    ["receipt_id_malformed", { receiptId: "1" }],
    ["invoice_not_found", { invoiceIds: [newId<InvoiceId>()] }],
  ])("is refused as %s, and nothing is booked", async (code, wish) => {
    const customer = await makeCustomer(scene.world);
    expect(await record(customer, wish)).toMatchObject({ ok: false, refusal: { code } });
    expect((await standing(customer)).moved).toEqual([]);
  });

  it("of today is not of the future", async () => {
    expect((await record(await makeCustomer(scene.world), { valueDate: today() })).ok).toBe(true);
  });

  it("in another currency than its invoice, or of a closed customer, is refused", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 1_000n);
    expect(await record(customer, { invoiceIds: [invoice.id], currency: "EUR" })).toMatchObject({
      refusal: { code: "currencies_differ" },
    });
    await world.staff.sql`update customers set closed_at = now() where id = ${customer.customerId}`;
    expect(await record(customer)).toMatchObject({ refusal: { code: "customer_closed" } });
  });

  it.each(["support", "auditor"] as const)("is not for %s", async (role) => {
    const customer = await makeCustomer(scene.world);
    expect(await record(customer, {}, role)).toEqual({ ok: false, refusal: { code: "not_allowed" } });
  });
});

describe("money of an unknown sender", () => {
  const assign = (receiptId: string, reference: string, numbers: string[] = []) =>
    assignReceipt(actor(), { receiptId: receiptId as BankReceiptId, reference, numbers }, scene.world);

  async function referenceOf({ customerId }: TestCustomer): Promise<string> {
    const [row] = await scene.world.staff.sql`select reference from customers where id = ${customerId}`;
    return row?.reference;
  }

  it("stands on suspense with a task, until it is booked anew on the customer with the same value date", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 1_000n);
    const input = receipt({ reference: `for ${invoice.number.toLowerCase()}`, amount: "12" });
    expect(await recordUnmatched(actor(), input, world)).toEqual({ ok: true, value: { isNew: true } });
    expect(await broken()).toEqual([]);
    const [task] = await world.jobs.sql`select id from tasks where subject_id = ${input.receiptId}`;
    expect(await closeTask(actor(), { customerId: houseCustomerId, taskId: task?.id }, world)).toMatchObject({
      refusal: { code: "task_ends_by_itself" },
    });
    const listed = (await listUnmatched(actor("auditor"), world)).find(({ id }) => id === input.receiptId);
    const reference = await referenceOf(customer);
    expect(listed?.guess).toMatchObject({ reference, numbers: [invoice.number] });

    expect((await assign(input.receiptId, reference, [invoice.number])).ok).toBe(true);
    expect(await standing(customer)).toEqual({
      posted: 200n,
      invoices: [["paid", 1_000n]],
      moved: [
        { credit: "receivable", amount: 1_000n, reason: "invoice_paid", day: "2026-02-27" },
        { credit: "customer_balance", amount: 200n, reason: "excess", day: "2026-02-27" },
      ],
    });
    const reversed = await world.jobs.sql`
      select value_date::text as day from transfers where customer_id = ${houseCustomerId} and credit = 'bank'
        and bank_receipt_id = ${input.receiptId}`;
    expect(reversed.map(({ day }) => day)).toEqual(["2026-02-27"]);
    const open = await world.jobs.sql`
      select 1 from tasks where subject_id = ${input.receiptId} and done_at is null`;
    expect(open).toHaveLength(0);
    expect(await broken()).toEqual([]);
  });

  it("is assigned once, whoever of staff is first: the others are told whose it is", async () => {
    const { world } = scene;
    const customers = await Promise.all([
      makeCustomer(world, { name: "Ada" }),
      makeCustomer(world, { name: "Bob" }),
    ]);
    const references = await Promise.all(customers.map(referenceOf));
    const input = receipt();
    await recordUnmatched(actor(), input, world);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => assign(input.receiptId, references[index % 2] ?? "")),
    );
    const won = answers.flatMap((answer) => (answer.ok ? [answer.value.customerName] : []));
    expect(won).toHaveLength(1);
    const told = answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal]));
    expect(told).toEqual(told.map(() => ({ code: "receipt_assigned", customerName: won[0] })));
    expect(await broken()).toEqual([]);
  });

  it("is sent back once, with a reason, and then assigned to nobody", async () => {
    const { world } = scene;
    const reference = await referenceOf(await makeCustomer(world));
    const input = receipt();
    await recordUnmatched(actor(), input, world);
    const sendBack = (reason: string) =>
      returnReceipt(actor(), { receiptId: input.receiptId as BankReceiptId, reason }, world);
    expect(await sendBack(" ")).toMatchObject({ refusal: { code: "reason_missing" } });
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => sendBack("asked for")),
      ...Array.from({ length: 5 }, () => assign(input.receiptId, reference)),
    ]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await broken()).toEqual([]);
    const other = receipt();
    await recordUnmatched(actor(), other, world);
    const wish = { receiptId: other.receiptId as BankReceiptId, reason: "asked for" };
    expect((await returnReceipt(actor(), wish, world)).ok).toBe(true);
    expect(await returnReceipt(actor(), wish, world)).toMatchObject({
      refusal: { code: "receipt_returned" },
    });
    expect(await assign(other.receiptId, reference)).toMatchObject({ refusal: { code: "receipt_returned" } });
    expect((await listUnmatched(actor(), world)).map(({ id }) => id)).not.toContain(other.receiptId);
    expect(await broken()).toEqual([]);
  });

  it("is recorded once, and not for a customer beside it", async () => {
    const { world } = scene;
    const input = receipt();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => recordUnmatched(actor(), input, world)),
    );
    expect(answers.filter((answer) => answer.ok && answer.value.isNew)).toHaveLength(1);
    const customer = await makeCustomer(world);
    const { customerId } = customer;
    const beside = await recordBankPayment(actor(), { ...input, customerId, invoiceIds: [] }, world);
    expect(beside).toEqual({ ok: false, refusal: { code: "receipt_unmatched" } });
    expect(await broken()).toEqual([]);
  });

  it("stays where it is if the customer is closed, unknown, or has no such invoice", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const reference = await referenceOf(customer);
    const input = receipt();
    await recordUnmatched(actor(), input, world);
    expect(await assign(input.receiptId, "nobody")).toMatchObject({
      refusal: { code: "customer_not_found" },
    });
    expect(await assign(input.receiptId, reference, ["INV-1"])).toMatchObject({
      refusal: { code: "invoice_not_found" },
    });
    await world.staff.sql`update customers set closed_at = now() where id = ${customer.customerId}`;
    expect(await assign(input.receiptId, reference)).toMatchObject({ refusal: { code: "customer_closed" } });
    expect(await assign(newId(), reference)).toMatchObject({ refusal: { code: "receipt_not_found" } });
    expect((await listUnmatched(actor(), world)).map(({ id }) => id)).toContain(input.receiptId);
    expect(await broken()).toEqual([]);
  });
});
