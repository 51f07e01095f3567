import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readInvoiceSteps } from "@/lib/billing/outlook/read-invoice-steps";
import { renewAll } from "@/lib/billing/renewal/run-requested";
import { voidUnpaidOrders } from "@/lib/billing/suspension/void-unpaid-orders";
import { addCalendarDays, atHour, calendarDay, startOfDay } from "@/lib/kernel/calendar";
import { type CustomerId, newId, type PaymentMethodId, type PlanId, type ServiceId } from "@/lib/kernel/id";
import { listServices as listOwnServices } from "@/lib/portal/list-services";
import { showService as showOwnService } from "@/lib/portal/show-service";
import { createTestDatabase } from "@/lib/testing/database";
import { giveBalance, makeActiveService, makeCustomer, makeOrder, makePlan } from "@/lib/testing/fixtures";
import { makeStaff } from "@/lib/testing/staff";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { holdSuspension } from "./hold-suspension";
import { listServices, type ServicesFilter, type ServiceView } from "./list-services";
import type { StaffActor } from "./shapes";
import { showService } from "./show-service";

const dayMs = 86_400_000;
let world: TestWorld;
let auditor: StaffActor;
let support: StaffActor;
/** Arranges what no role of the application may. */
let owner: postgres.Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  world = openTestWorld({ url: database.url });
  [auditor, support] = [await makeStaff(world, "auditor"), await makeStaff(world, "support", "Sol Teal")];
  owner = postgres(database.url, { max: 1, onnotice: () => {} });
  drop = () => database.drop();
});

afterAll(async () => {
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

const everything: ServicesFilter = {
  view: null,
  renews: null,
  planId: null,
  from: null,
  to: null,
  text: null,
  cursor: null,
};

async function referenceOf(customerId: CustomerId): Promise<string> {
  const [row] = await owner`select reference from customers where id = ${customerId}`;
  return row?.reference;
}

/** A service of a customer of its own, so many days from its expiry. */
async function serviceIn(days: number, name: string, isAutoRenew = true) {
  const customer = await makeCustomer(world, { name });
  const id = await makeActiveService(world, customer, await makePlan(world), isAutoRenew);
  const expiresAt = new Date(world.clock.now().getTime() + days * dayMs);
  await owner`update services set expires_at = ${expiresAt} where id = ${id}`;
  return { ...customer, id, reference: await referenceOf(customer.customerId) };
}

describe("the list of services over all customers", () => {
  it("has a view for what expires, is past its day, ends, is suspended and is over", async () => {
    const name = "Views Ltd";
    const soon = await serviceIn(3, name);
    const sooner = await serviceIn(2, name);
    const late = await serviceIn(-1, name);
    const byHand = await serviceIn(20, name, false);
    const ending = await serviceIn(21, name);
    const suspended = await serviceIn(-6, name);
    const over = await serviceIn(-30, name);
    await owner`update services set cancel_requested_at = now() where id = ${ending.id}`;
    await owner`update services set state = 'suspended', suspended_at = now() where id = ${suspended.id}`;
    await owner`update services set state = 'terminated' where id = ${over.id}`;
    const seen = async (view: ServiceView | null) =>
      (await listServices(auditor, { ...everything, view, text: name }, world)).rows.map(({ id }) => id);
    expect(await seen("expiring")).toEqual([sooner.id, soon.id]);
    expect(await seen("in_grace")).toEqual([late.id]);
    expect(await seen("ending")).toEqual([ending.id]);
    expect(await seen("suspended")).toEqual([suspended.id]);
    expect(await seen("ended")).toEqual([over.id]);
    expect(await seen(null)).toHaveLength(7);
    const { rows } = await listServices(auditor, { ...everything, renews: "by_hand", text: name }, world);
    expect(rows.map(({ id }) => id)).toEqual([byHand.id]);
  });

  it("is narrowed by all that is said at once", async () => {
    const customer = await makeCustomer(world, { name: "Both Ways Ltd" });
    const plans = [await makePlan(world), await makePlan(world)] as const;
    const now = world.clock.now().getTime();
    const all: { id: string; planId: PlanId; days: number; isAutoRenew: boolean; state: string }[] = [];
    for (const planId of plans) {
      for (const days of [-3, 2, 20]) {
        for (const isAutoRenew of [true, false]) {
          const id = await makeActiveService(world, customer, planId, isAutoRenew);
          const state = days < 0 ? "suspended" : "active";
          await owner`
            update services set expires_at = ${new Date(now + days * dayMs)}, state = ${state},
              suspended_at = ${days < 0 ? new Date(now) : null} where id = ${id}`;
          all.push({ id, planId, days, isAutoRenew, state });
        }
      }
    }
    const inDays = (days: number) => addCalendarDays(calendarDay(new Date(now), "UTC"), days);
    for (const view of [null, "suspended", "expiring"] as const) {
      for (const renews of [null, "by_itself", "by_hand"] as const) {
        for (const planId of [null, plans[0]]) {
          for (const days of [null, [-5, 2]] as const) {
            const wanted = all.filter(
              (one) =>
                (view !== "suspended" || one.state === "suspended") &&
                (view !== "expiring" || (one.days > 0 && one.days <= 7)) &&
                (!renews || one.isAutoRenew === (renews === "by_itself")) &&
                (!planId || one.planId === planId) &&
                (!days || (one.days >= days[0] && one.days <= days[1])),
            );
            const [from, to] = days ? [inDays(days[0]), inDays(days[1])] : [null, null];
            const filter = { ...everything, view, renews, planId, from, to, text: "both ways" };
            const { rows } = await listServices(auditor, filter, world);
            expect(rows.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => id).sort());
          }
        }
      }
    }
  });

  it("goes through them page by page, each once, in both directions and both orders", async () => {
    const customer = await makeCustomer(world, { name: "Many Ltd" });
    const plan = await makePlan(world);
    for (let count = 0; count < 53; count += 1) await makeActiveService(world, customer, plan, false);
    await owner`update services set state = 'suspended', suspended_at = now() where plan_id = ${plan}`;
    for (const view of [null, "suspended"] as const) {
      const read = (cursor: string | null) =>
        listServices(auditor, { ...everything, view, renews: "by_hand", planId: plan, cursor }, world);
      const first = await read(null);
      const second = await read(first.next);
      expect([first.rows.length, second.rows.length, second.next]).toEqual([50, 3, null]);
      expect(new Set([...first.rows, ...second.rows].map(({ id }) => id)).size).toBe(53);
      expect((await read(second.previous)).rows).toEqual(first.rows);
    }
  });
});

describe("a service for staff", () => {
  it("shows what happens next, and that its suspension is held off", async () => {
    const { customerId, id, reference } = await serviceIn(5, "Hold Ltd");
    const show = () => showService(auditor, { reference, serviceId: id }, world);
    const before = await show();
    expect(before?.next.map(({ kind }) => kind)).toEqual(["issue", "due", "payBy", "suspend", "terminate"]);
    const until = addCalendarDays(calendarDay(world.clock.now(), world.timeZone), 60);
    const hold = (actor: StaffActor, day: string | null, reason = "waits for a purchase order") =>
      holdSuspension(actor, { customerId, serviceId: id as ServiceId, until: day, reason }, world);
    expect(await hold(auditor, until)).toMatchObject({ refusal: { code: "not_allowed" } });
    expect(await hold(support, until, "  ")).toMatchObject({ refusal: { code: "reason_missing" } });
    expect(await hold(support, "soon")).toMatchObject({ refusal: { code: "day_malformed" } });
    expect(await hold(support, until)).toEqual({ ok: true, value: undefined });
    const held = await show();
    const suspend = held?.next.find(({ kind }) => kind === "suspend");
    expect(suspend?.at).toEqual(atHour(addCalendarDays(until, 1), 10, world.timeZone));
    expect(calendarDay(new Date((held?.holdUntil?.getTime() ?? 0) - 1), world.timeZone)).toEqual(until);
    expect(held?.activities[0]).toMatchObject({ verb: "suspension_held", who: "Sol Teal" });
    expect(await hold(support, null)).toEqual({ ok: true, value: undefined });
    expect((await show())?.next).toEqual(before?.next);
  });

  it("shows of an order until when it waits, as its customer sees it and as the job then does", async () => {
    const customer = await makeCustomer(world, { name: "Waiting Ltd" });
    const { serviceId } = await makeOrder(world, customer, await makePlan(world));
    const reference = await referenceOf(customer.customerId);
    const seen = async () => {
      const [service] = (await listServices(auditor, { ...everything, text: "Waiting Ltd" }, world)).rows;
      const [own] = (await listOwnServices(customer.actor, world)).services;
      const pages = [
        await showService(auditor, { reference, serviceId }, world),
        await showOwnService(customer.actor, serviceId, world),
      ];
      const steps = pages.map((page) => page?.next.find(({ kind }) => kind === "void")?.at ?? null);
      return [...new Set([service?.voidsAt, own?.voidsAt, ...steps].map((at) => at?.getTime() ?? null))];
    };
    const [at] = await seen();
    expect(await seen()).toEqual([expect.any(Number)]);
    world.clock.set(new Date((at ?? 0) - 1_000));
    expect(await voidUnpaidOrders(world)).toBe(0);
    world.clock.advance(1_000);
    expect(await voidUnpaidOrders(world)).toBe(1);
    expect(await seen()).toEqual([null]);
  });

  it("shows which card auto-pay charges and when, as its customer and the invoice's page do, and what the balance saves it", async () => {
    const customer = await makeCustomer(world, { name: "Charged Ltd" });
    const { customerId, actor } = customer;
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const reference = await referenceOf(customerId);
    const cardId = newId<PaymentMethodId>();
    await owner`
      insert into payment_methods (customer_id, id, stripe_payment_method_id, brand, last4, exp_month, exp_year, is_default,
        created_at)
      values (${customerId}, ${cardId}, ${`pm_${cardId}`}, 'visa', '4242', 12, 2030, true, ${world.clock.now()})`;
    await owner`
      insert into auto_charges (customer_id, payment_method_id, pays_invoices, user_id, changed_at)
      values (${customerId}, ${cardId}, true, ${actor.userId}, ${world.clock.now()})`;
    const seen = async () => {
      const pages = [
        await showService(auditor, { reference, serviceId }, world),
        await showOwnService(actor, serviceId, world),
      ];
      const charges = pages.map((page) => page?.next.find(({ kind }) => kind === "charge") ?? null);
      expect(charges[1]).toEqual(charges[0]);
      return charges[0];
    };
    const [row] = await owner`select expires_at from services where id = ${serviceId}`;
    const day = addCalendarDays(calendarDay(row?.expires_at, "UTC"), -1);
    const planned = { kind: "charge", at: startOfDay(day, "UTC"), card: { brand: "visa", last4: "4242" } };
    expect(await seen()).toEqual(planned);
    world.clock.set(new Date(row?.expires_at - 5 * dayMs));
    await renewAll(world);
    expect(await seen()).toEqual(planned);
    const [invoice] =
      await owner`select id from invoices where customer_id = ${customerId} and state = 'open'`;
    const ofInvoice = await readInvoiceSteps(world.jobs.sql, world, { customerId, invoiceId: invoice?.id });
    expect(ofInvoice).toContainEqual({ kind: "charge", at: planned.at });
    await owner`update auto_charges set stopped_at = now(), stopped_code = 'lost_card' where customer_id = ${customerId}`;
    expect(await seen()).toBeNull();
    await owner`update auto_charges set stopped_at = null, stopped_code = null where customer_id = ${customerId}`;
    await giveBalance(world, customer, 10_000n);
    expect(await seen()).toBeNull();
  });

  it("is found only under its own customer", async () => {
    const { id } = await serviceIn(5, "Own Ltd");
    const other = await serviceIn(5, "Other Ltd");
    const show = (reference: string, serviceId: string) =>
      showService(auditor, { reference, serviceId }, world);
    expect(await show(other.reference, id)).toBeNull();
    expect(await show(other.reference, "none")).toBeNull();
    expect((await show(other.reference, other.id))?.label).toBe("web-1");
  });
});
