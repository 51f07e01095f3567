import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaffRole } from "@/lib/auth/actor";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { newId, type PlanId, type SessionId, type UserId } from "@/lib/kernel/id";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import { makeActiveService, makeCustomer, makePlan, makeRenewal } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { showPlan } from "./list-plans";
import { previewPrice, setPrice } from "./plan-price";
import type { StaffActor } from "./shapes";

let world: TestWorld;
const userId = newId<UserId>();

const staff = (role: StaffRole): StaffActor => ({ userId, sessionId: newId<SessionId>(), role });

beforeAll(async () => {
  // The tenth of March, nine in the morning.
  world = await openOwnWorld();
  await world.staff.sql`
    insert into users (id, email, name, created_at) values (${userId}, 'fay@ducky.example', 'Fay', now())`;
});

afterAll(() => world.close());

const wishOf = (planKey: PlanId, other: object = {}) => ({
  ...{ planKey, currency: "USD", price: "12.00", from: "2026-06-01" },
  ...other,
});

async function set(planKey: PlanId, other: object = {}, role: StaffRole = "finance") {
  const shown = await previewPrice(staff(role), wishOf(planKey, other), world);
  const seen = shown.ok ? shown.value.seen : "";
  return setPrice(staff(role), { ...wishOf(planKey, other), seen }, world);
}

describe("a plan's price from a day on", () => {
  it("says first whom it reaches when, and applies to the terms that begin then", async () => {
    const planId = await makePlan(world);
    const customer = await makeCustomer(world, { name: "Teal Ltd" });
    const serviceId = await makeActiveService(world, customer, planId);
    // Its first term ends on the tenth of April, and three follow before one begins in June.
    const shown = await previewPrice(staff("auditor"), wishOf(planId), world);
    expect(shown).toMatchObject({
      ok: true,
      value: {
        ...{ before: { minor: 1000n }, replaces: null, endedBy: null, services: 1, customers: 1 },
        validFrom: new Date("2026-06-01T00:00:00Z"),
        hits: [{ customer: { name: "Teal Ltd" }, firstAt: new Date("2026-06-10T09:00:00Z") }],
      },
    });
    expect(await set(planId, { from: "2026-04-01" })).toMatchObject({ ok: true });
    world.clock.advance(25 * 86_400_000);
    await runRenewals(world);
    const [line] = await world.jobs.sql`
      select net_minor from invoice_lines where service_id = ${serviceId} and kind = 'renewal'`;
    expect(line?.net_minor).toBe(1200n);
    // That term is billed: the next price reaches the one after it.
    const later = await previewPrice(
      staff("auditor"),
      wishOf(planId, { price: "15", from: "2026-04-05" }),
      world,
    );
    expect(later).toMatchObject({
      value: { hits: [{ firstAt: new Date("2026-05-10T09:00:00Z"), before: { minor: 1200n } }] },
    });
  });

  it("reaches no service that ends with its paid term, or whose renewal was declined", async () => {
    const planId = await makePlan(world);
    const [kept, ending, declined] = [
      await makeCustomer(world),
      await makeCustomer(world),
      await makeCustomer(world),
    ];
    await makeActiveService(world, kept, planId, true);
    const endingId = await makeActiveService(world, ending, planId, true);
    await world.jobs
      .sql`update services set cancel_requested_at = ${world.clock.now()} where id = ${endingId}`;
    const declinedId = await makeActiveService(world, declined, planId, true);
    const { id } = await makeRenewal(world, declined, declinedId);
    expect(await cancelInvoice(declined.actor, { invoiceId: id }, world)).toMatchObject({ ok: true });
    expect(await previewPrice(staff("finance"), wishOf(planId), world)).toMatchObject({
      value: { services: 1, customers: 1 },
    });
  });

  it("stands with all that were and will be", async () => {
    const planId = await makePlan(world);
    await set(planId);
    expect((await showPlan(staff("support"), planId, world))?.prices).toMatchObject([
      { price: { minor: 1000n }, when: "now", validUntil: new Date("2026-06-01T00:00:00Z") },
      { price: { minor: 1200n }, when: "coming", validUntil: null },
    ]);
  });

  it("that stands for that day is said and replaced; a later one is said to end it", async () => {
    const planId = await makePlan(world);
    await set(planId);
    expect(await previewPrice(staff("finance"), wishOf(planId, { price: "13" }), world)).toMatchObject({
      value: { replaces: { minor: 1200n }, endedBy: null },
    });
    expect(
      await previewPrice(staff("finance"), wishOf(planId, { price: "11", from: "2026-05-01" }), world),
    ).toMatchObject({
      value: {
        before: { minor: 1000n },
        endedBy: { price: { minor: 1200n }, at: new Date("2026-06-01T00:00:00Z") },
      },
    });
    expect(await set(planId, { price: "13" })).toMatchObject({ ok: true });
    expect((await showPlan(staff("support"), planId, world))?.prices).toHaveLength(2);
  });

  it("that was agreed to over other prices is asked about again: of two at once, one is set", async () => {
    const planId = await makePlan(world);
    const shown = await previewPrice(staff("finance"), wishOf(planId), world);
    const seen = shown.ok ? shown.value.seen : "";
    const both = await Promise.all(
      ["13", "14"].map((price) => setPrice(staff("finance"), { ...wishOf(planId, { price }), seen }, world)),
    );
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toMatchObject({ refusal: { code: "prices_changed" } });
  });

  it.each([
    [{ from: "2026-03-09" }, "date_past"],
    [{ from: "2026-02-30" }, "date_malformed"],
    [{ price: "10.00" }, "price_is_the_same"],
    [{ price: "-1" }, "amount_negative"],
    [{ price: "1.234567" }, "amount_too_precise"],
    [{ currency: "XXX" }, "amount_malformed"],
    [{ planKey: "none" }, "plan_not_found"],
  ])("is refused with %j as %s", async (other, code) => {
    const planId = await makePlan(world);
    expect(await set(planId, other)).toMatchObject({ ok: false, refusal: { code } });
  });

  it.each(["support", "auditor"] as const)("is not for %s to set", async (role) => {
    const planId = await makePlan(world);
    expect(await set(planId, {}, role)).toEqual({ ok: false, refusal: { code: "not_allowed" } });
  });
});
