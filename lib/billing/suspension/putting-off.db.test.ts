import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exactTypes, type Sql } from "@/db/exact-sql";
import { addCalendarDays, atHour, type CalendarDay, calendarDay } from "@/lib/kernel/calendar";
import type { ServiceId, UserId } from "@/lib/kernel/id";
import { listSuspensions } from "@/lib/portal/list-suspensions";
import { takeOwnGrace } from "@/lib/portal/own-grace";
import { showInvoice } from "@/lib/portal/show-invoice";
import { showService } from "@/lib/portal/show-service";
import { createTestDatabase } from "@/lib/testing/database";
import {
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { tellAll } from "@/lib/testing/told";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { announceStops } from "./announce-stops";
import { holdSuspension } from "./hold-suspension";
import { stopServices } from "./stop-services";

const hour = 3_600_000;
const day = 24 * hour;

let world: TestWorld;
let owner: Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = postgres(database.url, { max: 2, onnotice: () => {}, types: exactTypes });
  drop = () => database.drop();
  world = openTestWorld({ url: database.url });
});

afterAll(async () => {
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

type Overdue = TestCustomer & { serviceId: ServiceId };

/** A service at eleven on the day after its unpaid renewal was due: what is stopped is stopped at ten. */
async function overdue(role: "owner" | "viewer" = "owner"): Promise<Overdue> {
  await owner`update customers set closed_at = now() where not is_house`;
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
  const [service] = await owner`select expires_at from services where id = ${serviceId}`;
  world.clock.set(new Date(service?.expires_at.getTime() - 7 * day));
  await makeRenewal(world, customer, serviceId);
  world.clock.advance(8 * day + 2 * hour);
  if (role === "viewer")
    await owner`update memberships set role = 'viewer' where customer_id = ${customer.customerId}`;
  return { ...customer, serviceId };
}

async function workedFor(days: number): Promise<number> {
  let suspended = 0;
  for (let i = 0; i < days; i += 1) {
    await announceStops(world);
    await tellAll({ ...world, owner } as never);
    suspended += (await stopServices(world)).suspended;
    world.clock.advance(day);
  }
  return suspended;
}

describe("days that a customer gives themselves", () => {
  it("put the suspension off by what the plan says, once per term, and are recorded", async () => {
    const service = await overdue();
    expect(await listSuspensions(service.actor, world)).toMatchObject([{ label: "web-1", ownGraceDays: 3 }]);
    const [before] = await listSuspensions(service.actor, world);
    const taken = await takeOwnGrace(service.actor, { serviceId: service.serviceId }, world);
    expect(taken).toEqual({
      ok: true,
      value: { suspendsAt: new Date((before?.at.getTime() ?? 0) + 3 * day) },
    });
    expect(await takeOwnGrace(service.actor, { serviceId: service.serviceId }, world)).toMatchObject({
      refusal: { code: "taken_already" },
    });
    expect(await workedFor(7)).toBe(0);
    expect(await workedFor(1)).toBe(1);
    const [recorded] = await owner`
      select detail from activities where subject_id = ${service.serviceId} and verb = 'own_grace_taken'`;
    const until = calendarDay(taken.ok ? taken.value.suspendsAt : new Date(0), "UTC");
    expect(recorded).toEqual({ detail: { days: "3", until } });
  });

  it("are for who may change services, while nothing else is past due or suspended, where the plan gives some", async () => {
    const take = (of: Overdue) => takeOwnGrace(of.actor, { serviceId: of.serviceId }, world);
    expect(await take(await overdue("viewer"))).toMatchObject({ refusal: { code: "not_allowed" } });
    const owing = await overdue();
    const { id } = await makeInvoice(world, owing, 500n);
    await owner`update invoices set due_on = ${new Date(world.clock.now().getTime() - day)} where id = ${id}`;
    expect(await take(owing)).toMatchObject({ refusal: { code: "not_in_good_standing" } });
    const bare = await overdue();
    await owner`update plans set own_grace_days = 0`;
    expect(await take(bare)).toMatchObject({ refusal: { code: "not_offered" } });
    await owner`update plans set own_grace_days = 3`;
    const other = await makeCustomer(world);
    expect(await takeOwnGrace(other.actor, { serviceId: bare.serviceId }, world)).toMatchObject({
      refusal: { code: "service_not_found" },
    });
  });
});

describe("a suspension that staff hold off", () => {
  it("comes when the day has passed, and the reason is in the record", async () => {
    const service = await overdue();
    const today = calendarDay(world.clock.now(), "UTC");
    const hold = (days: number | null) =>
      holdSuspension(world, world.staff, {
        customerId: service.customerId,
        serviceId: service.serviceId,
        until: days === null ? null : addCalendarDays(today, days),
        reason: "waits for a purchase order",
        userId: service.actor.userId as UserId,
      });
    expect(await hold(-1)).toMatchObject({ refusal: { code: "day_out_of_range" } });
    expect(await hold(91)).toMatchObject({ refusal: { code: "day_out_of_range" } });
    expect(await hold(null)).toMatchObject({ refusal: { code: "not_held" } });
    expect(await hold(20)).toEqual({ ok: true });
    expect(await hold(null)).toEqual({ ok: true });
    expect(await hold(10)).toEqual({ ok: true });
    expect(await workedFor(11)).toBe(0);
    expect(await workedFor(1)).toBe(1);
    expect(await hold(30)).toMatchObject({ refusal: { code: "service_not_active", state: "suspended" } });
    const recorded = await owner`
      select verb, actor, detail->>'reason' as reason from activities where verb like 'suspension_h%' order by id`;
    const held = { verb: "suspension_held", actor: "staff", reason: "waits for a purchase order" };
    expect(recorded).toEqual([held, { ...held, verb: "suspension_hold_ended" }, held]);
  });

  it("is told to the customer with the day and without the reason: of the service, its invoice and the list", async () => {
    const service = await overdue();
    const until = addCalendarDays(calendarDay(world.clock.now(), "UTC"), 5);
    const hold = (day: CalendarDay | null) =>
      holdSuspension(world, world.staff, {
        customerId: service.customerId,
        serviceId: service.serviceId,
        until: day,
        reason: "waits for a purchase order",
        userId: service.actor.userId as UserId,
      });
    expect(await hold(until)).toEqual({ ok: true });
    const shown = await showService(service.actor, service.serviceId, world);
    expect(shown?.timeline[0]).toMatchObject({
      actor: "staff",
      verb: "suspension_put_off",
      detail: { until },
    });
    const at = atHour(addCalendarDays(until, 1), 10, "UTC");
    const put = { kind: "suspend", at, putOffBy: "host" };
    expect(shown?.next).toContainEqual(put);
    const invoice = await showInvoice(service.actor, shown?.openInvoiceNumber ?? "", world);
    expect(invoice?.next).toContainEqual(put);
    expect(await listSuspensions(service.actor, world)).toMatchObject([{ at, putOffBy: "host" }]);
    expect(JSON.stringify([shown?.timeline, invoice?.timeline])).not.toContain("purchase order");
    expect(await hold(null)).toEqual({ ok: true });
    const after = await showService(service.actor, service.serviceId, world);
    expect(after?.timeline[0]).toMatchObject({ verb: "suspension_put_off_ended", detail: {} });
    expect(after?.next.map(({ putOffBy }) => putOffBy)).toEqual(after?.next.map(() => undefined));
  });
});
