import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { endCancelled } from "@/lib/billing/renewal/end-cancelled";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import type { InvoiceId, ServiceId } from "@/lib/kernel/id";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import { giveBalance, makeActiveService, makeCustomer, makePlan, makeRenewal } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import { expectBooksBalance } from "@/lib/testing/payment-facts";
import { makeStaff } from "@/lib/testing/staff";
import type { TestWorld } from "@/lib/testing/world";
import { showInvoice } from "./show-invoice";
import { voidInvoice } from "./void-invoice";

const dayMs = 86_400_000;

let world: TestWorld;
let finance: Awaited<ReturnType<typeof makeStaff>>;

beforeAll(async () => {
  world = await openOwnWorld();
  finance = await makeStaff(world, "finance");
});

afterEach(() => expectBooksBalance(world as never, { full: true }));
afterAll(() => world.close());

/** A service whose renewal was just issued, five days before it expires. */
async function renewing() {
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
  const [service] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
  const expiresAt: Date = service?.expires_at;
  world.clock.set(new Date(expiresAt.getTime() - 5 * dayMs));
  const invoice = await makeRenewal(world, customer, serviceId);
  return { customer, serviceId, expiresAt, invoice };
}

const voided = (customerId: string, invoiceId: string, term?: "bill_again" | "end_service") =>
  voidInvoice(
    finance,
    {
      ...{ customerId: customerId as never, invoiceId: invoiceId as InvoiceId, reason: "wrong address" },
      ...(term && { term }),
    },
    world,
  );

async function standing(serviceId: ServiceId) {
  const rows = await world.jobs.sql`
    select s.state, s.cancel_requested_at is not null as is_ending, r.state as renewal, i.state as invoice,
      (select count(*)::int from invoice_lines l where l.renewal_id = r.id) as billed, i.due_on
    from services s join renewals r on r.service_id = s.id left join invoices i on i.id = r.invoice_id where s.id = ${serviceId}`;
  return rows[0];
}

describe("a renewal that staff cancel", () => {
  it("is billed again by the run, and the service keeps running with its grace", async () => {
    const { customer, serviceId, invoice } = await renewing();
    const [row] = await world.jobs.sql`select reference from customers where id = ${customer.customerId}`;
    const shown = await showInvoice(finance, { reference: row?.reference, number: invoice.number }, world);
    expect(await voided(customer.customerId, invoice.id)).toMatchObject({ ok: true });
    expect(await standing(serviceId)).toMatchObject({ state: "active", is_ending: false, renewal: "due" });
    await runRenewals(world);
    const after = await standing(serviceId);
    expect(after).toMatchObject({ renewal: "invoiced", invoice: "open", billed: 2 });
    // What staff saw before they confirmed.
    expect(after?.due_on).toBe(shown?.ifVoided?.dueOn);
  });

  it("is billed again though its customer had declined and renewed it once", async () => {
    const { customer, serviceId, invoice } = await renewing();
    await world.jobs.sql`update renewals set was_declined = true where service_id = ${serviceId}`;
    expect(await voided(customer.customerId, invoice.id)).toMatchObject({ ok: true });
    expect(await standing(serviceId)).toMatchObject({ renewal: "due" });
  });

  it("ends the service with its paid term where staff choose that, and not sooner", async () => {
    const { customer, serviceId, expiresAt, invoice } = await renewing();
    expect(await voided(customer.customerId, invoice.id, "end_service")).toMatchObject({ ok: true });
    await runRenewals(world);
    expect(await standing(serviceId)).toMatchObject({ state: "active", is_ending: true, billed: 1 });
    world.clock.set(new Date(expiresAt.getTime() - 1000));
    expect(await endCancelled(world)).toBe(0);
    world.clock.set(expiresAt);
    expect(await endCancelled(world)).toBe(1);
    expect(await standing(serviceId)).toMatchObject({ state: "canceled" });
  });

  it("is billed once, whether the run or the cancelling comes first", async () => {
    for (let round = 0; round < 4; round += 1) {
      const { customer, serviceId, invoice } = await renewing();
      await giveBalance(world, customer, 5000n);
      const [done] = await Promise.all([
        voided(customer.customerId, invoice.id),
        runRenewals(world),
        runRenewals(world),
      ]);
      await runRenewals(world);
      const after = await standing(serviceId);
      expect(after?.renewal).toBe("paid");
      expect(after?.billed).toBe(done.ok ? 2 : 1);
    }
  });
});

it("only a customer's own cancelling declines", async () => {
  const { customer, serviceId, invoice } = await renewing();
  expect(await cancelInvoice(customer.actor, { invoiceId: invoice.id }, world)).toMatchObject({ ok: true });
  expect(await standing(serviceId)).toMatchObject({ renewal: "declined", is_ending: false });
});
