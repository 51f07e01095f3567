import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InvoiceId, newId, type SessionId, type UserId } from "@/lib/kernel/id";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { digestOf, expectAllInOrder, factsOf, ledToStripe, startDirect } from "@/lib/testing/payment-facts";
import { openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { voidInvoiceBehindItsClaim } from "@/lib/testing/void-invoice";
import { listInvoices } from "./list-invoices";
import { abandonPayment, type PayInput, payCombined, payDirect, payFromBalance, resumePayment } from "./pay";
import { paymentOutcome } from "./payment-outcome";
import { previewPlan } from "./preview-plan";
import { AccessDenied } from "./scoped";
import type { CustomerActor, PayRefusal } from "./shapes";
import { showInvoice } from "./show-invoice";

let world: StripeWorld;
let customer: TestCustomer;
let invoice: { id: InvoiceId; number: string };
let theirs: { id: InvoiceId; number: string };

beforeAll(async () => {
  world = await openStripeWorld();
  customer = await makeCustomer(world);
  await giveBalance(world, customer, 500n);
  invoice = await makeInvoice(world, customer, 3000n);
  theirs = await makeInvoice(world, await makeCustomer(world), 3000n);
});

afterAll(async () => {
  await expectAllInOrder(world);
  await world.close();
});

const ways = {
  "through Stripe": payDirect,
  "from the balance": payFromBalance,
  "from both": payCombined,
} as const;

/** Nothing is written, whichever way it is tried; the refusal is the same for all. */
async function expectRefused(actor: CustomerActor, input: PayInput, refusal: PayRefusal): Promise<void> {
  await world.control.webhooksIdle();
  const before = await digestOf(world);
  for (const [way, pay] of Object.entries(ways)) {
    expect(await pay(actor, input, world), way).toEqual({ ok: false, refusal });
  }
  await world.control.webhooksIdle();
  expect(await digestOf(world)).toBe(before);
}

const full = (ids: readonly string[]) => plan(world, ids, { cardMinor: 3000n });

describe("which invoices", () => {
  it("an unknown one and somebody else's are refused alike", async () => {
    const refusal = { code: "invoice_not_found" } as const;
    await expectRefused(customer.actor, full([newId<InvoiceId>()]), refusal);
    await expectRefused(customer.actor, full([theirs.id]), refusal);
    await expectRefused(customer.actor, full([invoice.id, theirs.id]), refusal);
    for (const ids of [[newId<InvoiceId>()], [theirs.id]]) {
      const asked = { invoiceIds: ids, useBalance: "all" };
      expect(await previewPlan(customer.actor, asked, world)).toEqual({ ok: false, refusal });
    }
    expect(await showInvoice(customer.actor, theirs.number, world)).toBeNull();
    expect(await showInvoice(customer.actor, "INV-2026-999999", world)).toBeNull();
  });

  it.each([
    "' or true --",
    "00000000-0000-0000-0000-00000000000",
    "",
    "null",
    "🦆",
    "%",
    "../..",
    "0".repeat(5000),
  ])("a malformed id is an unknown one: %s", async (id) => {
    await expectRefused(customer.actor, full([id]), { code: "invoice_not_found" });
  });

  it("none, or more than a person chooses by hand", async () => {
    await expectRefused(customer.actor, full([]), { code: "nothing_chosen" });
    const many = Array.from({ length: 101 }, () => newId<InvoiceId>());
    await expectRefused(customer.actor, full(many), { code: "too_many_invoices", most: 100 });
  });

  it("the same one twice is chosen once", async () => {
    const twice = { invoiceIds: [invoice.id, invoice.id], useBalance: "none" };
    expect(await previewPlan(customer.actor, twice, world)).toMatchObject({
      value: { due: { minor: 3000n } },
    });
  });

  it("one that was paid or cancelled meanwhile", async () => {
    const paid = await makeInvoice(world, customer, 100n);
    await payFromBalance(customer.actor, balancePlan(world, [paid.id], 100n), world);
    const cancelled = await makeInvoice(world, customer, 100n);
    await voidInvoiceBehindItsClaim(world, customer.customerId, cancelled.id);
    const refused = (state: "paid" | "void", number: string) =>
      ({ code: "invoice_not_open", number, state }) as const;
    await expectRefused(customer.actor, full([paid.id]), refused("paid", paid.number));
    await expectRefused(customer.actor, full([invoice.id, cancelled.id]), refused("void", cancelled.number));
  });

  it("one whose service cannot take what it would bring", async () => {
    const payer = await makeCustomer(world);
    await giveBalance(world, payer, 5000n);
    const serviceId = await makeActiveService(world, payer, await makePlan(world));
    const renewal = await makeRenewal(world, payer, serviceId);
    await world.owner`update services set state = 'terminated' where id = ${serviceId}`;
    const input = full([renewal.id]);
    await expectRefused(payer.actor, input, { code: "line_not_completable", number: renewal.number });
  });
});

describe("which amounts", () => {
  it("a plan that no longer holds is answered with the one that does", async () => {
    await world.control.webhooksIdle();
    const before = await digestOf(world);
    const stale = plan(world, [invoice.id], { balanceMinor: 500n, cardMinor: 2400n });
    const answers = await Promise.all([
      payDirect(customer.actor, stale, world),
      payCombined(customer.actor, stale, world),
    ]);
    expect(answers.map((answer) => !answer.ok && answer.refusal)).toEqual([
      {
        code: "plan_changed",
        due: { minor: 3000n, currency: "USD" },
        plan: { balanceMinor: "0", cardMinor: "3000", excessMinor: "0" },
      },
      {
        code: "plan_changed",
        due: { minor: 3000n, currency: "USD" },
        plan: { balanceMinor: "400", cardMinor: "2600", excessMinor: "0" },
      },
    ]);
    expect(await digestOf(world)).toBe(before);
  });

  it("more of the balance than is available", async () => {
    await world.control.webhooksIdle();
    const before = await digestOf(world);
    const input = {
      ...plan(world, [invoice.id], { balanceMinor: 401n, cardMinor: 2599n }),
      useBalance: "401",
    };
    const refusal = { code: "amount_too_large", available: { minor: 400n, currency: "USD" } };
    expect(await payCombined(customer.actor, input, world)).toEqual({ ok: false, refusal });
    const asked = { invoiceIds: [invoice.id], useBalance: "401" };
    expect(await previewPlan(customer.actor, asked, world)).toEqual({ ok: false, refusal });
    const short = { code: "balance_too_low", shortBy: { minor: 2600n, currency: "USD" } };
    const fromBalance = balancePlan(world, [invoice.id], 3000n);
    expect(await payFromBalance(customer.actor, fromBalance, world)).toEqual({ ok: false, refusal: short });
    expect(await digestOf(world)).toBe(before);
  });

  it.each(["-1", "1.5", "1e3", " 1", "", "all ", "NaN", "９", "9".repeat(30)])(
    "no amount: %j",
    async (useBalance) => {
      const refusal = { code: "amount_malformed" };
      const input = { ...full([invoice.id]), useBalance };
      expect(await payCombined(customer.actor, input, world)).toEqual({ ok: false, refusal });
      const asked = { invoiceIds: [invoice.id], useBalance };
      expect(await previewPlan(customer.actor, asked, world)).toEqual({ ok: false, refusal });
    },
  );
});

describe("which payment", () => {
  it("an id that is none, or was used with other content", async () => {
    for (const paymentId of ["", "1", "' or true", "🦆"]) {
      await expectRefused(customer.actor, { ...full([invoice.id]), paymentId }, { code: "payment_id_used" });
    }
    const small = await makeInvoice(world, customer, 100n);
    const used = balancePlan(world, [small.id], 100n);
    await payFromBalance(customer.actor, used, world);
    const again = { ...full([invoice.id]), paymentId: used.paymentId };
    await expectRefused(customer.actor, again, { code: "payment_id_used" });
  });

  it("one that does not exist, is somebody else's, or was paid without Stripe: nothing to go on with", async () => {
    const payer = await makeCustomer(world);
    const other = await makeInvoice(world, payer, 3000n);
    const atStripe = await startDirect(world, payer, [other.id], { cardMinor: 3000n });
    const small = await makeInvoice(world, customer, 100n);
    const fromBalance = balancePlan(world, [small.id], 100n);
    await payFromBalance(customer.actor, fromBalance, world);
    await world.control.webhooksIdle();
    const before = await digestOf(world);
    for (const paymentId of [newId(), atStripe.paymentId, fromBalance.paymentId, "x", ""]) {
      const refusal = { code: "payment_not_found" };
      expect(await resumePayment(customer.actor, { paymentId }, world)).toEqual({ ok: false, refusal });
      expect(await abandonPayment(customer.actor, { paymentId }, world)).toEqual({ ok: false, refusal });
      if (paymentId === fromBalance.paymentId) continue;
      expect(await paymentOutcome(customer.actor, paymentId, world)).toBeNull();
    }
    expect(await paymentOutcome(null, atStripe.paymentId, world)).toBeNull();
    expect(await digestOf(world)).toBe(before);
  });
});

describe("who", () => {
  const strangers: [string, () => Promise<CustomerActor>][] = [
    ["a viewer", async () => actorWith("viewer")],
    [
      "somebody of another customer",
      async () => ({ ...(await makeCustomer(world)).actor, customerId: customer.customerId }),
    ],
    [
      "a user who does not exist",
      async () => ({
        customerId: customer.customerId,
        userId: newId<UserId>(),
        sessionId: newId<SessionId>(),
      }),
    ],
  ];

  it.each(strangers)("%s may not pay, resume or abandon", async (_, make) => {
    const actor = await make();
    const open = await makeInvoice(world, customer, 3000n);
    const payment = await startDirect(world, customer, [open.id], { cardMinor: 3000n });
    await expectRefused(actor, full([invoice.id]), { code: "not_allowed" });
    const refused = { ok: false, refusal: { code: "not_allowed" } };
    expect(await resumePayment(actor, payment, world)).toEqual(refused);
    expect(await abandonPayment(actor, payment, world)).toEqual(refused);
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1 });
  });

  it("a viewer sees the papers, others see nothing", async () => {
    const viewer = await actorWith("viewer");
    expect(await showInvoice(viewer, invoice.number, world)).toMatchObject({ payPanel: { canPay: false } });
    const stranger = { ...(await makeCustomer(world)).actor, customerId: customer.customerId };
    const filter = noFilter();
    await expect(showInvoice(stranger, invoice.number, world)).rejects.toThrow(AccessDenied);
    await expect(listInvoices(stranger, filter, world)).rejects.toThrow(AccessDenied);
    const asked = { invoiceIds: [invoice.id], useBalance: "all" };
    await expect(previewPlan(stranger, asked, world)).rejects.toThrow(AccessDenied);
  });

  it("nobody pays for a customer that is closed", async () => {
    const closed = await makeCustomer(world);
    const open = await makeInvoice(world, closed, 3000n);
    await world.owner`update customers set closed_at = ${world.clock.now()} where id = ${closed.customerId}`;
    await expectRefused(closed.actor, full([open.id]), { code: "not_allowed" });
  });

  async function actorWith(role: "viewer" | "billing"): Promise<CustomerActor> {
    const { actor } = await makeCustomer(world);
    await world.owner`
      insert into memberships (customer_id, user_id, role, created_at)
      values (${customer.customerId}, ${actor.userId}, ${role}, ${world.clock.now()})`;
    return { ...actor, customerId: customer.customerId };
  }
});

describe("names", () => {
  it.each([
    "<script>alert(1)</script>",
    "مؤسسة البطة ‮للخوادم",
    "🦆 鸭子云 & Söhne, \"Ltd.\" 'x'; drop table invoices; --",
    "a\tb\nc",
    "𝕯".repeat(50),
  ])("go to Stripe and back unchanged: %s", async (name) => {
    const payer = await makeCustomer(world, { name });
    const open = await makeInvoice(world, payer, 3000n);
    const started = await payDirect(payer.actor, full([open.id]), world);
    const payment = await ledToStripe(world, payer, started);
    const dump = await world.control.dump();
    const atStripe = dump.customer?.find(
      (row) => (row.metadata as { customer?: string }).customer === payer.customerId,
    );
    expect(atStripe?.name).toBe(name);
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ state: "succeeded", invoices: ["paid"] });
    expect(await showInvoice(payer.actor, open.number, world)).toMatchObject({ billTo: { name } });
  });
});

function noFilter(): Parameters<typeof listInvoices>[1] {
  return {
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
}
