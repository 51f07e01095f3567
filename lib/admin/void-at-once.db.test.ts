import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { settle } from "@/lib/billing/payment/settle";
import { newId, type SessionId, type UserId } from "@/lib/kernel/id";
import { giveBalance, makeCustomer, makeInvoice } from "@/lib/testing/fixtures";
import {
  balanceOf,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  startCombined,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import type { StaffActor } from "./shapes";
import { voidInvoice } from "./void-invoice";

let world: StripeWorld;
let finance: StaffActor;

beforeAll(async () => {
  world = await openStripeWorld();
  const userId = newId<UserId>();
  await world.owner`insert into users (id, email, name, created_at) values (${userId}, 'fay@ducky.example', 'Fay', now())`;
  finance = { userId, sessionId: newId<SessionId>(), role: "finance" };
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(async () => {
  await expectAllInOrder(world);
  await world.close();
});

async function begin() {
  const customer = await makeCustomer(world);
  const invoice = await makeInvoice(world, customer, 3000n);
  await giveBalance(world, customer, 800n);
  const payment = await startCombined(world, customer, [invoice.id], {
    balanceMinor: 800n,
    cardMinor: 2200n,
  });
  const act = () =>
    voidInvoice(
      finance,
      { customerId: customer.customerId, invoiceId: invoice.id, reason: "billed by mistake" },
      world,
    );
  return { customer, payment, act };
}

describe("staff void an invoice against its payment's settlement", () => {
  it("that Stripe has taken already: the invoice is paid, and staff are told so", async () => {
    for (let round = 0; round < 6; round += 1) {
      const { customer, payment, act } = await begin();
      await world.control.holdWebhooks();
      await world.control.pay(payment.sessionId);
      const [voided, ...settled] = await Promise.all([
        act(),
        settle(world, payment),
        settle(world, payment),
        settle(world, payment),
      ]);
      expect(voided).toMatchObject({ ok: false });
      expect(["paid_meanwhile", "invoice_not_open"]).toContain(!voided.ok && voided.refusal.code);
      expect(settled.map((one) => one.kind === "settled" && one.state)).toEqual(Array(3).fill("succeeded"));
      expect(await factsOf(world, payment)).toMatchObject({
        ...{ state: "succeeded", invoices: ["paid"], charges: 1, claims: 0, openHolds: 0 },
        ...{ fromHolds: 800n, fromStripe: 2200n, toBalance: 0n },
      });
      expect(await balanceOf(world, customer)).toEqual({ posted: 0n, held: 0n });
      await calm(world);
    }
  });

  it("while Stripe takes it: paid or void, and what was held goes the same way", async () => {
    for (let round = 0; round < 8; round += 1) {
      const { customer, payment, act } = await begin();
      const [paid, voided] = await Promise.all([
        world.control.pay(payment.sessionId).then(
          () => true,
          () => false,
        ),
        act(),
        settle(world, payment),
      ]);
      await world.control.webhooksIdle();
      expect(voided.ok).toBe(!paid);
      const facts = await factsOf(world, payment);
      expect([facts.invoices, facts.claims, facts.openHolds]).toEqual([[paid ? "paid" : "void"], 0, 0]);
      expect(await balanceOf(world, customer)).toEqual({ posted: paid ? 0n : 800n, held: 0n });
    }
  });
});
