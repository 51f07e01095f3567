import { afterAll, beforeAll, expect, it } from "vitest";
import { payDirect } from "@/lib/portal/pay";
import { makeCustomer, makeInvoice, plan } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

it("answers an id again with the payment that it began, though its invoice could be paid once more", async () => {
  const customer = await makeCustomer(world);
  const { customerId } = customer;
  const stripeId = `cus_${customerId}`;
  await world.jobs.sql`update customers set stripe_customer_id = ${stripeId} where id = ${customerId}`;
  const invoice = await makeInvoice(world, customer, 1200n);
  const input = plan(world, [invoice.id], { cardMinor: 1200n });
  expect(await payDirect(customer.actor, input, world)).toMatchObject({ value: { kind: "confirming" } });

  await world.jobs.sql`
    update payments set state = 'failed', ended_at = ${world.clock.now()}, next_poll_at = null
    where customer_id = ${customerId} and id = ${input.paymentId}`;
  await world.jobs.sql`delete from invoice_claims where customer_id = ${customerId}`;
  const ended = { ok: false, refusal: { code: "payment_ended", state: "failed" } };
  expect(await payDirect(customer.actor, input, world)).toEqual(ended);

  const other = await makeInvoice(world, customer, 700n);
  const changed = { ...plan(world, [other.id], { cardMinor: 700n }), paymentId: input.paymentId };
  const used = { ok: false, refusal: { code: "payment_id_used" } };
  expect(await payDirect(customer.actor, changed, world)).toEqual(used);
  const [row] = await world.jobs
    .sql`select count(*) as payments from payments where customer_id = ${customerId}`;
  expect(row?.payments).toBe(1n);
});
