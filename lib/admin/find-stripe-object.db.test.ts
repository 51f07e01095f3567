import { afterAll, beforeAll, expect, it } from "vitest";
import { newId, type SessionId, type UserId } from "@/lib/kernel/id";
import { makeCustomer, makeInvoice } from "@/lib/testing/fixtures";
import { startDirect } from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { processWaitingEvents } from "@/lib/webhook/process-events";
import { findStripeObject } from "./find-stripe-object";
import { showCardMoney } from "./show-card-money";
import { showPayment } from "./show-payment";

let world: StripeWorld;
const staff = { userId: newId<UserId>(), sessionId: newId<SessionId>(), role: "auditor" as const };

beforeAll(async () => {
  world = await openStripeWorld();
});

afterAll(() => world.close());

const hrefOf = async (text: string) => (await findStripeObject(staff, { text }, world))?.href;

it("every id of Stripe's leads to the page about its object", async () => {
  const customer = await makeCustomer(world);
  const { stripeId: cardId } = await saveCard(world, customer);
  const { id } = await makeInvoice(world, customer, 5000n);
  const payment = await startDirect(world, customer, [id], { cardMinor: 5000n });
  await world.control.pay(payment.sessionId, { card: "4000000000000259" });
  await world.control.webhooksIdle();
  // The dispute may be told before its charge is booked.
  await pass(world, 60_000);
  await processWaitingEvents(world);
  const [row] = await world.owner`
    select c.reference, c.stripe_customer_id, d.stripe_dispute_id, h.stripe_charge_id, (
      select o.id from stripe_objects o where o.row_id = p.id and o.kind = 'payment_intent') as intent_id
    from customers c join payments p on p.customer_id = c.id
    join disputes d on d.customer_id = c.id join charges h on h.customer_id = c.id where c.id = ${customer.customerId}`;
  const [event] = await world.owner`select id from stripe_events limit 1`;
  const page = `/admin/customers/${row?.reference}`;
  const paymentPage = `${page}/payments/${payment.paymentId}`;
  expect(await hrefOf(row?.stripe_customer_id)).toBe(page);
  expect(await hrefOf(cardId)).toBe(page);
  expect(await hrefOf(payment.sessionId)).toBe(paymentPage);
  expect(await hrefOf(` ${row?.intent_id} `)).toBe(paymentPage);
  expect(await hrefOf(row?.stripe_charge_id)).toBe(paymentPage);
  expect(await hrefOf(row?.stripe_dispute_id)).toBe(`${page}/card-payments`);
  expect(await hrefOf(event?.id)).toBe(`/admin/events/${event?.id}`);
  for (const other of ["", "pi_", "pi_nobody", "evt_nobody", "Ada", "cus_1'--", "pi_1\0"]) {
    expect(await hrefOf(other), other).toBeUndefined();
  }
  const money = await showCardMoney(staff, { reference: row?.reference }, world);
  expect(money?.disputes.map(({ stripe }) => stripe)).toEqual([{ id: row?.stripe_dispute_id, url: null }]);
  const shown = await showPayment(staff, { reference: row?.reference, paymentId: payment.paymentId }, world);
  expect(shown?.stripe?.ids.map((one) => one.id)).toContain(payment.sessionId);
});
