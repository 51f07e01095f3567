import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { InvoiceId, ServiceId } from "@/lib/kernel/id";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import {
  makeActiveService,
  makeCustomer,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { expectBooksBalance, startDirect } from "@/lib/testing/payment-facts";
import { openQuietStripe, type QuietStripeScene } from "@/lib/testing/quiet-stripe";
import { type VoidInput, voidInvoice } from "./void-invoice";

let scene: QuietStripeScene;

beforeAll(async () => {
  scene = await openQuietStripe();
});

afterAll(() => scene.close());

interface TwoTerms {
  customer: TestCustomer;
  serviceId: ServiceId;
  first: InvoiceId;
  second: InvoiceId;
}

/** A service with two open terms, as "renew now" bills them. */
async function twoTerms(): Promise<TwoTerms> {
  const { world } = scene;
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world));
  const first = await makeRenewal(world, customer, serviceId);
  const [line] = await world.jobs.sql`select term_ends_at from invoice_lines where invoice_id = ${first.id}`;
  const [service] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
  const endsAt = async (at: Date) => {
    await world.jobs.sql`update services set expires_at = ${at} where id = ${serviceId}`;
  };
  await endsAt(line?.term_ends_at);
  const second = await makeRenewal(world, customer, serviceId);
  await endsAt(service?.expires_at);
  return { customer, serviceId, first: first.id, second: second.id };
}

function byStaff({ customer, first }: TwoTerms): VoidInput {
  const { customerId, actor } = customer;
  const act = {
    actor: "staff" as const,
    userId: actor.userId,
    reason: "voided" as const,
    note: "asked for it",
  };
  return { customerId, invoiceId: first, ...act, permit: async () => true };
}

async function standing({ serviceId, first, second }: TwoTerms) {
  const { sql } = scene.world.jobs;
  const rows = await sql`select id, state from invoices where id = any(${[first, second]}::uuid[])`;
  const renewals =
    await sql`select state from renewals where service_id = ${serviceId} order by term_starts_at`;
  return {
    invoices: [first, second].map((id) => rows.find((row) => row.id === id)?.state),
    renewals: renewals.map(({ state }) => state),
  };
}

describe("voiding a renewal", () => {
  it("voids the service's later open ones with it, and declines them all", async () => {
    const terms = await twoTerms();
    const cancelled = await cancelInvoice(terms.customer.actor, { invoiceId: terms.first }, scene.world);
    expect(cancelled).toMatchObject({ ok: true, value: { also: [expect.stringContaining("INV-")] } });
    const state = { invoices: ["void", "void"], renewals: ["declined", "declined"] };
    expect(await standing(terms)).toEqual(state);
    const notes = await scene.world.jobs.sql`
      select number from credit_notes where customer_id = ${terms.customer.customerId} order by number`;
    expect(notes.map(({ number }) => number)).toEqual([expect.any(String), expect.any(String)]);
    await expectBooksBalance(scene.world, { full: true });
  });

  it("leaves the earlier ones as they are", async () => {
    const terms = await twoTerms();
    await cancelInvoice(terms.customer.actor, { invoiceId: terms.second }, scene.world);
    expect(await standing(terms)).toEqual({ invoices: ["open", "void"], renewals: ["invoiced", "declined"] });
    await expectBooksBalance(scene.world, { full: true });
  });

  it("names the payment that is under way on one of them, to be closed first, and changes nothing", async () => {
    const terms = await twoTerms();
    const { customer, first, second } = terms;
    const payment = await startDirect(scene.world, customer, [first, second], { cardMinor: 2000n });
    const { sql } = scene.world.jobs;
    // Of the first alone the claim is gone: what is voided with it is claimed all the same.
    await sql`delete from invoice_claims where customer_id = ${customer.customerId} and invoice_id = ${first}`;
    expect(await voidInvoice(scene.world, scene.world.staff, byStaff(terms))).toEqual({
      kind: "claimed",
      by: [payment.paymentId],
    });
    expect(await standing(terms)).toEqual({ invoices: ["open", "open"], renewals: ["invoiced", "invoiced"] });
  });

  it("is refused to customer and staff where a later one is paid", async () => {
    const terms = await twoTerms();
    const { customer, first, second } = terms;
    // No use case does it, and the keys of the terms refuse it.
    await scene.world.jobs.sql`
      update invoices set state = 'paid', amount_paid_minor = total_minor, paid_at = ${scene.world.clock.now()}
      where id = ${second}`;
    const refusal = { code: "later_term_paid", number: expect.stringContaining("INV-") };
    const asCustomer = await cancelInvoice(customer.actor, { invoiceId: first }, scene.world);
    expect(asCustomer).toEqual({ ok: false, refusal });
    const asStaff = await voidInvoice(scene.world, scene.world.staff, byStaff(terms));
    expect(asStaff).toEqual({ kind: "refused", refusal });
    expect(await standing(terms)).toEqual({ invoices: ["open", "paid"], renewals: ["invoiced", "invoiced"] });
  });
});
