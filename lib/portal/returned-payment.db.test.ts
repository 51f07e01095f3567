import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTopUpsMost } from "@/lib/billing/payment/start-top-up";
import { newId, type PaymentId } from "@/lib/kernel/id";
import { makeCustomer, type TestCustomer } from "@/lib/testing/fixtures";
import { openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { addCard, pickUpSavedCard } from "./add-card";
import { abandonPayment } from "./pay";
import { returnedPayment } from "./returned-payment";
import { topUp } from "./top-up";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});
afterAll(() => world.close());

const at = (last: number) => ({ address: `198.51.100.${last}`, others: [] });
const asked = async () => (await world.control.requests()).length;

function toppedUp(customer: TestCustomer) {
  const paymentId = newId<PaymentId>(world.clock);
  return topUp(customer.actor, { paymentId, currency: "USD", amount: "20.00" }, world);
}

async function openTopUp(customer: TestCustomer): Promise<PaymentId> {
  const started = await toppedUp(customer);
  if (!started.ok || started.value.kind !== "redirect") throw new Error("a page is open");
  return started.value.paymentId;
}

async function sessionOf(paymentId: PaymentId): Promise<string> {
  const [row] = await world.jobs.sql`select stripe_session_id as id from payments where id = ${paymentId}`;
  return row?.id;
}

describe("the page to which Stripe sends people back", () => {
  it("loaded sixty times at once, also signed out, asks Stripe about the payment five times at most", async () => {
    const customer = await makeCustomer(world);
    const paymentId = await openTopUp(customer);
    const before = await asked();
    const loads = Array.from({ length: 60 }, (_, load) => {
      const actor = load % 2 === 0 ? null : customer.actor;
      return returnedPayment({ paymentId, actor, ...at(1) }, world);
    });
    const outcomes = await Promise.all(loads);
    expect((await asked()) - before).toBeLessThanOrEqual(5);
    expect(outcomes.filter(({ isAsked }) => isAsked)).toHaveLength(5);
  });

  it("says that it is being confirmed, not that nothing was taken, while it may not ask", async () => {
    const customer = await makeCustomer(world);
    const paymentId = await openTopUp(customer);
    const look = () => returnedPayment({ paymentId, actor: customer.actor, ...at(2) }, world);
    for (let load = 0; load < 5; load += 1) {
      expect((await look()).outcome).toMatchObject({ kind: "nothing_taken" });
    }
    await world.control.dropWebhooks();
    await world.control.pay(await sessionOf(paymentId));
    expect((await look()).outcome).toMatchObject({ kind: "confirming" });
  });

  it("asks about many payments no further for one address, and shows what was paid all the same", async () => {
    const customer = await makeCustomer(world);
    const paymentId = await openTopUp(customer);
    await world.control.pay(await sessionOf(paymentId));
    const visit = { paymentId, actor: customer.actor, ...at(3) };
    expect((await returnedPayment(visit, world)).outcome).toMatchObject({ kind: "paid" });
    const open = await openTopUp(customer);
    const limits = {
      take: async (limit: string) =>
        limit === "returnAddress"
          ? ({ ok: false, refusal: { code: "too_many_attempts", retryAfterSeconds: 1 } } as const)
          : ({ ok: true, value: undefined } as const),
      giveBack: async () => {},
      clear: async () => {},
    };
    const before = await asked();
    const other = await returnedPayment({ ...visit, paymentId: open }, world, limits);
    expect(other).toMatchObject({ outcome: { kind: "confirming" }, isAsked: false });
    expect((await returnedPayment(visit, world, limits)).outcome).toMatchObject({ kind: "paid" });
    expect(await asked()).toBe(before);
  });

  it("knows the payment of another customer that the person belongs to", async () => {
    const [customer, other] = [await makeCustomer(world), await makeCustomer(world)];
    const { userId } = customer.actor;
    await world.staff.sql`
      insert into memberships (customer_id, user_id, role, created_at)
      values (${other.customerId}, ${userId}, 'owner', ${world.clock.now()})`;
    const paymentId = await openTopUp(other);
    const visit = { paymentId, actor: customer.actor, address: "198.51.100.4" };
    const found = await returnedPayment({ ...visit, others: [other.customerId] }, world);
    expect(found).toMatchObject({ outcome: { kind: "nothing_taken" }, isOther: true });
    expect(await returnedPayment({ ...visit, others: [] }, world)).toMatchObject({
      outcome: null,
      isOther: false,
    });
  });
});

describe("pages of Stripe's that one customer has open", () => {
  it("are five for topping up, of forty clicks at once; one that was canceled makes room", async () => {
    const customer = await makeCustomer(world);
    const answers = await Promise.all(Array.from({ length: 40 }, () => toppedUp(customer)));
    const refusals = answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal]));
    expect(refusals).toHaveLength(40 - openTopUpsMost);
    expect(refusals).toContainEqual({ code: "too_many_top_ups", most: openTopUpsMost });
    const open = answers.find((answer) => answer.ok);
    if (open?.value.kind !== "redirect") throw new Error("a page is open");
    await abandonPayment(customer.actor, { paymentId: open.value.paymentId }, world);
    expect(await toppedUp(customer)).toMatchObject({ ok: true });
    expect(await toppedUp(customer)).toMatchObject({ refusal: { code: "too_many_top_ups" } });
    expect(await toppedUp(await makeCustomer(world))).toMatchObject({ ok: true });
  });

  it("are ten an hour for saving a card, and looking for what was saved is bounded as well", async () => {
    const customer = await makeCustomer(world);
    const add = () => addCard(customer.actor, { formId: newId(world.clock) }, world);
    const answers = await Promise.all(Array.from({ length: 14 }, add));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(10);
    expect(await add()).toMatchObject({ refusal: { code: "too_many_card_pages" } });
    const viewer = await makeCustomer(world, { role: "viewer" });
    for (let click = 0; click < 12; click += 1) {
      const answer = await addCard(viewer.actor, { formId: newId(world.clock) }, world);
      expect(answer).toMatchObject({ refusal: { code: "not_allowed" } });
    }
    const before = await asked();
    await Promise.all(Array.from({ length: 30 }, () => pickUpSavedCard(customer.actor, world)));
    expect((await asked()) - before).toBeLessThanOrEqual(10);
  });
});
