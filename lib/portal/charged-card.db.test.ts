import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import { autoChargeCard, stopAutoCharges } from "@/lib/billing/card/auto-charge-card";
import type { PaymentMethodId } from "@/lib/kernel/id";
import { makeCustomer, type TestCustomer } from "@/lib/testing/fixtures";
import { saveCard } from "@/lib/testing/saved-cards";
import { openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { testSecretKey } from "@/lib/testing/world";
import { showAutoPay, switchAutoPay } from "./auto-pay";
import { setAutoTopUp } from "./auto-top-up";
import { makeDefaultCard, removeCard } from "./change-cards";
import { listCards } from "./list-cards";

const address = "203.0.113.9";
const topUps = { threshold: "5", amount: "20", monthlyCap: "60" };

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterAll(() => world.close());

/** A customer with an older card, the default, and a newer one. */
async function withTwoCards() {
  const customer = await makeCustomer(world);
  const visa = await saveCard(world, customer);
  const mastercard = await saveCard(world, customer, "pm_card_mastercard");
  await world.control.webhooksIdle();
  return { customer, visa: visa.id, mastercard: mastercard.id };
}

async function defaultOf({ actor }: TestCustomer): Promise<PaymentMethodId | null> {
  return (await listCards(actor, world)).cards.find(({ isDefault }) => isDefault)?.id ?? null;
}

/** The card that a charge without its customer would take now. */
function chargedOf({ customerId }: TestCustomer): Promise<PaymentMethodId | null> {
  const today = { now: world.clock.now(), timeZone: world.timeZone };
  return transact(world.jobs, { customerId }, async ({ sql }) => {
    return (await autoChargeCard(sql, customerId, today))?.card.id ?? null;
  });
}

async function bothOf(customer: TestCustomer) {
  return { isDefault: await defaultOf(customer), isCharged: await chargedOf(customer) };
}

const both = (id: PaymentMethodId) => ({ isDefault: id, isCharged: id });

const setTopUp = ({ actor }: TestCustomer, settings: typeof topUps | null = topUps) =>
  setAutoTopUp(actor, { currency: "USD", settings, address }, world);

async function expire({ customerId }: TestCustomer, id: PaymentMethodId): Promise<void> {
  await world.owner`
    update payment_methods set exp_year = 2020, exp_month = 1 where customer_id = ${customerId} and id = ${id}`;
}

/** It can be used this month for the last time; then that month is over. */
async function expireAtStripe(stripeId: string): Promise<void> {
  const now = world.clock.now();
  await fetch(`${world.stripeUrl}/v1/payment_methods/${stripeId}`, {
    method: "POST",
    headers: { authorization: `Bearer ${testSecretKey}` },
    body: new URLSearchParams({
      "card[exp_month]": String(now.getUTCMonth() + 1),
      "card[exp_year]": String(now.getUTCFullYear()),
    }),
  });
  await world.control.webhooksIdle();
  await pass(world, 32 * 86_400_000);
}

async function refuseAtBank({ customerId }: TestCustomer, cardId: PaymentMethodId): Promise<void> {
  const refused = { customerId, cardId, code: "lost_card", now: world.clock.now() };
  await transact(world.jobs, { customerId }, ({ sql }) => stopAutoCharges(sql, refused));
}

async function agreedOf({ customerId }: TestCustomer) {
  const rows = await world.owner`
    select payment_method_id as card, purposes[1] as purpose, cap_minor as cap, address from charge_consents
    where customer_id = ${customerId} order by id`;
  return rows.map((row) => ({ ...row }));
}

describe("the card that is charged automatically", () => {
  it("is the default once Autopay is turned on with it", async () => {
    const { customer, mastercard } = await withTwoCards();
    expect(await switchAutoPay(customer.actor, { cardId: mastercard, address }, world)).toMatchObject({
      ok: true,
    });
    expect(await bothOf(customer)).toEqual(both(mastercard));
  });

  it("follows the default, with what was agreed to and who did it", async () => {
    const { customer, visa, mastercard } = await withTwoCards();
    await switchAutoPay(customer.actor, { cardId: visa, address }, world);
    await setTopUp(customer);
    const before = await agreedOf(customer);
    expect(await makeDefaultCard(customer.actor, { cardId: mastercard, address }, world)).toMatchObject({
      ok: true,
    });
    expect(await bothOf(customer)).toEqual(both(mastercard));
    expect((await agreedOf(customer)).slice(before.length)).toEqual([
      { card: mastercard, purpose: "renewals", cap: null, address },
      { card: mastercard, purpose: "top_up", cap: 6000n, address },
    ]);
    const activities = await world.owner`
      select detail, user_id from activities
      where customer_id = ${customer.customerId} and verb = 'default_card_chosen'`;
    expect(activities).toEqual([{ detail: { paymentMethodId: mastercard }, user_id: customer.actor.userId }]);
    // Chosen once more, nothing new is agreed to.
    const agreed = await agreedOf(customer);
    await makeDefaultCard(customer.actor, { cardId: mastercard, address }, world);
    expect(await agreedOf(customer)).toEqual(agreed);
  });

  it("follows it too where only auto top-up is on, for that alone", async () => {
    const { customer, visa, mastercard } = await withTwoCards();
    await setTopUp(customer);
    expect(await bothOf(customer)).toEqual(both(visa));
    await makeDefaultCard(customer.actor, { cardId: mastercard, address }, world);
    expect(await bothOf(customer)).toEqual(both(mastercard));
    expect((await agreedOf(customer)).map(({ card, purpose }) => [card, purpose])).toEqual([
      [visa, "top_up"],
      [mastercard, "top_up"],
    ]);
  });

  it("is agreed to for nothing while all is off", async () => {
    const { customer, visa, mastercard } = await withTwoCards();
    await switchAutoPay(customer.actor, { cardId: visa, address }, world);
    await switchAutoPay(customer.actor, { cardId: null, address }, world);
    const before = await agreedOf(customer);
    await makeDefaultCard(customer.actor, { cardId: mastercard, address }, world);
    expect(await agreedOf(customer)).toEqual(before);
    expect(await showAutoPay(customer.actor, world)).toMatchObject({ isOn: false });
    expect(await defaultOf(customer)).toBe(mastercard);
  });

  it("is the default where auto top-up is set after another card was removed", async () => {
    const { customer, visa, mastercard } = await withTwoCards();
    await switchAutoPay(customer.actor, { cardId: visa, address }, world);
    await switchAutoPay(customer.actor, { cardId: null, address }, world);
    await removeCard(customer.actor, { cardId: visa }, world);
    expect(await setTopUp(customer)).toMatchObject({ ok: true });
    expect(await bothOf(customer)).toEqual(both(mastercard));
  });

  it("goes on with another once its bank gave the old one up", async () => {
    const { customer, visa, mastercard } = await withTwoCards();
    await switchAutoPay(customer.actor, { cardId: visa, address }, world);
    await refuseAtBank(customer, visa);
    expect(await bothOf(customer)).toEqual({ isDefault: visa, isCharged: null });
    await makeDefaultCard(customer.actor, { cardId: mastercard, address }, world);
    expect(await bothOf(customer)).toEqual(both(mastercard));
  });

  it("is no card that has expired: neither default nor charged", async () => {
    const { customer, visa, mastercard } = await withTwoCards();
    await switchAutoPay(customer.actor, { cardId: visa, address }, world);
    await expire(customer, mastercard);
    const refused = { ok: false, refusal: { code: "card_expired", last4: "4444" } };
    expect(await makeDefaultCard(customer.actor, { cardId: mastercard, address }, world)).toEqual(refused);
    expect(await bothOf(customer)).toEqual(both(visa));
    await expire(customer, visa);
    expect(await setTopUp(customer)).toEqual({
      ok: false,
      refusal: { code: "card_expired", last4: "4242" },
    });
  });
});

describe("a card that is saved", () => {
  it.each(["refused", "expired", "removed"])(
    "becomes the default and charged where that was %s",
    async (why) => {
      const customer = await makeCustomer(world);
      const visa = await saveCard(world, customer);
      await saveCard(world, customer, "pm_card_mastercard");
      await world.control.webhooksIdle();
      await switchAutoPay(customer.actor, { cardId: visa.id, address }, world);
      if (why === "refused") await refuseAtBank(customer, visa.id);
      if (why === "removed") await removeCard(customer.actor, { cardId: visa.id }, world);
      if (why === "expired") await expireAtStripe(visa.stripeId);
      const amex = await saveCard(world, customer, "pm_card_amex");
      expect(await bothOf(customer)).toEqual(both(amex.id));
    },
  );

  it.each(["running", "off"])("changes nothing where Autopay is %s", async (how) => {
    const { customer, visa } = await withTwoCards();
    await switchAutoPay(customer.actor, { cardId: visa, address }, world);
    if (how === "off") {
      await refuseAtBank(customer, visa);
      await switchAutoPay(customer.actor, { cardId: null, address }, world);
    }
    await saveCard(world, customer, "pm_card_amex");
    expect(await defaultOf(customer)).toBe(visa);
  });

  it("again stays the default, charged or stopped as it was", async () => {
    const { customer, visa } = await withTwoCards();
    await switchAutoPay(customer.actor, { cardId: visa, address }, world);
    const again = await saveCard(world, customer);
    expect(await bothOf(customer)).toEqual(both(again.id));
    await refuseAtBank(customer, again.id);
    const third = await saveCard(world, customer);
    expect(await bothOf(customer)).toEqual({ isDefault: third.id, isCharged: null });
  });
});

describe("removing the card that is charged", () => {
  it("pauses until its customer says so, though the newest left is the default", async () => {
    const { customer, visa, mastercard } = await withTwoCards();
    await switchAutoPay(customer.actor, { cardId: visa, address }, world);
    const before = await agreedOf(customer);
    await removeCard(customer.actor, { cardId: visa }, world);
    await world.control.webhooksIdle();
    expect(await bothOf(customer)).toEqual({ isDefault: mastercard, isCharged: null });
    expect(await showAutoPay(customer.actor, world)).toMatchObject({
      isOn: true,
      topsUp: false,
      pausedBy: "card_removed",
      card: { last4: "4242" },
    });
    expect(await agreedOf(customer)).toEqual(before);
    // They did it themselves, after the question said what follows: no mail.
    const told = await world.owner`
      select 1 from outbox where customer_id = ${customer.customerId} and topic = 'autopay.stopped'`;
    expect(told).toHaveLength(0);
    await switchAutoPay(customer.actor, { cardId: mastercard, address }, world);
    expect(await bothOf(customer)).toEqual(both(mastercard));
  });

  it("leaves what is charged where another one goes", async () => {
    const { customer, visa, mastercard } = await withTwoCards();
    await switchAutoPay(customer.actor, { cardId: visa, address }, world);
    await removeCard(customer.actor, { cardId: mastercard }, world);
    expect(await bothOf(customer)).toEqual(both(visa));
  });

  it("is not undone by its bank's renewal, though it had been stopped as expired", async () => {
    const { customer, visa, mastercard } = await withTwoCards();
    await switchAutoPay(customer.actor, { cardId: visa, address }, world);
    await world.owner`
      update auto_charges set stopped_at = now(), stopped_code = 'expired_card'
      where customer_id = ${customer.customerId}`;
    await removeCard(customer.actor, { cardId: visa }, world);
    expect(await bothOf(customer)).toEqual({ isDefault: mastercard, isCharged: null });
    expect(await showAutoPay(customer.actor, world)).toMatchObject({ pausedBy: "card_removed" });
  });
});

describe("one choice, not two", () => {
  it("is kept by the database", async () => {
    const { customer, visa, mastercard } = await withTwoCards();
    await switchAutoPay(customer.actor, { cardId: visa, address }, world);
    const { customerId } = customer;
    await expect(world.owner`
      update auto_charges set payment_method_id = ${mastercard} where customer_id = ${customerId}`).rejects.toThrow(
      "auto_charges_default_fk",
    );
    await expect(world.owner`
      update payment_methods set is_default = false where customer_id = ${customerId}`).rejects.toThrow(
      "auto_charges_default_fk",
    );
  });

  it("holds however clicks, Stripe's news and refusals cross", async () => {
    const act = fc.constantFrom("default", "on", "off", "topUp", "topUpOff", "save", "remove", "refuse");
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: 6 }), fc.nat(), async (acts, seed) => {
        const { customer, visa, mastercard } = await withTwoCards();
        await switchAutoPay(customer.actor, { cardId: visa, address }, world);
        const { actor } = customer;
        await Promise.all(
          ["default", ...acts].map((what, at) => {
            const cardId = (seed + at) % 3 ? mastercard : visa;
            if (what === "default") return makeDefaultCard(actor, { cardId, address }, world);
            if (what === "on") return switchAutoPay(actor, { cardId, address }, world);
            if (what === "off") return switchAutoPay(actor, { cardId: null, address }, world);
            if (what === "topUp") return setTopUp(customer);
            if (what === "topUpOff") return setTopUp(customer, null);
            if (what === "save")
              return saveCard(world, customer, (seed + at) % 2 ? "pm_card_amex" : "pm_card_visa");
            return what === "remove" ? removeCard(actor, { cardId }, world) : refuseAtBank(customer, cardId);
          }),
        );
        await world.control.webhooksIdle();
        const { isDefault, isCharged } = await bothOf(customer);
        if (isCharged) expect(isCharged).toBe(isDefault);
        const [asked] = await world.owner`
          select 1 from auto_charges a where a.customer_id = ${customer.customerId} and a.stopped_at is null
            and (a.pays_invoices or exists (
              select from auto_top_ups t where t.customer_id = a.customer_id and t.is_on))
            and not exists (select from payment_methods m where m.customer_id = a.customer_id
              and m.id = a.payment_method_id and m.is_default and m.detached_at is null)`;
        expect(asked).toBeUndefined();
      }),
      { numRuns: 12 },
    );
  });
});
