import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import { attemptLimits } from "@/lib/auth/attempt-limits";
import { mailedPayLinkUrl, makeMailedPayLink, readAnyPayLink } from "@/lib/billing/payment/mailed-pay-link";
import { payLinkDays, payLinkUrl, readPayLink, signPayLink } from "@/lib/billing/payment/pay-link";
import { revokePayLinks } from "@/lib/billing/payment/revoke-pay-links";
import { type InvoiceId, newId, type UserId, uuidv7 } from "@/lib/kernel/id";
import {
  giveBalance,
  makeCustomer,
  makeInvoice,
  payLinkToken,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import {
  balanceOf,
  digestOf,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  paymentRef,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { linkPaymentOutcome } from "./link-payment-outcome";
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

/** The link of one mail, to a member or as a copy. */
async function mailedTo(
  customer: TestCustomer,
  invoiceIds: readonly InvoiceId[],
  userId: UserId | null = customer.actor.userId,
  outboxId: string = uuidv7(world.clock),
): Promise<string> {
  const { customerId, currency } = customer;
  await world.owner`
    insert into outbox (customer_id, id, topic, payload, created_at)
    values (${customerId}, ${outboxId}, 'reminder', '{}', ${world.clock.now()}) on conflict do nothing`;
  const url = await transact(world.jobs, { customerId }, ({ sql }) =>
    makeMailedPayLink(world, sql, { customerId, outboxId, currency, invoiceIds, userId }),
  );
  return payLinkToken(url);
}

function look(token: string) {
  return showPayLink({ token, address: "192.0.2.8" }, world, attemptLimits(world.app));
}

async function due(token: string): Promise<PayLinkDue> {
  const view = await look(token);
  expect(view.kind).toBe("due");
  return view as PayLinkDue;
}

/** As the page sends it: by card, or from the balance as far as it reaches. */
async function pressed(token: string, how: "byCard" | "withBalance"): Promise<PayByLinkInput> {
  const { invoices, plan, withBalance } = await due(token);
  const useBalance = how === "withBalance";
  const shown = useBalance && withBalance ? withBalance : plan;
  return {
    token,
    paymentId: newId(world.clock),
    invoiceIds: invoices.map(({ id }) => id),
    plan: shown,
    useBalance,
  };
}

/** What no page of such a link would send. */
async function pressedForBalance(token: string, minor: bigint): Promise<PayByLinkInput> {
  const plan = { balanceMinor: minor.toString(), cardMinor: "0", excessMinor: "0" };
  return { ...(await pressed(token, "byCard")), plan, useBalance: true };
}

async function withTwo(role: "owner" | "billing" | "viewer" = "owner") {
  const customer = await makeCustomer(world, { role });
  const one = await makeInvoice(world, customer, 2340n);
  const other = await makeInvoice(world, customer, 1000n);
  return { customer, one, other, ids: [one.id, other.id] };
}

const notForLink = { ok: false, refusal: { code: "balance_not_for_link" } };
const notValid = { ok: false, refusal: { code: "pay_link_not_valid" } };

describe("the link of a mail", () => {
  it("pays all invoices that it names from the balance, at once and once, for whoever is not signed in", async () => {
    const { customer, ids } = await withTwo();
    await giveBalance(world, customer, 5000n);
    const token = await mailedTo(customer, ids);
    expect(await due(token)).toMatchObject({
      due: { minor: 3340n },
      withBalance: { balanceMinor: "3340", cardMinor: "0" },
    });
    const input = await pressed(token, "withBalance");
    const clicks = await Promise.all(Array.from({ length: 10 }, () => payByLink(input, world)));
    expect(clicks).toEqual(
      clicks.map(() => ({ ok: true, value: { kind: "paid", paymentId: input.paymentId } })),
    );
    expect(await balanceOf(world, customer)).toMatchObject({ posted: 1660n });
    const [payment] =
      await world.owner`select origin, user_id, funding from payments where id = ${input.paymentId}`;
    expect(payment).toEqual({ origin: "link", user_id: null, funding: "balance" });
    expect(await linkPaymentOutcome(input.paymentId, true, world)).toMatchObject({
      kind: "paid",
      fromBalance: { minor: 3340n },
      byCard: { minor: 0n },
    });
    expect(await look(token)).toMatchObject({ kind: "paid" });
  });

  it("only looked at pays nothing, however often", async () => {
    const { customer, ids } = await withTwo();
    await giveBalance(world, customer, 5000n);
    const token = await mailedTo(customer, ids);
    const before = await digestOf(world, ["sign_in_attempts"]);
    for (let visit = 0; visit < 5; visit += 1) await look(token);
    expect(await digestOf(world, ["sign_in_attempts"])).toEqual(before);
  });

  it("uses the balance as far as it reaches, and Stripe for the rest", async () => {
    const { customer, ids } = await withTwo("billing");
    await giveBalance(world, customer, 1250n);
    const token = await mailedTo(customer, ids);
    expect(await due(token)).toMatchObject({ withBalance: { balanceMinor: "1250", cardMinor: "2090" } });
    const input = await pressed(token, "withBalance");
    expect(await payByLink(input, world)).toMatchObject({ ok: true, value: { kind: "redirect" } });
    const known = (isAsked: boolean) => linkPaymentOutcome(input.paymentId, isAsked, world);
    expect(await known(true)).toMatchObject({ kind: "nothing_taken" });
    // Unless Stripe says so now, money may be on its way.
    expect(await known(false)).toEqual({ kind: "confirming" });
    const [row] = await world.owner`select stripe_session_id from payments where id = ${input.paymentId}`;
    await world.control.pay(row?.stripe_session_id as string);
    await world.control.webhooksIdle();
    const ref = paymentRef(customer, input.paymentId);
    expect(await factsOf(world, ref)).toMatchObject({ state: "succeeded", invoices: ["paid", "paid"] });
    expect(await linkPaymentOutcome(input.paymentId, true, world)).toMatchObject({
      byCard: { minor: 2090n },
      fromBalance: { minor: 1250n },
    });
  });

  it("of a copy offers and takes nothing of the balance, and pays by card", async () => {
    const { customer, ids } = await withTwo();
    await giveBalance(world, customer, 5000n);
    const token = await mailedTo(customer, ids, null);
    expect(await due(token)).toMatchObject({ withBalance: null, plan: { cardMinor: "3340" } });
    expect(await payByLink(await pressedForBalance(token, 3340n), world)).toEqual(notForLink);
    expect(await payByLink(await pressed(token, "byCard"), world)).toMatchObject({ ok: true });
    expect(await balanceOf(world, customer)).toMatchObject({ posted: 5000n, held: 0n });
  });

  it("that was shared, of one invoice, takes nothing of the balance either", async () => {
    const { customer, one } = await withTwo();
    await giveBalance(world, customer, 5000n);
    const { customerId } = customer;
    const url = payLinkUrl(world, { customerId, invoiceId: one.id, generation: 0 });
    const token = payLinkToken(url);
    expect(await due(token)).toMatchObject({ withBalance: null });
    expect(await payByLink(await pressedForBalance(token, 2340n), world)).toEqual(notForLink);
  });

  it("mailed to a viewer, or to somebody who was let go or made a viewer since, takes nothing of the balance", async () => {
    const viewer = await withTwo("viewer");
    await giveBalance(world, viewer.customer, 5000n);
    expect(await due(await mailedTo(viewer.customer, viewer.ids))).toMatchObject({ withBalance: null });

    const { customer, ids } = await withTwo();
    await giveBalance(world, customer, 5000n);
    const token = await mailedTo(customer, ids);
    const input = await pressed(token, "withBalance");
    await world.owner`update memberships set role = 'viewer' where user_id = ${customer.actor.userId}`;
    expect(await payByLink(input, world)).toEqual(notForLink);
    await world.owner`delete from memberships where user_id = ${customer.actor.userId}`;
    expect(await payByLink(input, world)).toEqual(notForLink);
    expect(await balanceOf(world, customer)).toMatchObject({ posted: 5000n });
  });

  it("mailed to somebody whose login was disabled since takes nothing of the balance", async () => {
    const { customer, ids } = await withTwo();
    await giveBalance(world, customer, 5000n);
    const token = await mailedTo(customer, ids);
    const input = await pressed(token, "withBalance");
    await world.owner`update users set disabled_at = now() where id = ${customer.actor.userId}`;
    expect(await due(token)).toMatchObject({ withBalance: null });
    expect(await payByLink(input, world)).toEqual(notForLink);
    expect(await balanceOf(world, customer)).toMatchObject({ posted: 5000n, held: 0n });
  });

  it("leads nowhere once its customer is closed", async () => {
    const { customer, ids } = await withTwo();
    const token = await mailedTo(customer, ids);
    const input = await pressed(token, "byCard");
    await world.owner`update customers set closed_at = now() where id = ${customer.customerId}`;
    expect(await look(token)).toEqual({ kind: "not_valid" });
    expect(await payByLink(input, world)).toEqual(notValid);
  });

  it("expires, and is revoked as soon as the links of one of its invoices are", async () => {
    const { customer, other, ids } = await withTwo();
    await giveBalance(world, customer, 5000n);
    const outboxId = uuidv7(world.clock);
    const token = await mailedTo(customer, ids, customer.actor.userId, outboxId);
    const input = await pressed(token, "withBalance");
    const { customerId } = customer;
    await revokePayLinks(world, world.staff, {
      customerId,
      invoiceId: other.id,
      actor: "staff",
      userId: customer.actor.userId,
      permit: async () => true,
    });
    expect(await look(token)).toEqual({ kind: "not_valid" });
    expect(await payByLink(input, world)).toEqual(notValid);

    // Sent again by staff, the mail has one that works.
    const anew = await mailedTo(customer, ids, customer.actor.userId, outboxId);
    expect(anew).not.toBe(token);
    const later = await pressed(anew, "withBalance");
    pass(world, (payLinkDays + 2) * dayMs);
    expect(await look(anew)).toEqual({ kind: "expired" });
    expect(await payByLink(later, world)).toEqual({ ok: false, refusal: { code: "pay_link_expired" } });
    expect(await balanceOf(world, customer)).toMatchObject({ posted: 5000n });
  });

  it("altered, of another customer, or signed as a link of another kind, leads nowhere", async () => {
    const { customer, one, ids } = await withTwo();
    const stranger = await withTwo();
    const token = await mailedTo(customer, ids);
    for (let at = 0; at < token.length; at += 1) {
      const letter = token[at] === "A" ? "B" : "A";
      const altered = `${token.slice(0, at)}${letter}${token.slice(at + 1)}`;
      expect(readAnyPayLink(world.payLinkKey, altered)).toBeNull();
    }
    // Well signed, but of somebody else's customer.
    const link = readAnyPayLink(world.payLinkKey, token);
    if (link?.kind !== "mailed") throw new Error("a mailed link was read");
    const swapped = mailedPayLinkUrl(world, { ...link, customerId: stranger.customer.customerId });
    expect(await look(payLinkToken(swapped))).toEqual({ kind: "not_valid" });
    const input = await pressed(token, "byCard");
    expect(await payByLink({ ...input, invoiceIds: stranger.ids }, world)).toEqual(notValid);
    const third = await makeInvoice(world, customer, 500n);
    expect(await payByLink({ ...input, invoiceIds: [...ids, third.id] }, world)).toEqual(notValid);
    // What is signed for one kind is nothing for the other.
    expect(readPayLink(world.payLinkKey, token)).toBeNull();
    const { customerId, expiresAt } = link;
    const single = signPayLink(world.payLinkKey, { customerId, invoiceId: one.id, generation: 0, expiresAt });
    expect(readAnyPayLink(world.payLinkKey, single)).toMatchObject({ kind: "invoice" });
  });

  it("is the same when its mail is tried again, and names what that mail names", async () => {
    const { customer, one, ids } = await withTwo();
    const outboxId = uuidv7(world.clock);
    const { userId } = customer.actor;
    const first = await mailedTo(customer, ids, userId, outboxId);
    expect(await mailedTo(customer, ids, userId, outboxId)).toBe(first);
    const fewer = await mailedTo(customer, [one.id], userId, outboxId);
    expect((await due(fewer)).invoices.map(({ id }) => id)).toEqual([one.id]);
    expect((await due(first)).invoices).toHaveLength(2);
  });

  it("of which one invoice is paid meanwhile asks for the rest alone", async () => {
    const { customer, one, other, ids } = await withTwo();
    const token = await mailedTo(customer, ids);
    const stale = await pressed(token, "byCard");
    const copy = await mailedTo(customer, [one.id]);
    await giveBalance(world, customer, 2340n);
    expect(await payByLink(await pressed(copy, "withBalance"), world)).toMatchObject({ ok: true });
    expect(await payByLink(stale, world)).toMatchObject({ ok: false, refusal: { code: "invoice_not_open" } });
    expect(await due(token)).toMatchObject({ number: other.number, due: { minor: 1000n } });
  });
});
