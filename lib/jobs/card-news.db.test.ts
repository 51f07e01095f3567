import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import { chargeDue } from "@/lib/billing/auto-pay/charge-due";
import { autoChargeCard } from "@/lib/billing/card/auto-charge-card";
import { openPayLink, readAnyPayLink } from "@/lib/billing/payment/mailed-pay-link";
import { settleRefund } from "@/lib/billing/refund/settle-refund";
import { startRefund } from "@/lib/billing/refund/start-refund";
import { announceExpiringCards } from "@/lib/billing/reminder/announce-cards";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import type { PaymentMethodId } from "@/lib/kernel/id";
import { createMailer } from "@/lib/mail/mailer";
import { showAutoPay } from "@/lib/portal/auto-pay";
import { makeDefaultCard } from "@/lib/portal/change-cards";
import { payFromBalance } from "@/lib/portal/pay";
import { type Mailbox, startMailbox } from "@/lib/sandbox/mailbox/mailbox";
import { refundWish, toppedUp } from "@/lib/testing/charged";
import {
  balancePlan,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld, untilCaptured } from "@/lib/testing/stripe-world";
import { turnOnAutoPay } from "@/lib/testing/turn-on-auto-pay";
import { deliverOutbox } from "./deliver-outbox";

const host = { name: "Ducky Cloud", url: "http://127.0.0.1:3000" };
const day = 86_400_000;

let world: StripeWorld;
let mailbox: Mailbox;

beforeAll(async () => {
  [world, mailbox] = await Promise.all([openStripeWorld(), startMailbox({})]);
});

afterEach(async () => {
  await calm(world);
  // The clock goes on to what others wait for: nobody of before hears of it.
  await world.owner`update customers set closed_at = now() where not is_house`;
});

afterAll(async () => {
  await world.close();
  await mailbox.close();
});

/** What the outbox has the customer sent now, the newest first. */
async function mailsTo({ actor }: TestCustomer) {
  const mailer = createMailer({ smtpUrl: mailbox.smtpUrl, mailFrom: "Ducky Cloud <billing@ducky.example>" });
  await deliverOutbox({ world, mailer, host }, 1000);
  return mailbox.messages().filter((mail) => JSON.stringify(mail).includes(actor.userId));
}

async function subjectsTo(customer: TestCustomer): Promise<string[]> {
  return (await mailsTo(customer)).map(({ subject }) => subject);
}

/** A customer whose card is charged by itself and can be used until so many months from this one. */
async function withCard(monthsAhead: number) {
  const customer = await makeCustomer(world);
  const card = await saveCard(world, customer);
  // Its event says once more what Stripe knows of it.
  await world.control.webhooksIdle();
  await turnOnAutoPay(world, customer, card.id);
  await expireIn(customer, card.id, monthsAhead);
  return { customer, card };
}

/** What the day's pass does of it, by several workers at once, on a day of its own. */
async function announce(): Promise<void> {
  await pass(world, day);
  await Promise.all([1, 2, 3].map(() => announceExpiringCards(world)));
  const now = world.clock.now();
  await world.owner`
    insert into job_runs (name, every_seconds, started_at, ended_at) values ('reminders of the day', 86400, ${now}, ${now})
    on conflict (name) do update set started_at = excluded.started_at, ended_at = excluded.ended_at`;
}

async function expireIn({ customerId }: TestCustomer, id: PaymentMethodId, monthsAhead: number) {
  const now = world.clock.now();
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + monthsAhead, 1));
  await world.owner`
    update payment_methods set exp_month = ${month.getUTCMonth() + 1}, exp_year = ${month.getUTCFullYear()}
    where customer_id = ${customerId} and id = ${id}`;
}

describe("a card about to expire", () => {
  it("is announced once by mail and in the inbox, with a link to the payment methods, whoever looks at once", async () => {
    const { customer } = await withCard(0);
    await announce();
    const [mail, ...others] = await mailsTo(customer);
    expect(others).toEqual([]);
    expect(mail?.subject).toMatch(/^Your card ending in 4242 expires on \d+ \w+ 20\d\d$/);
    expect(mail?.text).toContain(`${host.url}/payment-methods`);
    const notices = await world.owner`
      select subject, link, state from notices where customer_id = ${customer.customerId}`;
    expect(notices).toEqual([{ subject: mail?.subject, link: `${host.url}/payment-methods`, state: "sent" }]);
    expect(await announceExpiringCards(world)).toBe(0);
  });

  it("is announced anew for the month that its bank gave it", async () => {
    const { customer, card } = await withCard(0);
    await announce();
    await expireIn(customer, card.id, 12);
    // Renewed before the mail went out: there is nothing to say.
    expect(await subjectsTo(customer)).toEqual([]);
    await expireIn(customer, card.id, -1);
    await announce();
    expect(await subjectsTo(customer)).toEqual([
      expect.stringMatching(/^Your card ending in 4242 has expired on/),
    ]);
  });

  it("offers their other card, which nobody charges until its customer says so", async () => {
    const { customer, card } = await withCard(0);
    await announce();
    expect(await mailsTo(customer)).toMatchObject([{ text: expect.not.stringContaining("You also saved") }]);
    await pass(world, 1000);
    const newer = await saveCard(world, customer, "pm_card_mastercard");
    // Saving one reads what Stripe knows of the others too.
    await world.control.webhooksIdle();
    await expireIn(customer, card.id, 0);
    const isNear = { card: { id: card.id }, pausedBy: null, lastDay: expect.stringMatching(/^20/) };
    expect(await showAutoPay(customer.actor, world)).toMatchObject(isNear);
    // Told once of that month; when it is over, and the other card is there, once more.
    expect(await announceExpiringCards(world)).toBe(0);
    await pass(world, 31 * day);
    await announce();
    expect(await announceExpiringCards(world)).toBe(0);
    const [mail, ...others] = await mailsTo(customer);
    expect(others).toHaveLength(1);
    expect(mail?.subject).toMatch(/^Your card ending in 4242 has expired on/);
    expect(mail?.text).toContain(
      "You also saved a card ending in 4444. It isn't charged automatically unless you choose it",
    );
    expect(mail?.text).toContain(`${host.url}/payment-methods`);
    const charged = async () =>
      transact(world.jobs, { customerId: customer.customerId }, ({ sql }) =>
        autoChargeCard(sql, customer.customerId, { now: world.clock.now(), timeZone: world.timeZone }),
      );
    expect(await showAutoPay(customer.actor, world)).toMatchObject({ pausedBy: "card_expired" });
    expect(await charged()).toBeNull();
    expect(await makeDefaultCard(customer.actor, { cardId: newer.id }, world)).toMatchObject({ ok: true });
    expect(await showAutoPay(customer.actor, world)).toMatchObject({
      card: { id: newer.id },
      pausedBy: null,
    });
    expect(await charged()).toMatchObject({ card: { id: newer.id } });
  });

  it("goes on by itself once its bank renews it, if it was stopped as expired and for nothing else", async () => {
    const { customer, card } = await withCard(0);
    const stop = (code: string) => world.owner`
      update auto_charges set stopped_at = now(), stopped_code = ${code} where customer_id = ${customer.customerId}`;
    const renewed = async () => {
      await world.control.renewCard(card.stripeId);
      await world.control.webhooksIdle();
      return (await showAutoPay(customer.actor, world)).pausedBy;
    };
    await stop("lost_card");
    expect(await renewed()).toBe("card_refused");
    await stop("expired_card");
    expect(await renewed()).toBeNull();
  });

  it("is not announced while there is time, or where nothing charges it", async () => {
    await withCard(3);
    const { customer: off } = await withCard(0);
    await world.owner`update auto_charges set pays_invoices = false where customer_id = ${off.customerId}`;
    // Given up by its bank it is charged no more, and was told of when that happened.
    const { customer: stopped } = await withCard(0);
    await world.owner`
      update auto_charges set stopped_at = ${world.clock.now()}, stopped_code = 'lost_card'
      where customer_id = ${stopped.customerId}`;
    expect(await announceExpiringCards(world)).toBe(0);
    // Charged for top-ups alone, it is in use.
    await world.owner`
      insert into auto_top_ups (customer_id, currency, is_on, threshold_minor, amount_minor, monthly_cap_minor, user_id, changed_at)
      values (${off.customerId}, 'USD', true, 1000, 1000, 1000, ${off.actor.userId}, ${world.clock.now()})`;
    expect(await announceExpiringCards(world)).toBe(1);
  });
});

/** A renewal of 10.00 with auto-pay on, on the day on which its card is charged; it was, and declined. */
async function declined(token: string): Promise<TestCustomer> {
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
  const card = await saveCard(world, customer, token);
  await turnOnAutoPay(world, customer, card.id);
  const [service] = await world.owner`select expires_at from services where id = ${serviceId}`;
  const untilLead = service?.expires_at.getTime() - 7 * day - world.clock.now().getTime();
  await pass(world, untilLead);
  await runRenewals(world);
  expect(await subjectsTo(customer)).toEqual([]);
  await pass(world, 6 * day);
  await chargeDue(world);
  return customer;
}

describe("auto-pay that did not go through", () => {
  it("is written of with the day of the next attempt, and two ways to pay at once", async () => {
    const customer = await declined("pm_card_chargeCustomerFail");
    const [mail, ...others] = await mailsTo(customer);
    expect(others).toEqual([]);
    expect(mail?.subject).toMatch(/^We could not charge your card \$10\.00 for INV-\S+$/);
    expect(mail?.text).toMatch(/Nothing was taken\. We try again on \d+ \w+ 20\d\d/);
    expect(mail?.text).toContain(`${host.url}/payment-methods`);
    expect(mail?.text).toMatch(/Pay \$10\.00: http\S+\/pay\/\S+/);
  });

  it("leads to where the bank can ask, when it wants the customer to confirm", async () => {
    const customer = await declined("pm_card_authenticationRequired");
    const [mail, ...others] = await mailsTo(customer);
    expect(others).toEqual([]);
    expect(mail?.text).toContain("Your bank wants you to confirm the charge of $10.00");
    const [, number] = /\/invoices\/(INV-[\w-]+)\n/.exec(mail?.text ?? "") ?? [];
    const [, token = ""] = /Pay \$10\.00: http\S+\/pay\/(\S+)/.exec(mail?.text ?? "") ?? [];
    const [invoice] = await world.owner`
      select id, number from invoices where customer_id = ${customer.customerId} and origin = 'renewal'`;
    expect(number).toBe(invoice?.number);
    const link = readAnyPayLink(world.payLinkKey, token);
    const { customerId } = customer;
    const opened = link && (await transact(world.app, { customerId }, ({ sql }) => openPayLink(sql, link)));
    expect(opened).toEqual({ invoiceIds: [invoice?.id], mayUseBalance: true });
  });
});

async function disputed(stripeChargeId: string): Promise<string> {
  const { id } = await world.control.dispute(stripeChargeId);
  await world.control.webhooksIdle();
  return id;
}

async function closed(id: string, outcome: "won" | "lost"): Promise<void> {
  await world.control.closeDispute(id, outcome);
  await world.control.webhooksIdle();
}

describe("money that goes back", () => {
  it("is written of when it is sent to the card, and when the bank does not take it", async () => {
    const customer = await makeCustomer(world);
    const charge = await toppedUp(world, customer, 5000n);
    const started = await startRefund(world, world.staff, await refundWish(world, charge, 2000n));
    if (!started.ok) throw new Error(started.refusal.code);
    await settleRefund(world, started.value);
    expect(await subjectsTo(customer)).toEqual([
      "$20.00 is on its way back to your card",
      "Received: $50.00 for your balance",
    ]);
    const [refund] = await world.owner`
      select stripe_refund_id from refunds where customer_id = ${customer.customerId}`;
    await world.control.settleRefund(refund?.stripe_refund_id, "fails");
    await world.control.webhooksIdle();
    const [mail] = await mailsTo(customer);
    expect(mail?.subject).toBe("Your refund of $20.00 did not arrive");
    expect(mail?.text).toContain("$20.00 is on your balance again");
  });

  it("is written of when it could not be sent, and no bank is named", async () => {
    const customer = await makeCustomer(world);
    const charge = await toppedUp(world, customer, 5000n);
    await world.control.dashboard({ refundsLackFunds: true });
    const started = await startRefund(world, world.staff, await refundWish(world, charge, 2000n));
    if (!started.ok) throw new Error(started.refusal.code);
    await settleRefund(world, started.value);
    await world.control.dashboard({ refundsLackFunds: false });
    expect(await subjectsTo(customer)).toEqual(["Received: $50.00 for your balance"]);
    const [refund] = await world.owner`
      select stripe_refund_id from refunds where customer_id = ${customer.customerId}`;
    await world.control.settleRefund(refund?.stripe_refund_id, "fails");
    await world.control.webhooksIdle();
    const [mail] = await mailsTo(customer);
    expect(mail?.text).toContain("We could not send the $20.00 back to your card");
    expect(mail?.text).toContain("$20.00 is on your balance again");
    expect(mail?.text).not.toContain("Your bank");
  });

  it("is written of when a bank asks it back, and when it decides for us", async () => {
    const customer = await makeCustomer(world);
    const { stripeChargeId } = await toppedUp(world, customer, 5000n);
    const id = await disputed(stripeChargeId);
    const [asked] = await mailsTo(customer);
    expect(asked?.subject).toBe("Your bank is asking back your payment of $50.00");
    expect(asked?.text).toContain("$50.00 of your balance is held");
    await closed(id, "won");
    expect((await subjectsTo(customer))[0]).toBe("Your payment of $50.00 stands");
  });

  it("is written of when it is lost, with what is owed of it; and when an appeal wins it, with what came back", async () => {
    const customer = await makeCustomer(world);
    const { stripeChargeId } = await toppedUp(world, customer, 5000n);
    const invoice = await makeInvoice(world, customer, 3000n);
    await payFromBalance(customer.actor, balancePlan(world, [invoice.id], 3000n), world);
    const id = await disputed(stripeChargeId);
    await closed(id, "lost");
    const [mail] = await mailsTo(customer);
    expect(mail?.subject).toBe("Your bank keeps your payment of $50.00");
    expect(mail?.text).toContain("$20.00 was taken from your balance.");
    expect(mail?.text).toContain("$30.00 of it was spent already: it is owed");
    await world.control.appealDispute(id);
    await closed(id, "won");
    const [after] = await mailsTo(customer);
    expect(after?.subject).toBe("Your payment of $50.00 stands");
    expect(after?.text).toContain(
      "$50.00 came back to your balance; what you still owed of it is paid from that",
    );
    expect(after?.text).not.toContain("What was held");
  });

  it("is written of when it is lost in part, with what the bank keeps and not with all of it", async () => {
    const customer = await makeCustomer(world);
    const { stripeChargeId } = await toppedUp(world, customer, 5000n);
    const id = await disputed(stripeChargeId);
    await world.control.moveDispute(id, { reinstates: 3000 });
    await untilCaptured(world);
    await closed(id, "lost");
    const [mail] = await mailsTo(customer);
    expect(mail?.subject).toBe("Your bank keeps $20.00 of your payment of $50.00");
    expect(mail?.text).toContain("give you back $20.00 of your contested card payment of $50.00");
    expect(mail?.text).toContain("$20.00 was taken from your balance.");
  });
});
