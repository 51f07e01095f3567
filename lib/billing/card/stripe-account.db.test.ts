import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { closeTask } from "@/lib/admin/close-task";
import { confirmStripeAccount } from "@/lib/admin/confirm-stripe-account";
import type { StaffActor } from "@/lib/admin/shapes";
import { removeCard } from "@/lib/portal/change-cards";
import { startSandbox } from "@/lib/sandbox/server";
import { makeActiveService, makeCustomer, makePlan, type TestCustomer } from "@/lib/testing/fixtures";
import { expectBooksBalance } from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { makeStaff } from "@/lib/testing/staff";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { turnOnAutoPay } from "@/lib/testing/turn-on-auto-pay";
import { localGateway, testSecretKey } from "@/lib/testing/world";
import { chargeDue } from "../auto-pay/charge-due";
import { topUpLow } from "../auto-pay/top-up-low";
import { houseCustomerId } from "../house";
import { ensureStripeCustomer } from "../payment/ensure-stripe-customer";
import { runRenewals } from "../renewal/run-renewals";
import { forgetIfGone } from "./forget-customer";
import { loseIfDetached, pickUpCard } from "./pick-up-cards";
import { accountStanding } from "./stripe-account";

const day = 86_400_000;

let world: StripeWorld;
/** The same portal with the keys of another account, where nobody is known. */
let elsewhere: StripeWorld;
let other: Awaited<ReturnType<typeof startSandbox>>;
let admin: StaffActor;

beforeAll(async () => {
  world = await openStripeWorld();
  other = await startSandbox({ secretKey: testSecretKey, clock: world.clock, accountId: "acct_other" });
  elsewhere = seenBy(world, { gateway: localGateway(other.url, { timeoutMs: 30_000 }) });
  admin = await makeStaff(world, "admin");
});

/** The host is back under its own keys. */
afterEach(async () => {
  await calm(world);
  if ((await accountStanding(world)) === "other") await answer("acct_local");
  await expectBooksBalance(world, { full: true });
  await world.owner`update customers set closed_at = now() where not is_house`;
});

afterAll(async () => {
  await other.close();
  await world.close();
});

interface Saved extends TestCustomer {
  card: { id: string; stripeId: string };
  stripeCustomerId: string;
}

async function withCard(): Promise<Saved> {
  const customer = await makeCustomer(world);
  const card = await saveCard(world, customer);
  const [row] = await world.owner`select stripe_customer_id from customers where id = ${customer.customerId}`;
  return { ...customer, card, stripeCustomerId: row?.stripe_customer_id };
}

/** Autopay is on, and a renewal of 1000 is charged tomorrow. */
async function renewing(): Promise<Saved> {
  const customer = await withCard();
  const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
  await turnOnAutoPay(world, customer, customer.card.id as never);
  const [service] = await world.owner`select expires_at from services where id = ${serviceId}`;
  await pass(world, service?.expires_at.getTime() - 7 * day - world.clock.now().getTime());
  await runRenewals(world);
  return customer;
}

async function cardsOf({ customerId }: TestCustomer) {
  const rows = await world.owner`
    select detached_at is null as is_there from payment_methods where customer_id = ${customerId} order by id`;
  return rows.map(({ is_there }) => (is_there ? "there" : "gone"));
}

async function toldOf({ customerId }: TestCustomer): Promise<string[]> {
  const rows = await world.owner`
    select topic from outbox where customer_id = ${customerId} and topic like 'autopay.%' order by id`;
  return rows.map((row) => row.topic);
}

async function questions() {
  const rows = await world.owner`
    select id, detail->>'accountId' as account from tasks
    where customer_id = ${houseCustomerId} and kind = 'stripe_account_changed' and done_at is null`;
  return rows.map((row) => ({ id: row.id, account: row.account as string }));
}

function answer(accountId: string) {
  return confirmStripeAccount(admin, { accountId, mode: "test" }, world);
}

describe("under the keys of another account", () => {
  it("a night charges nobody, forgets no card and asks staff once; the right keys charge all", async () => {
    const customers: Saved[] = [];
    for (let i = 0; i < 3; i += 1) customers.push(await renewing());
    await pass(world, 6 * day);
    for (let i = 0; i < 3; i += 1) {
      expect(await chargeDue(elsewhere)).toEqual({ charged: 0, paid: 0, parked: 0 });
      expect(await topUpLow(elsewhere)).toBe(0);
    }
    expect(await questions()).toMatchObject([{ account: "acct_other" }]);
    expect(await chargeDue(world)).toMatchObject({ charged: 3 });
    expect(await questions()).toEqual([]);
    for (const customer of customers) {
      expect(await cardsOf(customer)).toEqual(["there"]);
      expect(await toldOf(customer)).toEqual([]);
      const paid = await world.owner`
        select 1 from invoices where customer_id = ${customer.customerId} and state = 'paid' and origin = 'renewal'`;
      expect(paid).toHaveLength(1);
    }
  });

  it("what is missing there is not gone: customer, card, and card that is charged", async () => {
    const { customerId, card, stripeCustomerId, ...rest } = await withCard();
    expect(await forgetIfGone(elsewhere, customerId, stripeCustomerId)).toBe("unknown");
    expect(await pickUpCard(elsewhere, card.stripeId)).toEqual({ kind: "unknown", reason: "other_account" });
    const charged = { customerId, stripeCustomerId, stripePaymentMethodId: card.stripeId };
    expect(await loseIfDetached(elsewhere, charged)).toBe("unknown");
    expect(await cardsOf({ customerId, ...rest })).toEqual(["there"]);
  });

  it("many at once put one question there", async () => {
    const seen = await Promise.all(Array.from({ length: 10 }, () => accountStanding(elsewhere)));
    expect(new Set(seen)).toEqual(new Set(["other"]));
    expect(await questions()).toHaveLength(1);
    const back = await Promise.all(Array.from({ length: 10 }, () => accountStanding(world)));
    expect(new Set(back)).toEqual(new Set(["ours"]));
    expect(await questions()).toEqual([]);
  });

  it("a Stripe that does not answer says nothing of the account, and is no reason to ask", async () => {
    await other.close();
    expect(await accountStanding(elsewhere)).toBe("unknown");
    expect(await questions()).toEqual([]);
    other = await startSandbox({ secretKey: testSecretKey, clock: world.clock, accountId: "acct_other" });
    elsewhere = seenBy(world, { gateway: localGateway(other.url, { timeoutMs: 30_000 }) });
  });
});

describe("the question whether the change is meant", () => {
  it("is answered by one admin of several, and recorded with both accounts", async () => {
    await accountStanding(elsewhere);
    const answers = await Promise.all(Array.from({ length: 5 }, () => answer("acct_other")));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers).toContainEqual({ ok: false, refusal: { code: "account_not_asked" } });
    expect(await accountStanding(elsewhere)).toBe("ours");
    expect(await accountStanding(world)).toBe("other");
    const [told] = await world.owner`
      select user_id, detail from activities where verb = 'stripe_account_confirmed' order by id desc limit 1`;
    expect(told).toEqual({
      user_id: admin.userId,
      detail: { from: "acct_local", fromMode: "test", to: "acct_other", toMode: "test" },
    });
  });

  it("is answered by admins alone, for the account that was asked about, and not closed away", async () => {
    await accountStanding(elsewhere);
    const [question] = await questions();
    for (const role of ["auditor", "support", "finance"] as const) {
      const actor = await makeStaff(world, role);
      const answered = await confirmStripeAccount(actor, { accountId: "acct_other", mode: "test" }, world);
      expect(answered).toEqual({ ok: false, refusal: { code: "not_allowed" } });
    }
    expect(await answer("acct_third")).toEqual({ ok: false, refusal: { code: "account_not_asked" } });
    const live = await confirmStripeAccount(admin, { accountId: "acct_other", mode: "live" }, world);
    expect(live).toEqual({ ok: false, refusal: { code: "account_not_asked" } });
    const closed = await closeTask(admin, { customerId: houseCustomerId, taskId: question?.id }, world);
    expect(closed).toEqual({ ok: false, refusal: { code: "task_ends_by_itself" } });
    expect(await questions()).toHaveLength(1);
  });
});

describe("after a change that was meant", () => {
  it("what the new account does not know is gone; back under the old one, customer and card are there again", async () => {
    const customer = await renewing();
    const { customerId, card, stripeCustomerId } = customer;
    await accountStanding(elsewhere);
    expect(await answer("acct_other")).toEqual({ ok: true, value: undefined });
    expect(await forgetIfGone(elsewhere, customerId, stripeCustomerId)).toBe("gone");
    expect(await cardsOf(customer)).toEqual(["gone"]);
    expect(await toldOf(customer)).toEqual(["autopay.stopped"]);
    const anew = await ensureStripeCustomer(elsewhere, customerId, async () => true);
    expect(anew).toMatchObject({ kind: "known" });
    expect(anew).not.toMatchObject({ stripeCustomerId });

    await accountStanding(world);
    expect(await answer("acct_local")).toMatchObject({ ok: true });
    const strange = anew.kind === "known" ? anew.stripeCustomerId : "";
    expect(await forgetIfGone(world, customerId, strange)).toBe("gone");
    const again = await ensureStripeCustomer(world, customerId, async () => true);
    expect(again).toEqual({ kind: "known", stripeCustomerId });
    expect(await cardsOf(customer)).toEqual(["there"]);
    const [kept] = await world.owner`
      select m.id, m.is_default, a.stopped_code from payment_methods m join auto_charges a using (customer_id)
      where m.customer_id = ${customerId}`;
    // Its owner was told that Autopay stopped: they turn it on again, or do not.
    expect(kept).toEqual({ id: card.id, is_default: true, stopped_code: "card_removed" });
  });

  it("a card that its customer removed before stays removed", async () => {
    const customer = await withCard();
    const { customerId, card, stripeCustomerId, actor } = customer;
    const second = await saveCard(world, customer, "pm_card_mastercard");
    expect(await removeCard(actor, { cardId: second.id }, world)).toMatchObject({ ok: true });
    await accountStanding(elsewhere);
    await answer("acct_other");
    await forgetIfGone(elsewhere, customerId, stripeCustomerId);
    await accountStanding(world);
    await answer("acct_local");
    expect(await ensureStripeCustomer(world, customerId, async () => true)).toMatchObject({
      stripeCustomerId,
    });
    const rows = await world.owner`
      select id from payment_methods where customer_id = ${customerId} and detached_at is null`;
    expect(rows.map((row) => row.id)).toEqual([card.id]);
  });
});
