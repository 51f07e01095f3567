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
import { keepService } from "./keep-service";
import { showInvoice } from "./show-invoice";
import { showService } from "./show-service";
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

  it("ends the service at once where its paid term is over, and staff were told so before", async () => {
    const { customer, serviceId, expiresAt, invoice } = await renewing();
    world.clock.set(new Date(expiresAt.getTime() + 2 * dayMs));
    const [row] = await world.jobs.sql`select reference from customers where id = ${customer.customerId}`;
    const shown = await showInvoice(finance, { reference: row?.reference, number: invoice.number }, world);
    expect(shown?.ifVoided).toMatchObject({ endsAtOnce: true, endsAt: expiresAt });
    const answer = await voided(customer.customerId, invoice.id, "end_service");
    expect(answer).toMatchObject({ ok: true, value: { ending: [{ endsAt: expiresAt, isOver: true }] } });
    expect(await endCancelled(world)).toBe(1);
    expect(await standing(serviceId)).toMatchObject({ state: "canceled" });
  });

  it("is recorded with the choice and the reason, which its customer does not see", async () => {
    const { customer, serviceId, invoice } = await renewing();
    await voided(customer.customerId, invoice.id, "end_service");
    const told = await world.jobs.sql`
      select verb, actor, is_visible, detail->>'reason' as reason from activities
      where customer_id = ${customer.customerId} and subject_id = ${serviceId} and verb like 'service_end%' order by id`;
    expect([...told]).toEqual([
      { verb: "service_ends_by_host", actor: "staff", is_visible: true, reason: null },
      { verb: "service_end_set", actor: "staff", is_visible: false, reason: "wrong address" },
    ]);
  });

  it("is told to its customer, with what becomes of the term; their own cancelling is not", async () => {
    const told = async (customerId: string) => {
      const rows = await world.jobs.sql`
        select payload->>'told' as told from outbox
        where customer_id = ${customerId} and topic = 'invoice.voided_by_host'`;
      return rows.map((row) => JSON.parse(row.told));
    };
    const [again, ended, own] = [await renewing(), await renewing(), await renewing()];
    await voided(again.customer.customerId, again.invoice.id);
    await voided(ended.customer.customerId, ended.invoice.id, "end_service");
    await cancelInvoice(own.customer.actor, { invoiceId: own.invoice.id }, world);
    expect(await told(again.customer.customerId)).toEqual([
      { numbers: [again.invoice.number], isBilledAgain: true, ending: [] },
    ]);
    expect(await told(ended.customer.customerId)).toMatchObject([
      { isBilledAgain: false, ending: [{ endsAt: ended.expiresAt.toISOString() }] },
    ]);
    expect(await told(own.customer.customerId)).toEqual([]);
  });

  it("does not end the service after all, where staff take that back in time: its term is billed", async () => {
    const { customer, serviceId, expiresAt, invoice } = await renewing();
    const { customerId } = customer;
    await voided(customerId, invoice.id, "end_service");
    const auditor = await makeStaff(world, "auditor");
    const input = { customerId, serviceId, reason: "they called" };
    const refused = await keepService(auditor, input, world);
    expect(refused).toEqual({ ok: false, refusal: { code: "not_allowed" } });
    expect(await keepService(finance, { ...input, reason: " " }, world)).toMatchObject({ ok: false });
    const support = await makeStaff(world, "support");
    const kept = await Promise.all([1, 2, 3].map(() => keepService(support, input, world)));
    expect(kept.every(({ ok }) => ok)).toBe(true);
    const records = await world.jobs.sql`
      select verb, detail->>'reason' as reason from activities
      where customer_id = ${customerId} and verb in ('service_kept_by_host', 'service_end_taken_back') order by id`;
    expect([...records]).toEqual([
      { verb: "service_kept_by_host", reason: null },
      { verb: "service_end_taken_back", reason: "they called" },
    ]);
    const [{ reference } = { reference: "" }] = await world.jobs.sql`
      select reference from customers where id = ${customerId}`;
    const shown = await showService(finance, { reference, serviceId }, world);
    // Of each act staff read one line, the one with its reason; and a void invoice bills nothing.
    const acts = shown?.activities.map(({ verb }) => verb).filter((verb) => /^service_(end|kept)/.test(verb));
    expect(acts).toEqual(["service_end_taken_back", "service_end_set"]);
    expect(shown?.renewals[0]).toMatchObject({ state: "due", invoiceNumber: null });
    await runRenewals(world);
    expect(await standing(serviceId)).toMatchObject({ is_ending: false, renewal: "invoiced" });
    world.clock.set(expiresAt);
    await endCancelled(world);
    expect(await standing(serviceId)).toMatchObject({ state: "active" });
  });

  it("has ended the service: then nothing can be taken back", async () => {
    const { customer, serviceId, expiresAt, invoice } = await renewing();
    await voided(customer.customerId, invoice.id, "end_service");
    world.clock.set(expiresAt);
    await endCancelled(world);
    const input = { customerId: customer.customerId, serviceId, reason: "they called" };
    expect(await keepService(finance, input, world)).toEqual({
      ok: false,
      refusal: { code: "service_not_running", state: "canceled" },
    });
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
