import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { consentTextVersion } from "@/lib/billing/auto-pay/charge-consent";
import { newId } from "@/lib/kernel/id";
import { makeCustomer, makeInvoice, plan } from "@/lib/testing/fixtures";
import { saveCard } from "@/lib/testing/saved-cards";
import { openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { addCard } from "./add-card";
import { switchAutoPay } from "./auto-pay";
import { setAutoTopUp } from "./auto-top-up";
import { payDirect } from "./pay";
import { topUp } from "./top-up";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterAll(() => world.close());

async function consents(customerId: string) {
  const rows = await world.owner`
    select text_version, purposes, cap_minor, currency, payment_method_id, user_id, address, agreed_at
    from charge_consents where customer_id = ${customerId} order by id`;
  return rows.map((row) => ({ ...row }));
}

describe("what a customer agreed to when a card may be charged while they are away", () => {
  it("is kept with its wording, purpose, cap, time and address, each time they turn it on", async () => {
    const customer = await makeCustomer(world);
    const { id } = await saveCard(world, customer);
    const address = "203.0.113.9";
    await switchAutoPay(customer.actor, { cardId: id, address }, world);
    await switchAutoPay(customer.actor, { cardId: null, address }, world);
    const settings = { threshold: "5", amount: "20", monthlyCap: "60" };
    await setAutoTopUp(customer.actor, { currency: "USD", settings, address }, world);
    await setAutoTopUp(customer.actor, { currency: "USD", settings: null, address }, world);
    const both = {
      text_version: consentTextVersion,
      currency: "USD",
      payment_method_id: id,
      user_id: customer.actor.userId,
      address,
      agreed_at: world.clock.now(),
    };
    expect(await consents(customer.customerId)).toEqual([
      { ...both, purposes: ["renewals"], cap_minor: null },
      { ...both, purposes: ["top_up"], cap_minor: 6000n },
    ]);
  });

  it("is kept when a card is saved on paying, topping up or by itself, once each", async () => {
    const customer = await makeCustomer(world);
    const address = "203.0.113.9";
    const choice = { savesCard: true, address };
    const { id } = await makeInvoice(world, customer, 2000n);
    const input = { ...plan(world, [id], { cardMinor: 2000n }), ...choice };
    const wish = { paymentId: newId(), currency: "USD", amount: "20", ...choice };
    const formId = newId();
    for (let times = 0; times < 2; times++) {
      expect(await payDirect(customer.actor, input, world)).toMatchObject({ ok: true });
      expect(await topUp(customer.actor, wish, world)).toMatchObject({ ok: true });
      expect(await addCard(customer.actor, { formId, address }, world)).toMatchObject({ ok: true });
    }
    const kept = {
      ...{ text_version: consentTextVersion, purposes: ["card_on_file"], cap_minor: null, currency: "USD" },
      ...{ payment_method_id: null, user_id: customer.actor.userId, address, agreed_at: world.clock.now() },
    };
    expect(await consents(customer.customerId)).toEqual([kept, kept, kept]);
    const rows = await world.owner`
      select payment_id from charge_consents where customer_id = ${customer.customerId}`;
    expect(new Set(rows.map((row) => row.payment_id))).toEqual(
      new Set([input.paymentId, wish.paymentId, null]),
    );
  });

  it("is not kept where a card is not to be saved", async () => {
    const customer = await makeCustomer(world);
    const { id } = await makeInvoice(world, customer, 2000n);
    expect(await payDirect(customer.actor, plan(world, [id], { cardMinor: 2000n }), world)).toMatchObject({
      ok: true,
    });
    expect(await consents(customer.customerId)).toEqual([]);
  });

  it("is not kept for what was refused", async () => {
    const customer = await makeCustomer(world);
    const settings = { threshold: "5", amount: "20", monthlyCap: "60" };
    await setAutoTopUp(customer.actor, { currency: "USD", settings, address: null }, world);
    expect(await consents(customer.customerId)).toEqual([]);
  });
});
