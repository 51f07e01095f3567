import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { StaffActor } from "@/lib/admin/shapes";
import { showService as showToStaff } from "@/lib/admin/show-service";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { termEnd } from "@/lib/kernel/calendar";
import type { PlanId, ServiceId } from "@/lib/kernel/id";
import {
  addPrice,
  makeActiveService,
  makeCustomer,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { expectAllInOrder, expectBooksBalance } from "@/lib/testing/payment-facts";
import { makeStaff } from "@/lib/testing/staff";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { changePlan } from "./change-plan";
import { listServices } from "./list-services";
import { showRenewNow } from "./renew-now";
import { showOverview } from "./show-overview";
import { showService } from "./show-service";

let world: StripeWorld;
let staff: StaffActor;
const dayMs = 86_400_000;

beforeAll(async () => {
  world = await openStripeWorld();
  staff = await makeStaff(world, "support");
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(async () => {
  await expectAllInOrder(world);
  await world.close();
});

interface Running {
  customer: TestCustomer;
  serviceId: ServiceId;
  planId: PlanId;
  /** Its next term begins, and the one after it. */
  next: Date;
  afterNext: Date;
}

/** A service of 20.00 a month, begun just now. */
async function running(): Promise<Running> {
  const customer = await makeCustomer(world);
  const planId = await makePlan(world, { price: { USD: 2000n } });
  const serviceId = await makeActiveService(world, customer, planId, true);
  const [row] = await world.owner`select expires_at, anchor_day from services where id = ${serviceId}`;
  const next: Date = row?.expires_at;
  const afterNext = termEnd(next, { unit: "month", count: 1 }, row?.anchor_day, world.timeZone);
  return { customer, serviceId, planId, next, afterNext };
}

const raise = ({ planId }: Pick<Running, "planId">, from: Date, minor: bigint) =>
  addPrice(world, planId, from, minor);

async function shown({ customer, serviceId }: Running) {
  const page = await showService(customer.actor, serviceId, world);
  const { services } = await listServices(customer.actor, world);
  const row = services.find(({ id }) => id === serviceId);
  // Every page says the same.
  expect(row).toMatchObject({ price: page?.price, nextPrice: page?.nextPrice });
  const panel = await showRenewNow(customer.actor, { serviceId, terms: 1 }, world);
  if (panel.ok) expect(panel.value.nextPrice).toEqual(page?.nextPrice);
  const [{ reference } = { reference: "" }] = await world.owner`
    select reference from customers where id = ${customer.customerId}`;
  const ofStaff = await showToStaff(staff, { reference, serviceId }, world);
  expect(ofStaff).toMatchObject({ price: page?.price, nextPrice: page?.nextPrice });
  return { price: page?.price?.minor, from: page?.nextPrice?.at, next: page?.nextPrice?.price.minor };
}

describe("a price that rises", () => {
  it("before the next term is said with the day of that term, as the run bills it", async () => {
    const one = await running();
    await raise(one, new Date(world.clock.now().getTime() + dayMs), 2200n);
    expect(await shown(one)).toEqual({ price: 2000n, from: one.next, next: 2200n });
    // Also when the new price holds already: the term that runs was paid at the old one.
    await pass(world, 2 * dayMs);
    expect(await shown(one)).toEqual({ price: 2000n, from: one.next, next: 2200n });
    await pass(world, one.next.getTime() - world.clock.now().getTime() - 5 * dayMs);
    const { soon } = await showOverview(one.customer.actor, world);
    expect(soon).toMatchObject([{ nextPrice: { at: one.next, price: { minor: 2200n } } }]);
    await runRenewals(world);
    const [line] = await world.owner`
      select net_minor from invoice_lines where service_id = ${one.serviceId} and kind = 'renewal'`;
    expect(line).toEqual({ net_minor: 2200n });
    expect(await shown(one)).toEqual({ price: 2000n, from: one.next, next: 2200n });
  });

  it("during the next term is said with the day of the term after it", async () => {
    const one = await running();
    await raise(one, new Date(one.next.getTime() + 1), 2200n);
    expect(await shown(one)).toEqual({ price: 2000n, from: one.afterNext, next: 2200n });
  });

  it("leaves a term that is billed already at the price of its invoice", async () => {
    const one = await running();
    await pass(world, one.next.getTime() - world.clock.now().getTime() - 5 * dayMs);
    await runRenewals(world);
    await raise(one, new Date(world.clock.now().getTime() + dayMs), 2200n);
    expect(await shown(one)).toEqual({ price: 2000n, from: one.afterNext, next: 2200n });
  });

  it("is not said where it does not rise, or the service ends", async () => {
    const one = await running();
    expect(await shown(one)).toEqual({ price: 2000n, from: undefined, next: undefined });
    await raise(one, one.next, 2000n);
    expect(await shown(one)).toEqual({ price: 2000n, from: undefined, next: undefined });
    await raise(one, one.afterNext, 2200n);
    await world.owner`update services set cancel_requested_at = ${world.clock.now()} where id = ${one.serviceId}`;
    expect(await shown(one)).toEqual({ price: 2000n, from: undefined, next: undefined });
    await world.owner`update services set cancel_requested_at = null where id = ${one.serviceId}`;
  });

  it("by the plan that was chosen for the next term is said too", async () => {
    const one = await running();
    const dear = await makePlan(world, { price: { USD: 3000n } });
    const wish = { serviceId: one.serviceId, planId: dear, way: "next_term" as const, agreedMinor: 0n };
    expect(await changePlan(one.customer.actor, wish, world)).toMatchObject({ ok: true });
    expect(await shown(one)).toEqual({ price: 2000n, from: one.next, next: 3000n });
  });
});
