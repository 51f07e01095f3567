import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { remindOfInvoices } from "@/lib/billing/reminder/remind";
import { createTestDatabase } from "@/lib/testing/database";
import { makeActiveService, makeCustomer, makeInvoice, makePlan, makeRenewal } from "@/lib/testing/fixtures";
import { makeStaff } from "@/lib/testing/staff";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import {
  changePlanSettings,
  checkedSettings,
  type PlanSettingsWish,
  seenOf,
  settingsOf,
} from "./plan-settings";
import { changeReminderDays, showReminderDays } from "./reminder-days";
import type { StaffActor } from "./shapes";

const dayMs = 86_400_000;
let world: TestWorld;
let finance: StaffActor;
let admin: StaffActor;
/** Looks at what was written. */
let owner: postgres.Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  world = openTestWorld({ url: database.url });
  [finance, admin] = [await makeStaff(world, "finance"), await makeStaff(world, "admin")];
  owner = postgres(database.url, { max: 1, onnotice: () => {} });
  drop = () => database.drop();
});

afterAll(async () => {
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

const usual = { leadDays: "7", graceDays: "4", terminateDays: "14", ownGraceDays: "3", reminderDays: "" };

async function wishFor(planId: PlanSettingsWish["planId"], wish: Partial<PlanSettingsWish> = {}) {
  const [row] = await owner`select * from plans where id = ${planId}`;
  return { planId, ...usual, seen: seenOf(settingsOf(row as never)), ...wish };
}

async function stagesOf(subjectId: string): Promise<number[]> {
  const rows =
    await owner`select stage from reminders where subject_id = ${subjectId} and kind = 'invoice_due' order by stage`;
  return rows.map(({ stage }) => stage);
}

async function passDays(count: number): Promise<void> {
  for (let day = 0; day < count; day += 1) {
    await remindOfInvoices(world);
    world.clock.advance(dayMs);
  }
}

describe("a plan's days", () => {
  it("are changed from finance on, recorded, and of two at once one is told", async () => {
    const planId = await makePlan(world);
    const wish = await wishFor(planId, { graceDays: "10", reminderDays: "-5, 0, 5" });
    const support = await makeStaff(world, "support");
    expect(await changePlanSettings(support, wish, world)).toMatchObject({
      refusal: { code: "not_allowed" },
    });
    const other = { ...wish, graceDays: "1" };
    const both = await Promise.all([
      changePlanSettings(finance, wish, world),
      changePlanSettings(finance, other, world),
    ]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toMatchObject({ refusal: { code: "plan_changed" } });
    const [row] = await owner`select * from plans where id = ${planId}`;
    expect(row?.reminder_days).toEqual([-5, 0, 5]);
    const recorded = await owner`select detail from activities where verb = 'plan_days_changed'`;
    expect(recorded).toHaveLength(1);
  });

  it.each([
    [{ leadDays: "28" }, { code: "lead_too_long", most: 27 }],
    [{ leadDays: "" }, { code: "days_malformed", most: 90 }],
    [{ graceDays: "-1" }, { code: "days_malformed", most: 60 }],
    [{ terminateDays: "366" }, { code: "days_malformed", most: 365 }],
    [{ ownGraceDays: "1.5" }, { code: "days_malformed", most: 60 }],
    [{ reminderDays: "-61" }, { code: "reminder_days_too_far", most: 60 }],
  ])("%j is refused with a reason", (wrong, refusal) => {
    expect(checkedSettings({ ...usual, ...wrong }, { unit: "month", count: 1 })).toEqual({
      ok: false,
      refusal,
    });
    expect(checkedSettings(usual, { unit: "month", count: 1 }).ok).toBe(true);
  });
});

describe("days of reminding", () => {
  it("are a plan's own for its invoices, and the host's for every other", async () => {
    const planId = await makePlan(world);
    expect(
      await changePlanSettings(finance, await wishFor(planId, { reminderDays: "-4, 0, 2" }), world),
    ).toMatchObject({ ok: true });
    const seen = (await showReminderDays(finance, world)).join(" ");
    const change = (actor: StaffActor, days: string) => changeReminderDays(actor, { days, seen }, world);
    expect(await change(finance, "-2, 1")).toMatchObject({ refusal: { code: "not_allowed" } });
    expect(await change(admin, "-2, 1")).toMatchObject({ ok: true });
    expect(await change(admin, "-3, 1")).toMatchObject({ refusal: { code: "settings_changed" } });

    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, planId);
    const [service] = await owner`select expires_at from services where id = ${serviceId}`;
    world.clock.set(new Date(service?.expires_at.getTime() - 7 * dayMs));
    const renewal = await makeRenewal(world, customer, serviceId);
    const manual = await makeInvoice(world, customer, 500n);
    await owner`
      update invoices set due_on = (select due_on from invoices where id = ${renewal.id}) where id = ${manual.id}`;
    await passDays(14);
    expect(await stagesOf(renewal.id)).toEqual([-4, 0, 2]);
    expect(await stagesOf(manual.id)).toEqual([-2, 1]);
  });
});
