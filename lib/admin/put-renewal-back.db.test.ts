import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { calendarDay } from "@/lib/kernel/calendar";
import { newId, type ServiceId } from "@/lib/kernel/id";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import { putRenewalBack as putBackByCustomer } from "@/lib/portal/put-renewal-back";
import { renewNow, showRenewNow } from "@/lib/portal/renew-now";
import { showService as showOwnService } from "@/lib/portal/show-service";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import { expectBooksBalance } from "@/lib/testing/payment-facts";
import { makeStaff } from "@/lib/testing/staff";
import type { TestWorld } from "@/lib/testing/world";
import { putRenewalBack } from "./put-renewal-back";
import { showService } from "./show-service";
import { voidInvoice } from "./void-invoice";

const dayMs = 86_400_000;

let world: TestWorld;
let support: Awaited<ReturnType<typeof makeStaff>>;
let finance: Awaited<ReturnType<typeof makeStaff>>;
let auditor: Awaited<ReturnType<typeof makeStaff>>;

beforeAll(async () => {
  world = await openOwnWorld();
  support = await makeStaff(world, "support");
  finance = await makeStaff(world, "finance");
  auditor = await makeStaff(world, "auditor");
});

afterEach(() => expectBooksBalance(world as never, { full: true }));
afterAll(() => world.close());

interface Declined {
  customer: TestCustomer;
  serviceId: ServiceId;
  expiresAt: Date;
  dueOn: string;
}

/** A service whose renewal was issued five days before it expires, and declined by its customer. */
async function declined(): Promise<Declined> {
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
  const [service] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
  const expiresAt: Date = service?.expires_at;
  world.clock.set(new Date(expiresAt.getTime() - 5 * dayMs));
  const invoice = await makeRenewal(world, customer, serviceId);
  const [row] = await world.jobs.sql`select due_on from invoices where id = ${invoice.id}`;
  expect(await cancelInvoice(customer.actor, { invoiceId: invoice.id }, world)).toMatchObject({ ok: true });
  return { customer, serviceId, expiresAt, dueOn: row?.due_on };
}

const byCustomer = ({ customer, serviceId }: Declined) =>
  putBackByCustomer(customer.actor, { serviceId }, world);

const byStaff = ({ customer, serviceId }: Declined, reason = "they called", actor = support) =>
  putRenewalBack(actor, { customerId: customer.customerId, serviceId, reason }, world);

async function standing({ serviceId }: Declined) {
  const [row] = await world.jobs.sql`
    select s.state, r.state as renewal, r.was_declined, i.state as invoice, i.due_on, i.id as invoice_id,
      (select count(*)::int from invoice_lines l where l.renewal_id = r.id) as billed,
      (select count(*)::int from terms t where t.customer_id = s.customer_id and t.service_id = s.id) as terms
    from services s join renewals r on r.service_id = s.id left join invoices i on i.id = r.invoice_id
    where s.id = ${serviceId} order by r.term_starts_at limit 1`;
  return row;
}

async function suspend({ serviceId, expiresAt }: Declined, days = 10) {
  const suspendedAt = new Date(expiresAt.getTime() + 3_600_000);
  await world.jobs.sql`
    update services set state = 'suspended', suspended_at = ${suspendedAt} where id = ${serviceId}`;
  world.clock.set(new Date(expiresAt.getTime() + days * dayMs));
}

const shownTo = ({ customer, serviceId }: Declined) => showOwnService(customer.actor, serviceId, world);

async function shownToStaff({ customer, serviceId }: Declined) {
  const [row] = await world.jobs.sql`select reference from customers where id = ${customer.customerId}`;
  return showService(auditor, { reference: row?.reference, serviceId }, world);
}

describe("a declined renewal that its customer puts back", () => {
  it("is issued by the next run and keeps its first due day, as the page said", async () => {
    const one = await declined();
    expect((await shownTo(one))?.ifPutBack).toMatchObject({ issuesAt: null, dueOn: one.dueOn });
    world.clock.set(new Date(one.expiresAt.getTime() + 2 * dayMs));
    expect((await shownTo(one))?.ifPutBack).toMatchObject({ dueOn: one.dueOn, isSuspended: false });
    expect(await byCustomer(one)).toMatchObject({ ok: true });
    const shown = await shownTo(one);
    expect(shown).toMatchObject({ isDeclined: false, ifPutBack: null });
    expect(shown?.timeline[0]).toMatchObject({ verb: "renewal_put_back", actor: "customer" });
    await runRenewals(world);
    expect(await standing(one)).toMatchObject({
      ...{ state: "active", renewal: "invoiced", invoice: "open", due_on: one.dueOn, billed: 2 },
      was_declined: false,
    });
  });

  it("keeps that day through declining it again, and loses it where staff bill it again", async () => {
    const one = await declined();
    const decline = async () => {
      const { invoice_id: invoiceId } = (await standing(one)) ?? {};
      expect(await cancelInvoice(one.customer.actor, { invoiceId }, world)).toMatchObject({ ok: true });
    };
    world.clock.set(new Date(one.expiresAt.getTime() - 1.5 * dayMs));
    for (let round = 0; round < 2; round += 1) {
      expect(await byCustomer(one)).toMatchObject({ ok: true });
      await runRenewals(world);
      expect(await standing(one)).toMatchObject({ renewal: "invoiced", due_on: one.dueOn });
      if (round === 0) await decline();
    }
    const { customerId } = one.customer;
    const { invoice_id: invoiceId } = (await standing(one)) ?? {};
    const voided = await voidInvoice(finance, { customerId, invoiceId, reason: "wrong address" }, world);
    expect(voided).toMatchObject({ ok: true });
    await runRenewals(world);
    const again = await standing(one);
    expect(again).toMatchObject({ renewal: "invoiced", billed: 4 });
    expect(again?.due_on > one.dueOn).toBe(true);
  });

  it("restores a suspended service once its invoice is paid", async () => {
    const one = await declined();
    await suspend(one);
    expect((await shownTo(one))?.ifPutBack).toMatchObject({ isSuspended: true, dueOn: one.dueOn });
    expect(await byCustomer(one)).toMatchObject({ ok: true });
    expect(await standing(one)).toMatchObject({ state: "suspended", renewal: "due" });
    await giveBalance(world, one.customer, 5000n);
    await runRenewals(world);
    expect(await standing(one)).toMatchObject({ state: "active", renewal: "paid", due_on: one.dueOn });
  });

  it("is refused while its service ends with its term, by both", async () => {
    const one = await declined();
    await world.jobs.sql`
      update services set cancel_requested_at = ${world.clock.now()} where id = ${one.serviceId}`;
    expect((await shownTo(one))?.ifPutBack).toBeNull();
    const refused = { refusal: { code: "service_not_going_on", state: "active" } };
    expect(await byCustomer(one)).toMatchObject(refused);
    expect(await byStaff(one)).toMatchObject(refused);
    expect(await standing(one)).toMatchObject({ renewal: "declined" });
  });

  it("ends its service no sooner than a day from now, however long it has been due", async () => {
    const one = await declined();
    await suspend(one, 60);
    const stopsAt = new Date(world.clock.now().getTime() + dayMs);
    expect((await shownTo(one))?.ifPutBack).toMatchObject({ isSuspended: true, stopsAt });
  });

  it("is refused where there is nothing to put back, and to those who may only look", async () => {
    const one = await declined();
    const viewer = { ...one.customer.actor, userId: newId() } as never;
    const { serviceId } = one;
    expect(await putBackByCustomer(viewer, { serviceId }, world)).toMatchObject({
      refusal: { code: "not_allowed" },
    });
    const stranger = await makeCustomer(world);
    expect(await putBackByCustomer(stranger.actor, { serviceId }, world)).toMatchObject({
      refusal: { code: "service_not_found" },
    });
    await world.jobs.sql`update services set state = 'terminated' where id = ${serviceId}`;
    expect((await shownTo(one))?.ifPutBack).toBeNull();
    expect(await byCustomer(one)).toMatchObject({ refusal: { code: "service_not_going_on" } });
    await world.jobs.sql`update services set state = 'active' where id = ${serviceId}`;
    expect(await byCustomer(one)).toMatchObject({ ok: true });
    expect(await byCustomer(one)).toMatchObject({ refusal: { code: "renewal_not_declined" } });
  });
});

describe("a declined renewal that staff put back", () => {
  it("is due as a newly issued one, with a reason that the customer does not read", async () => {
    const one = await declined();
    await suspend(one);
    const shown = await shownToStaff(one);
    expect(shown?.ifPutBack).toMatchObject({ issuesAt: null, isSuspended: true });
    expect(await byStaff(one, "they called", auditor)).toMatchObject({ refusal: { code: "not_allowed" } });
    expect(await byStaff(one, " ")).toMatchObject({ refusal: { code: "reason_missing" } });
    expect(await byStaff(one)).toMatchObject({ ok: true });
    await runRenewals(world);
    const after = await standing(one);
    expect(after).toMatchObject({ state: "suspended", renewal: "invoiced", due_on: shown?.ifPutBack?.dueOn });
    expect(after?.due_on > calendarDay(world.clock.now(), world.timeZone)).toBe(true);
    const read = (await shownToStaff(one))?.activities.find(({ verb }) =>
      verb.startsWith("renewal_put_back"),
    );
    expect(read).toMatchObject({ verb: "renewal_put_back_by_staff", detail: { reason: "they called" } });
    const timeline = (await shownTo(one))?.timeline ?? [];
    const told = timeline.filter(({ verb }) => verb.startsWith("renewal_put_back"));
    expect(told).toMatchObject([{ verb: "renewal_put_back", actor: "staff" }]);
    expect(JSON.stringify(timeline)).not.toContain("they called");
  });
});

describe("at once", () => {
  it("with the run and by both, a term is put back once and billed once", async () => {
    for (let round = 0; round < 4; round += 1) {
      const one = await declined();
      const answers = await Promise.all([
        byCustomer(one),
        byStaff(one),
        byCustomer(one),
        runRenewals(world),
        runRenewals(world),
      ]);
      expect(answers.slice(0, 3).filter((answer) => "ok" in answer && answer.ok)).toHaveLength(1);
      await runRenewals(world);
      expect(await standing(one)).toMatchObject({ renewal: "invoiced", billed: 2 });
    }
  });

  it("with renewing now, the term is paid once", async () => {
    for (let round = 0; round < 4; round += 1) {
      const one = await declined();
      const { customer, serviceId } = one;
      await giveBalance(world, customer, 5000n);
      const shown = await showRenewNow(customer.actor, { serviceId, terms: 1 }, world);
      if (!shown.ok || !shown.value.fromBalance) throw new Error("the balance reaches");
      const wish = { serviceId, terms: 1, paymentId: newId(), how: "balance" as const };
      const plan = shown.value.fromBalance;
      await Promise.all([
        byCustomer(one),
        renewNow(customer.actor, { ...wish, plan }, world),
        runRenewals(world),
      ]);
      await runRenewals(world);
      const after = await standing(one);
      expect(after).toMatchObject({ renewal: "paid", billed: 2 });
      const rows = await world.jobs.sql`
        select posted_minor from balances where customer_id = ${customer.customerId}`;
      const [paid] = await world.jobs.sql`
        select sum(total_minor)::bigint as minor from invoices
        where customer_id = ${customer.customerId} and state = 'paid' and origin = 'renewal'`;
      expect(rows[0]?.posted_minor).toBe(5000n - paid?.minor);
    }
  });
});
