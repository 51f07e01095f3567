import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Decline } from "@/lib/gateway/port";
import type { InvoiceId, PaymentId, ServiceId } from "@/lib/kernel/id";
import { payFromBalance } from "@/lib/portal/pay";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { expectBooksBalance, startDirect } from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { turnOnAutoPay } from "@/lib/testing/turn-on-auto-pay";
import { pollPayments } from "../payment/poll-payments";
import { remindOfInvoices } from "../reminder/remind";
import { runRenewals } from "../renewal/run-renewals";
import { chargeDue } from "./charge-due";

const day = 86_400_000;

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world, { full: true });
  await world.owner`update customers set closed_at = now() where not is_house`;
});

afterAll(() => world.close());

interface Renewing extends TestCustomer {
  serviceId: ServiceId;
  invoiceId: InvoiceId;
}

/** A renewal of 1000 that was issued just now and is due in seven days, with auto-pay on. */
async function renewing(token = "pm_card_visa", balance = 0n): Promise<Renewing> {
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
  const card = await saveCard(world, customer, token);
  await turnOnAutoPay(world, customer, card.id);
  if (balance > 0n) await giveBalance(world, customer, balance);
  const [service] = await world.owner`select expires_at from services where id = ${serviceId}`;
  await pass(world, service?.expires_at.getTime() - 7 * day - world.clock.now().getTime());
  await runRenewals(world);
  const [invoice] = await world.owner`
    select id from invoices where customer_id = ${customer.customerId} and origin = 'renewal'`;
  return { ...customer, serviceId, invoiceId: invoice?.id };
}

const passDays = (days: number) => pass(world, days * day);

/** A day of the worker, looking more than once. */
async function chargedFor(days: number): Promise<number> {
  let charged = 0;
  for (let i = 0; i < days; i += 1) {
    charged += (await chargeDue(world)).charged;
    charged += (await chargeDue(world)).charged;
    await passDays(1);
  }
  return charged;
}

async function standing({ customerId, serviceId, invoiceId }: Renewing) {
  const [row] = await world.owner`
    select i.state as invoice, s.expires_at > ${world.clock.now()} as runs, a.stopped_code, (
      select b.posted_minor - b.held_minor from balances b where b.customer_id = i.customer_id) as available, array(
      select p.state || coalesce(' ' || p.failure_code, '') from payments p
      where p.customer_id = i.customer_id and p.origin = 'auto' and p.card_minor > 0 order by p.created_at, p.id) as attempts
    from invoices i join services s on s.customer_id = i.customer_id and s.id = ${serviceId}
    left join auto_charges a on a.customer_id = i.customer_id
    where i.customer_id = ${customerId} and i.id = ${invoiceId}`;
  return row;
}

const remindersOf = async ({ customerId }: Renewing) =>
  (
    await world.owner`select concat_ws(' ', kind, stage) as stage from reminders where customer_id = ${customerId} order by created_at`
  ).map((row) => row.stage);

describe("a card that auto-pay charges", () => {
  it("pays one day before due, and is not announced as a debt before", async () => {
    const service = await renewing();
    for (let i = 0; i < 6; i += 1) {
      await remindOfInvoices(world);
      expect(await chargeDue(world)).toMatchObject({ charged: 0 });
      await passDays(1);
    }
    expect(await chargedFor(1)).toBe(1);
    expect(await standing(service)).toMatchObject({ invoice: "paid", runs: true, attempts: ["succeeded"] });
    // Told once, with the card and the day on which it is charged.
    expect(await remindersOf(service)).toEqual(["invoice_issued"]);
  });

  it("pays what the balance does not", async () => {
    const service = await renewing("pm_card_visa", 300n);
    await passDays(6);
    await chargeDue(world);
    const [payment] = await world.owner`
      select funding, balance_minor, card_minor from payments where customer_id = ${service.customerId} and origin = 'auto'`;
    expect(payment).toEqual({ funding: "combined", balance_minor: 300n, card_minor: 700n });
    expect(await standing(service)).toMatchObject({ invoice: "paid", available: 0n });
  });

  it("is asked on six days and no more when it is declined, and the debt is then reminded of", async () => {
    const service = await renewing("pm_card_chargeCustomerFail");
    await passDays(5);
    expect(await chargedFor(20)).toBe(6);
    const { attempts } = (await standing(service)) as { attempts: string[] };
    expect(new Set(attempts)).toEqual(new Set(["failed generic_decline"]));
    await remindOfInvoices(world);
    expect(await remindersOf(service)).not.toEqual([]);
    const [claims] = await world.owner`
      select count(*)::int as open from invoice_claims where customer_id = ${service.customerId}`;
    expect(claims).toEqual({ open: 0 });
  });

  it("is asked once where Stripe's own rules block it, whichever word the refusal has", async () => {
    const service = await renewing("pm_card_radarBlock");
    await passDays(6);
    expect(await chargedFor(10)).toBe(1);
    expect(await standing(service)).toMatchObject({
      stopped_code: "fraudulent",
      attempts: ["failed fraudulent"],
    });
  });

  it("fails where the bank wants its customer, who pays on session; the schedule goes on until then", async () => {
    const service = await renewing("pm_card_authenticationRequired");
    await passDays(6);
    expect(await chargedFor(1)).toBe(1);
    expect(await standing(service)).toMatchObject({
      invoice: "open",
      attempts: ["failed authentication_required"],
    });
    const payment = await startDirect(world, service, [service.invoiceId], { cardMinor: 1000n });
    await world.control.pay(payment.sessionId, { card: "4242424242424242" });
    await world.control.webhooksIdle();
    expect(await chargedFor(10)).toBe(0);
    expect(await standing(service)).toMatchObject({ invoice: "paid" });
  });

  it("is not charged for what its customer is paying or has paid, nor when auto-renew is off", async () => {
    const service = await renewing();
    await passDays(6);
    await startDirect(world, service, [service.invoiceId], { cardMinor: 1000n });
    expect(await chargeDue(world)).toMatchObject({ charged: 0 });
    await passDays(1);
    await pollPayments(world);
    await world.owner`update services set is_auto_renew = false where id = ${service.serviceId}`;
    expect(await chargeDue(world)).toMatchObject({ charged: 0 });
    await giveBalance(world, service, 1000n);
    expect(
      await payFromBalance(service.actor, balancePlan(world, [service.invoiceId], 1000n), world),
    ).toMatchObject({ ok: true });
    expect(await chargedFor(8)).toBe(0);
  });

  it("that a customer's own attempts failed with is charged on its days all the same", async () => {
    const service = await renewing("pm_card_chargeCustomerFail");
    await passDays(6);
    const payment = await startDirect(world, service, [service.invoiceId], { cardMinor: 1000n });
    await world.control.pay(payment.sessionId, { card: "4000000000000002" });
    await pass(world, 50 * 60_000);
    expect(await chargedFor(1)).toBe(1);
  });
});

describe("a card that its bank gives up", () => {
  it.each<[Decline, string]>([
    [{ code: "lost_card", advice: null, networkCode: null }, "by its code"],
    [{ code: "generic_decline", advice: "do_not_try_again", networkCode: null }, "by Stripe's advice"],
    [{ code: "generic_decline", advice: null, networkCode: "R1" }, "by its network's code"],
  ])(
    "is not charged again until there is another, which is charged on the next day: %j, %s",
    async (decline) => {
      const service = await renewing("pm_card_visa");
      await passDays(6);
      const lost = seenBy(world, {
        gateway: {
          ...world.gateway,
          createIntent: async (request, key) => {
            const made = await world.gateway.createIntent(
              { ...request, stripePaymentMethodId: failing },
              key,
            );
            return made.outcome === "succeeded" ? { ...made, value: { ...made.value, decline } } : made;
          },
        },
      });
      world.endpoint.mode = "record";
      const failing = (await saveCard(world, service, "pm_card_chargeCustomerFail")).stripeId;
      await chargeDue(lost);
      expect(await standing(service)).toMatchObject({
        stopped_code: decline.code,
        attempts: [`failed ${decline.code}`],
      });
      await passDays(2);
      expect(await chargedFor(1)).toBe(0);
      await saveCard(world, service, "pm_card_mastercard");
      expect(await standing(service)).toMatchObject({ stopped_code: null });
      expect(await chargedFor(1)).toBe(1);
      expect(await standing(service)).toMatchObject({ invoice: "paid" });
    },
  );
});

describe("why a card was declined", () => {
  /** A Stripe that forgets it when the intent is canceled, and says it of no charge. */
  const forgetting = () =>
    seenBy(world, {
      gateway: {
        ...world.gateway,
        cancelIntent: async (id, reason) => {
          const ended = await world.gateway.cancelIntent(id, reason);
          return ended.outcome === "succeeded"
            ? { ...ended, value: { ...ended.value, decline: null } }
            : ended;
        },
        readIntent: async (id) => {
          const read = await world.gateway.readIntent(id);
          const isOver = read.outcome === "succeeded" && read.value.status === "canceled";
          return isOver ? { ...read, value: { ...read.value, decline: null } } : read;
        },
      },
    });

  it("is kept before its intent is canceled", async () => {
    const service = await renewing("pm_card_chargeCustomerFail");
    await passDays(6);
    await chargeDue(forgetting());
    expect(await standing(service)).toMatchObject({ attempts: ["failed generic_decline"] });
  });

  it("is not lost to a worker that dies after it canceled the intent", async () => {
    const service = await renewing("pm_card_chargeCustomerFail");
    await passDays(6);
    world.endpoint.mode = "record";
    const dying = forgetting();
    const { cancelIntent } = dying.gateway;
    const cut = seenBy(world, {
      gateway: {
        ...dying.gateway,
        cancelIntent: async (id, reason) => {
          await cancelIntent(id, reason);
          throw new Error("killed");
        },
      },
    });
    await expect(chargeDue(cut)).rejects.toThrow("killed");
    await pass(world, 61_000);
    await pollPayments(forgetting());
    expect(await standing(service)).toMatchObject({ attempts: ["failed generic_decline"] });
  });
});

describe("a charge that is cut off", () => {
  it("after it was stored and before Stripe heard of it is brought to its end by the poller, once", async () => {
    const service = await renewing();
    await passDays(6);
    const cut = seenBy(world, {
      gateway: {
        ...world.gateway,
        createIntent: async () => {
          throw new Error("killed");
        },
      },
    });
    await expect(chargeDue(cut)).rejects.toThrow("killed");
    expect(await chargeDue(world)).toMatchObject({ charged: 0 });
    await pass(world, 61_000);
    await pollPayments(world);
    expect(await standing(service)).toMatchObject({ invoice: "paid", attempts: ["succeeded"] });
  });

  it("after Stripe took the money is settled by the poller, and charged once", async () => {
    const service = await renewing();
    await passDays(6);
    world.endpoint.mode = "record";
    const cut = seenBy(world, {
      gateway: {
        ...world.gateway,
        createIntent: async (request, key) => {
          await world.gateway.createIntent(request, key);
          throw new Error("killed");
        },
      },
    });
    await expect(chargeDue(cut)).rejects.toThrow("killed");
    await pass(world, 61_000);
    await pollPayments(world);
    expect(await standing(service)).toMatchObject({ invoice: "paid", attempts: ["succeeded"] });
    const [charges] = await world.owner`
      select count(*)::int as count from charges where customer_id = ${service.customerId}`;
    expect(charges).toEqual({ count: 1 });
  });

  it("in two workers at once is one charge", async () => {
    const service = await renewing();
    await passDays(6);
    const both = await Promise.all([chargeDue(world), chargeDue(world), chargeDue(world)]);
    expect(both.reduce((total, { charged }) => total + charged, 0)).toBe(1);
    expect(await standing(service)).toMatchObject({ invoice: "paid", attempts: ["succeeded"] });
  });
});

it("an invoice of a payment under way is looked at again when it has ended", async () => {
  const service = await renewing();
  await passDays(6);
  const payment = await startDirect(world, service, [service.invoiceId], { cardMinor: 1000n });
  await chargeDue(world);
  await pass(world, 50 * 60_000);
  await pollPayments(world);
  const [row] = await world.owner`select state from payments where id = ${payment.paymentId as PaymentId}`;
  expect(row).toEqual({ state: "expired" });
  expect(await chargeDue(world)).toMatchObject({ charged: 1 });
  expect(await standing(service)).toMatchObject({ invoice: "paid" });
});
