import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pollPayments } from "@/lib/billing/payment/poll-payments";
import { settle } from "@/lib/billing/payment/settle";
import { newId } from "@/lib/kernel/id";
import { giveBalance, makeCustomer, makeInvoice, plan, type TestCustomer } from "@/lib/testing/fixtures";
import {
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  paymentRef,
  startDirect,
} from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { impatient, strike, unsureKinds } from "@/lib/testing/unsure-faults";
import { testSecretKey } from "@/lib/testing/world";
import { addCard, pickUpSavedCard } from "./add-card";
import { makeDefaultCard, removeCard } from "./change-cards";
import { listCards } from "./list-cards";
import { abandonPayment, payCombined, payDirect } from "./pay";
import { paymentOutcome } from "./payment-outcome";
import { topUp } from "./top-up";

const intentsPath = "/v1/payment_intents";

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

const whole = { state: "succeeded", charges: 1, claims: 0, openHolds: 0, invoices: ["paid"] };
const untouched = { charges: 0, claims: 0, openHolds: 0, allocated: 0n, invoices: ["open"], isPolled: false };

/** An invoice of 30 dollars, and what a page sends to pay it with a saved card. */
async function chargeOf(customer: TestCustomer, cardId: string) {
  const invoice = await makeInvoice(world, customer, 3000n);
  const input = { ...plan(world, [invoice.id], { cardMinor: 3000n }), cardId };
  return { input, payment: paymentRef(customer, input.paymentId), invoice };
}

async function intentIdOf(paymentId: string): Promise<string> {
  const [row] = await world.owner`select stripe_payment_intent_id from payments where id = ${paymentId}`;
  return row?.stripe_payment_intent_id;
}

const shown = async (customer: TestCustomer) => (await listCards(customer.actor, world)).cards;

describe("paying with a saved card", () => {
  it("pays at once, and again with the same request is the same payment", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer);
    const { input, payment } = await chargeOf(customer, card.id);
    expect(await payDirect(customer.actor, input, world)).toMatchObject({
      ok: true,
      value: { kind: "paid" },
    });
    expect(await payDirect(customer.actor, input, world)).toMatchObject({
      ok: true,
      value: { kind: "paid" },
    });
    expect(await factsOf(world, payment)).toMatchObject({ ...whole, allocated: 3000n });
  });

  it("takes the balance first and charges the rest, and tops up", async () => {
    const customer = await makeCustomer(world);
    const { id: cardId } = await saveCard(world, customer);
    await giveBalance(world, customer, 800n);
    const invoice = await makeInvoice(world, customer, 3000n);
    const input = {
      ...plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n }),
      useBalance: "800",
      cardId,
    };
    expect((await payCombined(customer.actor, input, world)).ok).toBe(true);
    expect(await factsOf(world, paymentRef(customer, input.paymentId))).toMatchObject(whole);
    const wish = { paymentId: newId(world.clock), currency: "USD", amount: "12.00", cardId };
    expect(await topUp(customer.actor, wish, world)).toMatchObject({ ok: true, value: { kind: "paid" } });
  });

  it("declined: the intent is canceled in the same step, the invoice is free at once, and the reason is told", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 800n);
    const bad = await saveCard(world, customer, "pm_card_chargeCustomerFail");
    const good = await saveCard(world, customer);
    const { input, payment, invoice } = await chargeOf(customer, bad.id);
    expect(await payDirect(customer.actor, input, world)).toEqual({
      ok: false,
      refusal: { code: "card_declined", reason: "other" },
    });
    expect(await factsOf(world, payment)).toMatchObject({ ...untouched, state: "failed" });
    const { payment_intent: intents } = await world.control.dump();
    const intent = intents?.find(
      (one) => (one.metadata as { payment: string }).payment === payment.paymentId,
    );
    expect(intent).toMatchObject({ status: "canceled" });
    const again = { ...plan(world, [invoice.id], { cardMinor: 3000n }), cardId: good.id };
    expect(await payDirect(customer.actor, again, world)).toMatchObject({
      ok: true,
      value: { kind: "paid" },
    });
  });

  it.each(["webhook", "return page", "poller"])(
    "3-D Secure passed is settled by the %s alone",
    async (who) => {
      const customer = await makeCustomer(world);
      const card = await saveCard(world, customer, "pm_card_authenticationRequired");
      const { input, payment } = await chargeOf(customer, card.id);
      if (who !== "webhook") await world.control.dropWebhooks();
      const led = await payDirect(customer.actor, input, world);
      expect(led).toMatchObject({ ok: true, value: { kind: "redirect" } });
      expect(await factsOf(world, payment)).toMatchObject({ claims: 1, charges: 0 });
      await world.control.authenticate(await intentIdOf(input.paymentId), "approve");
      if (who === "webhook") await world.control.webhooksIdle();
      else if (who === "return page") await paymentOutcome(customer.actor, input.paymentId, world);
      else {
        await pass(world, 61_000);
        await pollPayments(world, 1000);
      }
      expect(await factsOf(world, payment)).toMatchObject(whole);
    },
  );

  it("3-D Secure failed ends the payment, and the return page says why", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer, "pm_card_authenticationRequired");
    const { input, payment } = await chargeOf(customer, card.id);
    await payDirect(customer.actor, input, world);
    await world.control.authenticate(await intentIdOf(input.paymentId), "fail");
    expect(await paymentOutcome(customer.actor, input.paymentId, world)).toMatchObject({
      kind: "nothing_taken",
      state: "failed",
      declined: "not_confirmed",
    });
    expect(await factsOf(world, payment)).toMatchObject({ ...untouched, state: "failed" });
  });

  it("a customer who never answers the bank is waited for until the payment's time is over, then it is canceled", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer, "pm_card_authenticationRequired");
    const { input, payment } = await chargeOf(customer, card.id);
    await payDirect(customer.actor, input, world);
    await pass(world, 44 * 60_000);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject({ state: "requires_action", claims: 1 });
    await pass(world, 3 * 60_000);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject({ ...untouched, state: "expired" });
  });

  it("can be abandoned at the bank's question; another way closes it first", async () => {
    const customer = await makeCustomer(world);
    const asking = await saveCard(world, customer, "pm_card_authenticationRequired");
    const good = await saveCard(world, customer);
    const first = await chargeOf(customer, asking.id);
    await payDirect(customer.actor, first.input, world);
    expect(await abandonPayment(customer.actor, first.payment, world)).toMatchObject({ ok: true });
    expect(await factsOf(world, first.payment)).toMatchObject({ ...untouched, state: "canceled" });
    const second = await chargeOf(customer, asking.id);
    await payDirect(customer.actor, second.input, world);
    const other = { ...plan(world, [second.invoice.id], { cardMinor: 3000n }), cardId: good.id };
    expect(await payDirect(customer.actor, other, world)).toMatchObject({
      ok: true,
      value: { kind: "paid" },
    });
    expect(await factsOf(world, second.payment)).toMatchObject({ state: "canceled", charges: 0 });
  });

  it.each(unsureKinds)(
    "met by %s is unknown, then sent again under the same key: charged once",
    async (kind) => {
      const customer = await makeCustomer(world);
      const card = await saveCard(world, customer);
      const { input, payment } = await chargeOf(customer, card.id);
      await world.control.dropWebhooks();
      await strike(world, kind, { method: "POST", path: intentsPath });
      const answer = await payDirect(customer.actor, input, impatient(world, kind, "createIntent"));
      expect(answer).toMatchObject({ ok: true, value: { kind: "confirming" } });
      expect(await factsOf(world, payment)).toMatchObject({ state: "unknown", claims: 1 });
      await world.control.clearFaults();
      await pass(world, 25 * 3_600_000);
      await pollPayments(world, 1000);
      const { state, charges } = await factsOf(world, payment);
      // What never reached Stripe failed; what did is charged once.
      expect([state, charges]).toEqual(state === "succeeded" ? ["succeeded", 1] : ["failed", 0]);
    },
  );

  it("is settled once by webhook, return page, poller and sync at once", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer, "pm_card_authenticationRequired");
    const { input, payment } = await chargeOf(customer, card.id);
    await payDirect(customer.actor, input, world);
    await world.control.authenticate(await intentIdOf(input.paymentId), "approve");
    await Promise.all([
      ...Array.from({ length: 10 }, () => settle(world, payment)),
      ...Array.from({ length: 5 }, () => paymentOutcome(customer.actor, input.paymentId, world)),
      world.control.webhooksIdle(),
    ]);
    expect(await factsOf(world, payment)).toMatchObject({ ...whole, allocated: 3000n });
  });
});

describe("a card that cannot be charged", () => {
  it("is refused in words, and nothing is changed: another's, removed, expired, unknown", async () => {
    const [customer, other] = [await makeCustomer(world), await makeCustomer(world)];
    const [mine, theirs] = [await saveCard(world, customer), await saveCard(world, other)];
    const refusalOf = async (cardId: string) => {
      const { input } = await chargeOf(customer, cardId);
      const answer = await payDirect(customer.actor, input, world);
      const [row] = await world.owner`select 1 from payments where id = ${input.paymentId}`;
      expect(row).toBeUndefined();
      return answer.ok ? null : answer.refusal;
    };
    expect(await refusalOf(theirs.id)).toEqual({ code: "card_not_found" });
    expect(await refusalOf(newId())).toEqual({ code: "card_not_found" });
    expect(await refusalOf("4242")).toEqual({ code: "card_not_found" });
    await world.owner`update payment_methods set exp_year = 2026, exp_month = 2 where id = ${mine.id}`;
    expect(await refusalOf(mine.id)).toEqual({ code: "card_expired", last4: "4242" });
    expect(await removeCard(customer.actor, { cardId: mine.id }, world)).toMatchObject({ ok: true });
    expect(await refusalOf(mine.id)).toEqual({ code: "card_removed", last4: "4242" });
    const wish = { paymentId: newId(), currency: "USD", amount: "12.00", cardId: theirs.id };
    expect(await topUp(customer.actor, wish, world)).toMatchObject({ refusal: { code: "card_not_found" } });
  });

  it("detached at Stripe while it is being charged: nothing is taken", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer);
    // An event of the saving that is still under way would find the card detached, and say so.
    await world.control.webhooksIdle();
    await world.control.dropWebhooks();
    await world.gateway.detachCard(card.stripeId);
    const { input, payment } = await chargeOf(customer, card.id);
    expect(await payDirect(customer.actor, input, world)).toEqual({
      ok: false,
      refusal: { code: "card_not_found" },
    });
    expect(await factsOf(world, payment)).toMatchObject({ ...untouched, state: "failed" });
  });
});

describe("saving a card", () => {
  it.each(["webhook", "poller"])("while paying is known when the payment is: by the %s", async (who) => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    if (who === "poller") await world.control.dropWebhooks();
    const input = { ...plan(world, [invoice.id], { cardMinor: 3000n }), savesCard: true };
    await payDirect(customer.actor, input, world);
    const [row] = await world.owner`select stripe_session_id from payments where id = ${input.paymentId}`;
    await world.control.pay(row?.stripe_session_id);
    if (who === "poller") {
      await pass(world, 61_000);
      await pollPayments(world, 1000);
    } else await world.control.webhooksIdle();
    expect(await shown(customer)).toMatchObject([
      { brand: "visa", last4: "4242", isDefault: true, isExpired: false },
    ]);
  });

  it("happens only when it was ticked", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    const { sessionId } = await startDirect(world, customer, [invoice.id], { cardMinor: 3000n });
    await world.control.pay(sessionId);
    await world.control.webhooksIdle();
    expect(await shown(customer)).toEqual([]);
  });

  it.each(["webhook", "page"])("without paying is known by the %s that it comes back to", async (who) => {
    const customer = await makeCustomer(world);
    if (who === "page") await world.control.dropWebhooks();
    const led = await addCard(customer.actor, { formId: newId() }, world);
    const sessionId = led.ok ? (led.value.url.split("/").at(-1) ?? "") : "";
    await world.control.pay(sessionId, { card: "5555555555554444" });
    if (who === "page") await pickUpSavedCard(customer.actor, world);
    else await world.control.webhooksIdle();
    expect(await shown(customer)).toMatchObject([{ brand: "mastercard", last4: "4444" }]);
  });

  it("twice shows the card once, still the default", async () => {
    const customer = await makeCustomer(world);
    const first = await saveCard(world, customer);
    const second = await saveCard(world, customer);
    expect(second.id).not.toBe(first.id);
    expect(await shown(customer)).toMatchObject([{ id: second.id, isDefault: true }]);
  });
});

describe("changing cards", () => {
  it("makes one the default; removing it passes that on to the newest that is left", async () => {
    const customer = await makeCustomer(world);
    const visa = await saveCard(world, customer);
    const other = await saveCard(world, customer, "pm_card_mastercard");
    expect((await shown(customer)).map(({ id }) => id)).toEqual([visa.id, other.id]);
    await makeDefaultCard(customer.actor, { cardId: other.id }, world);
    expect((await shown(customer)).map(({ id, isDefault }) => [id, isDefault])).toEqual([
      [other.id, true],
      [visa.id, false],
    ]);
    await removeCard(customer.actor, { cardId: other.id }, world);
    expect(await shown(customer)).toMatchObject([{ id: visa.id, isDefault: true }]);
    expect(await removeCard(customer.actor, { cardId: other.id }, world)).toMatchObject({
      refusal: { code: "card_removed" },
    });
    await world.control.webhooksIdle();
    expect(await shown(customer)).toMatchObject([{ id: visa.id }]);
  });

  it("removes nothing while Stripe does not answer", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer);
    await strike(world, "error_500", { method: "POST", path: "/v1/payment_methods" });
    expect(await removeCard(customer.actor, { cardId: card.id }, world)).toMatchObject({
      refusal: { code: "gateway_unreachable" },
    });
    expect(await shown(customer)).toHaveLength(1);
  });

  it("follows what the bank renews and what is detached at Stripe", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer);
    const [before] = await shown(customer);
    await world.control.renewCard(card.stripeId, "1881");
    await world.control.webhooksIdle();
    const [after] = await shown(customer);
    expect(after?.expYear).toBeGreaterThan(before?.expYear ?? 0);
    expect(after?.last4).toBe("1881");
    const [kept] = await world.owner`select fingerprint from payment_methods where id = ${card.id}`;
    expect(kept?.fingerprint).toBe("local1881");
    // By the host, in Stripe's own dashboard.
    await fetch(`${world.stripeUrl}/v1/payment_methods/${card.stripeId}`, {
      method: "POST",
      headers: { authorization: `Bearer ${testSecretKey}` },
      body: new URLSearchParams({ "card[exp_month]": "3", "card[exp_year]": "2041" }),
    });
    await world.control.webhooksIdle();
    expect((await shown(customer))[0]).toMatchObject({ expMonth: 3, expYear: 2041 });
    await world.gateway.detachCard(card.stripeId);
    await world.control.webhooksIdle();
    expect(await shown(customer)).toEqual([]);
  });

  it("is refused to a viewer and to everybody else's, and a viewer sees", async () => {
    const [customer, other] = [await makeCustomer(world), await makeCustomer(world)];
    const card = await saveCard(world, customer);
    expect(await removeCard(other.actor, { cardId: card.id }, world)).toMatchObject({
      refusal: { code: "card_not_found" },
    });
    await world.owner`update memberships set role = 'viewer' where customer_id = ${customer.customerId}`;
    for (const act of [removeCard, makeDefaultCard]) {
      expect(await act(customer.actor, { cardId: card.id }, world)).toMatchObject({
        refusal: { code: "not_allowed" },
      });
    }
    expect(await addCard(customer.actor, { formId: newId() }, world)).toMatchObject({
      refusal: { code: "not_allowed" },
    });
    expect(await listCards(customer.actor, world)).toMatchObject({
      canChange: false,
      cards: [{ id: card.id }],
    });
  });
});
