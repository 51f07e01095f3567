import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { attemptLimits } from "@/lib/auth/attempt-limits";
import {
  type PayLink,
  payLinkDays,
  payLinkUrl,
  readPayLink,
  signPayLink,
} from "@/lib/billing/payment/pay-link";
import { revokePayLinks } from "@/lib/billing/payment/revoke-pay-links";
import { type CustomerId, type InvoiceId, newId } from "@/lib/kernel/id";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  payLinkToken,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import {
  balanceOf,
  digestOf,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  paymentRef,
  startCombined,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { cancelInvoice } from "./cancel-invoice";
import { payDirect } from "./pay";
import { type PayByLinkInput, payByLink } from "./pay-by-link";
import { type PayLinkDue, showPayLink } from "./show-pay-link";

const dayMs = 24 * 3_600_000;
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

function tokenOf(customer: { customerId: CustomerId }, invoiceId: InvoiceId, generation = 0): string {
  const url = payLinkUrl(world, { customerId: customer.customerId, invoiceId, generation });
  return payLinkToken(url);
}

function look(token: string) {
  return showPayLink({ token, address: "192.0.2.7" }, world, attemptLimits(world.app));
}

/** What the page of a link sends when its button is pressed. */
async function pressed(token: string): Promise<PayByLinkInput> {
  const view = await look(token);
  expect(view.kind).toBe("due");
  const { invoices, plan: shown } = view as PayLinkDue;
  return {
    token,
    paymentId: newId(world.clock),
    invoiceIds: invoices.map(({ id }) => id),
    plan: shown,
    useBalance: false,
  };
}

/** As the page sends it, for a link whose page would not even show a button. */
function forced(token: string, invoiceIds: readonly string[], cardMinor: bigint): PayByLinkInput {
  const plan = { balanceMinor: "0", cardMinor: cardMinor.toString(), excessMinor: "0" };
  return { token, paymentId: newId(world.clock), invoiceIds, plan, useBalance: false };
}

async function withInvoice(minor = 2340n) {
  const customer = await makeCustomer(world);
  const invoice = await makeInvoice(world, customer, minor);
  return { customer, invoice, token: tokenOf(customer, invoice.id) };
}

async function startByLink(customer: TestCustomer, input: PayByLinkInput) {
  const begun = await payByLink(input, world);
  expect(begun).toMatchObject({ ok: true, value: { kind: "redirect" } });
  const ref = paymentRef(customer, input.paymentId);
  const [row] = await world.owner`
    select stripe_session_id, origin, user_id, funding from payments where id = ${input.paymentId}`;
  expect(row).toMatchObject({ origin: "link", user_id: null, funding: "card" });
  return { ...ref, sessionId: row?.stripe_session_id as string };
}

async function paymentsOf({ customerId }: TestCustomer) {
  const rows =
    await world.owner`select id, state from payments where customer_id = ${customerId} and card_minor > 0`;
  return rows.map(({ id, state }) => ({ id: id as string, state: state as string }));
}

describe("a pay link", () => {
  it("pays its invoice through Stripe for somebody who is not signed in, from the card alone", async () => {
    const { customer, invoice, token } = await withInvoice();
    await giveBalance(world, customer, 5000n);
    expect(await look(token)).toEqual({
      kind: "due",
      number: invoice.number,
      summary: "Work",
      dueOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      invoices: [
        {
          id: invoice.id,
          number: invoice.number,
          summary: "Work",
          dueOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
          remaining: { minor: 2340n, currency: "USD" },
          isEarlier: false,
        },
      ],
      due: { minor: 2340n, currency: "USD" },
      plan: { balanceMinor: "0", cardMinor: "2340", excessMinor: "0" },
      withBalance: null,
      isBegun: false,
    });
    const payment = await startByLink(customer, await pressed(token));
    expect(await look(token)).toMatchObject({ kind: "due", isBegun: true });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({
      state: "succeeded",
      invoices: ["paid"],
      claims: 0,
    });
    expect(await balanceOf(world, customer)).toEqual({ posted: 5000n, held: 0n });
    expect(await look(token)).toEqual({ kind: "paid", number: invoice.number });
  });

  it("expires: on its last day it pays, after it neither page nor act do anything", async () => {
    const { customer, invoice, token } = await withInvoice();
    const { expiresAt } = readPayLink(world.payLinkKey, token) as PayLink;
    const start = world.clock.now();
    await pass(world, expiresAt.getTime() - start.getTime() - 1);
    expect(await look(token)).toMatchObject({ kind: "due" });
    const input = await pressed(token);
    await pass(world, 1);
    expect(world.clock.now().getTime() - start.getTime()).toBeGreaterThan(payLinkDays * dayMs);
    const before = await digestOf(world);
    expect(await look(token)).toEqual({ kind: "expired" });
    expect(await payByLink(input, world)).toEqual({ ok: false, refusal: { code: "pay_link_expired" } });
    expect(await digestOf(world)).toBe(before);
    expect(await look(tokenOf(customer, invoice.id))).toMatchObject({ kind: "due" });
  });

  it("is revoked by a new one: the old one shows and pays nothing, the new one pays", async () => {
    const { customer, invoice, token } = await withInvoice();
    const input = await pressed(token);
    const revoked = await revokePayLinks(world, world.staff, {
      customerId: customer.customerId,
      invoiceId: invoice.id,
      actor: "staff",
      userId: customer.actor.userId,
      permit: async () => true,
    });
    expect(await look(token)).toEqual({ kind: "not_valid" });
    expect(await payByLink(input, world)).toEqual({ ok: false, refusal: { code: "pay_link_not_valid" } });
    expect(await paymentsOf(customer)).toEqual([]);
    const url = revoked.kind === "revoked" ? revoked.url : "";
    const fresh = payLinkToken(url);
    await startByLink(customer, await pressed(fresh));
    // One of a generation that is yet to come is worth nothing either.
    expect(await look(tokenOf(customer, invoice.id, 2))).toEqual({ kind: "not_valid" });
  });

  it("tampered with, in whichever part, shows and pays nothing, and no row is read for it", async () => {
    const { customer, invoice, token } = await withInvoice();
    const deaf = seenBy(world, {
      app: { ...world.app, connections: undefined as never, sql: undefined as never },
    });
    const limits = { take: () => Promise.reject(new Error("nobody counts")) } as never;
    for (const at of [0, 15, 16, 31, 32, 33, 34, 35, 36, 53]) {
      const bytes = Buffer.from(token, "base64url");
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      const tampered = bytes.toString("base64url");
      expect(await showPayLink({ token: tampered, address: "" }, deaf, limits)).toEqual({
        kind: "not_valid",
      });
      expect(await payByLink(forced(tampered, [invoice.id], 2340n), deaf)).toEqual({
        ok: false,
        refusal: { code: "pay_link_not_valid" },
      });
    }
    expect(await paymentsOf(customer)).toEqual([]);
  });

  it("with another customer's id, even signed, leads nowhere: no invoice is found across customers", async () => {
    const { invoice, token } = await withInvoice();
    const other = await makeCustomer(world);
    const link = readPayLink(world.payLinkKey, token) as PayLink;
    const swapped = signPayLink(world.payLinkKey, { ...link, customerId: other.customerId });
    expect(await look(swapped)).toEqual({ kind: "not_valid" });
    expect(await payByLink(forced(swapped, [invoice.id], 2340n), world)).toEqual({
      ok: false,
      refusal: { code: "pay_link_not_valid" },
    });
    expect(await paymentsOf(other)).toEqual([]);
  });

  it("pays its own invoice and no other of the same customer", async () => {
    const { customer, invoice, token } = await withInvoice();
    const other = await makeInvoice(world, customer, 1000n);
    for (const ids of [[other.id], [invoice.id, other.id]]) {
      expect(await payByLink(forced(token, ids, 3340n), world)).toEqual({
        ok: false,
        refusal: { code: "pay_link_not_valid" },
      });
    }
    expect(await paymentsOf(customer)).toEqual([]);
  });

  it("of a cancelled invoice says so, and pays nothing", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world));
    const invoice = await makeRenewal(world, customer, serviceId);
    const token = tokenOf(customer, invoice.id);
    const input = await pressed(token);
    expect(await cancelInvoice(customer.actor, { invoiceId: invoice.id }, world)).toMatchObject({ ok: true });
    expect(await look(token)).toEqual({ kind: "void", number: invoice.number });
    expect(await payByLink(input, world)).toEqual({
      ok: false,
      refusal: { code: "invoice_not_open", number: invoice.number, state: "void" },
    });
  });

  it("of a customer who is gone leads nowhere", async () => {
    const { customer, token } = await withInvoice();
    const input = await pressed(token);
    await world.owner`update customers set closed_at = now() where id = ${customer.customerId}`;
    expect(await look(token)).toEqual({ kind: "not_valid" });
    expect(await payByLink(input, world)).toEqual({ ok: false, refusal: { code: "pay_link_not_valid" } });
  });

  it("paid meanwhile: says so, and takes nothing", async () => {
    const { customer, invoice, token } = await withInvoice();
    const input = await pressed(token);
    const other = await startDirect(world, customer, [invoice.id], { cardMinor: 2340n });
    await world.control.holdWebhooks();
    await world.control.pay(other.sessionId);
    // Nobody has told the portal yet: it asks Stripe before it begins another payment.
    expect(await payByLink(input, world)).toEqual({
      ok: false,
      refusal: { code: "invoice_not_open", number: invoice.number, state: "paid" },
    });
    expect(await factsOf(world, other)).toMatchObject({ state: "succeeded", invoices: ["paid"] });
    expect(await paymentsOf(customer)).toHaveLength(1);
  });

  it("whose amount has changed is asked again", async () => {
    const { customer, invoice, token } = await withInvoice();
    const input = {
      ...(await pressed(token)),
      plan: { balanceMinor: "0", cardMinor: "2339", excessMinor: "0" },
    };
    expect(await payByLink(input, world)).toMatchObject({
      ok: false,
      refusal: { code: "plan_changed", due: { minor: 2340n }, plan: { cardMinor: "2340" } },
    });
    expect(await factsOf(world, paymentRef(customer, input.paymentId))).toMatchObject({
      claims: 0,
      state: undefined,
    });
    expect(await look(token)).toMatchObject({ kind: "due", number: invoice.number });
  });

  it("is counted by address, page and act apart from each other", async () => {
    const { token } = await withInvoice();
    const limits = attemptLimits(world.app);
    const address = "198.51.100.9";
    await Promise.all(Array.from({ length: 300 }, () => limits.take("payLinkAddress", address)));
    expect(await showPayLink({ token, address }, world, limits)).toMatchObject({ kind: "too_many" });
    expect(await showPayLink({ token, address: "198.51.100.10" }, world, limits)).toMatchObject({
      kind: "due",
    });
  });
});

describe("a pay link used twice", () => {
  it("fifty clicks of one page at once are one payment", async () => {
    const { customer, token } = await withInvoice();
    const input = await pressed(token);
    const answers = await Promise.all(Array.from({ length: 50 }, () => payByLink(input, world)));
    for (const answer of answers) expect(answer).toMatchObject({ ok: true });
    expect(await paymentsOf(customer)).toEqual([{ id: input.paymentId, state: "sent" }]);
    const pages = (await world.control.dump())["checkout.session"] ?? [];
    expect(pages.filter((page) => page.client_reference_id === input.paymentId)).toHaveLength(1);
  });

  it("by fifty people at once has one open page at most, and takes money once", async () => {
    const { customer, invoice, token } = await withInvoice();
    const inputs = [];
    for (let made = 0; made < 50; made += 1) inputs.push(await pressed(token));
    const answers = await Promise.all(inputs.map((input) => payByLink(input, world)));
    const refusals = answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal.code]));
    expect(new Set([...refusals, "payment_in_progress", "payment_ended"])).toEqual(
      new Set(["payment_in_progress", "payment_ended"]),
    );
    const claims = await world.owner`select payment_id from invoice_claims where invoice_id = ${invoice.id}`;
    const ours = new Set(inputs.map(({ paymentId }) => paymentId));
    const pages = ((await world.control.dump())["checkout.session"] ?? []).filter((page) =>
      ours.has(page.client_reference_id as string),
    );
    const open = pages.filter(({ status }) => status === "open");
    expect(open.map((page) => page.client_reference_id)).toEqual(claims.map((row) => row.payment_id));
    for (const page of pages) await world.control.pay(page.id as string).catch(() => {});
    const [last] = open.length > 0 ? [] : [await startByLink(customer, await pressed(token))];
    if (last) await world.control.pay(last.sessionId);
    await world.control.webhooksIdle();
    expect((await paymentsOf(customer)).filter(({ state }) => state === "succeeded")).toHaveLength(1);
    const [charged] = await world.owner`
      select count(*)::int as count from charges where customer_id = ${customer.customerId}`;
    expect(charged?.count).toBe(1);
  });

  it("after it was paid: the same click leads to what was paid, and a new one finds nothing due", async () => {
    const { customer, invoice, token } = await withInvoice();
    const [first, second] = [await pressed(token), await pressed(token)];
    const { sessionId, paymentId } = await startByLink(customer, first);
    await world.control.pay(sessionId);
    await world.control.webhooksIdle();
    expect(await payByLink(first, world)).toEqual({ ok: true, value: { kind: "paid", paymentId } });
    expect(await payByLink(second, world)).toMatchObject({
      ok: false,
      refusal: { code: "invoice_not_open", number: invoice.number, state: "paid" },
    });
  });
});

describe("a pay link beside a signed-in payment", () => {
  it("ends the signed-in payment at Stripe, gives back what it held, and then pays", async () => {
    const { customer, invoice, token } = await withInvoice(3000n);
    await giveBalance(world, customer, 1000n);
    const signedIn = await startCombined(world, customer, [invoice.id], {
      balanceMinor: 1000n,
      cardMinor: 2000n,
    });
    const byLink = await startByLink(customer, await pressed(token));
    expect(await factsOf(world, signedIn)).toMatchObject({ claims: 0, openHolds: 0 });
    await expect(world.control.pay(signedIn.sessionId)).rejects.toThrow(/expired/);
    await world.control.pay(byLink.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, byLink)).toMatchObject({ state: "succeeded", invoices: ["paid"] });
    expect(await balanceOf(world, customer)).toEqual({ posted: 1000n, held: 0n });
  });

  it("is ended at Stripe by a signed-in payment that begins after it", async () => {
    const { customer, invoice, token } = await withInvoice();
    const byLink = await startByLink(customer, await pressed(token));
    const signedIn = await startDirect(world, customer, [invoice.id], { cardMinor: 2340n });
    expect(await factsOf(world, byLink)).toMatchObject({ claims: 0 });
    await expect(world.control.pay(byLink.sessionId)).rejects.toThrow(/expired/);
    expect(await factsOf(world, signedIn)).toMatchObject({ state: "sent", claims: 1 });
  });

  it("at the same moment: one of them has the claim", async () => {
    const { customer, invoice, token } = await withInvoice();
    const byLink = await pressed(token);
    const signedIn = plan(world, [invoice.id], { cardMinor: 2340n });
    await Promise.all([payByLink(byLink, world), payDirect(customer.actor, signedIn, world)]);
    const claims = await world.owner`select payment_id from invoice_claims where invoice_id = ${invoice.id}`;
    expect(claims.length).toBeLessThanOrEqual(1);
    const pages = ((await world.control.dump())["checkout.session"] ?? []).filter((page) =>
      [byLink.paymentId, signedIn.paymentId].includes(page.client_reference_id as string),
    );
    expect(pages.filter(({ status }) => status === "open").map((page) => page.client_reference_id)).toEqual(
      claims.map((row) => row.payment_id),
    );
  });

  it("is refused while Stripe cannot say what became of it, without a word about whose it is", async () => {
    const { customer, invoice, token } = await withInvoice();
    const signedIn = await startDirect(world, customer, [invoice.id], { cardMinor: 2340n });
    const silent = seenBy(world, {
      gateway: { ...world.gateway, readCheckout: async () => ({ outcome: "unknown", reason: "timeout" }) },
    });
    expect(await payByLink(await pressed(token), silent)).toEqual({
      ok: false,
      refusal: { code: "payment_in_progress" },
    });
    expect(await factsOf(world, signedIn)).toMatchObject({ state: "sent", claims: 1 });
  });

  it("waits while a bank works on it, and refuses a click that comes after all", async () => {
    const customer = await makeCustomer(world, { currency: "EUR" });
    const invoice = await makeInvoice(world, customer, 2340n);
    const token = tokenOf(customer, invoice.id);
    const input = await pressed(token);
    const signedIn = await startDirect(world, customer, [invoice.id], { cardMinor: 2340n });
    const { paymentIntent } = await world.control.pay(signedIn.sessionId, {
      method: "sepa_debit",
      later: "waits",
    });
    await world.control.webhooksIdle();
    expect(await look(token)).toEqual({ kind: "confirming", number: invoice.number });
    expect(await payByLink(input, world)).toEqual({ ok: false, refusal: { code: "payment_in_progress" } });
    expect(await factsOf(world, signedIn)).toMatchObject({ state: "processing", claims: 1 });
    await world.control.settleDelayed(paymentIntent as string, "succeeds");
    await world.control.webhooksIdle();
    expect(await look(token)).toEqual({ kind: "paid", number: invoice.number });
  });
});

describe("what a pay link charges", () => {
  it("Paying 5: the gateway's minimum, the excess becoming balance, and says both before", async () => {
    const { customer, token } = await withInvoice(20n);
    const view = await look(token);
    expect(view).toMatchObject({
      kind: "due",
      due: { minor: 20n },
      plan: { cardMinor: "50", excessMinor: "30" },
    });
    const { sessionId } = await startByLink(customer, await pressed(token));
    await world.control.pay(sessionId);
    await world.control.webhooksIdle();
    expect(await balanceOf(world, customer)).toEqual({ posted: 30n, held: 0n });
  });

  it("Renewing: paying a later term includes the earlier, shown with the total", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world));
    const first = await makeRenewal(world, customer, serviceId);
    const [line] = await world.owner`select term_ends_at from invoice_lines where invoice_id = ${first.id}`;
    const [service] = await world.owner`select expires_at from services where id = ${serviceId}`;
    await world.owner`update services set expires_at = ${line?.term_ends_at} where id = ${serviceId}`;
    const second = await makeRenewal(world, customer, serviceId);
    await world.owner`update services set expires_at = ${service?.expires_at} where id = ${serviceId}`;
    const token = tokenOf(customer, second.id);
    expect(await look(token)).toMatchObject({
      kind: "due",
      number: second.number,
      invoices: [{ number: first.number }, { number: second.number }],
      due: { minor: 2000n },
    });
    expect(await payByLink(forced(token, [second.id], 1000n), world)).toMatchObject({
      ok: false,
      refusal: { code: "plan_changed", due: { minor: 2000n } },
    });
    const input = await pressed(token);
    const payment = await startByLink(customer, input);
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ invoices: ["paid", "paid"], terms: 2 });
    expect(await payByLink(input, world)).toMatchObject({ ok: true, value: { kind: "paid" } });
    // The link of the earlier one pays that one alone.
    expect(await look(tokenOf(customer, first.id))).toEqual({ kind: "paid", number: first.number });
  });
});
