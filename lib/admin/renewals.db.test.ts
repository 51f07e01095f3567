import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase } from "@/lib/testing/database";
import { giveBalance, makeActiveService, makeCustomer, makePlan } from "@/lib/testing/fixtures";
import { makeStaff } from "@/lib/testing/staff";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { listRenewalRuns } from "./list-renewal-runs";
import { type PreviewedRenewal, previewRenewals } from "./preview-renewals";
import { runRenewalsNow } from "./run-renewals-now";
import type { StaffActor } from "./shapes";

const dayMs = 86_400_000;
let world: TestWorld;
let auditor: StaffActor;
let finance: StaffActor;
/** Arranges what no role of the application may. */
let owner: postgres.Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  world = openTestWorld({ url: database.url });
  [auditor, finance] = [await makeStaff(world, "auditor"), await makeStaff(world, "finance")];
  owner = postgres(database.url, { max: 1, onnotice: () => {} });
  drop = () => database.drop();
});

// No run bills the customers of another test.
afterEach(async () => {
  await owner`update customers set closed_at = now() where not is_house`;
});

afterAll(async () => {
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

/** A monthly service for 10.00, with so much on the balance; it expires within the preview. */
async function renewing(name: string, minor: bigint, isAutoRenew = true) {
  const customer = await makeCustomer(world, { name });
  const id = await makeActiveService(world, customer, await makePlan(world), isAutoRenew);
  if (minor > 0n) await giveBalance(world, customer, minor);
  return { ...customer, id };
}

async function previewed(): Promise<Map<string, PreviewedRenewal>> {
  const all: PreviewedRenewal[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await previewRenewals(auditor, { cursor }, world);
    all.push(...page.rows);
    cursor = page.next;
    if (cursor === null) return new Map(all.map((one) => [one.serviceId, one]));
  }
}

/** On the day on which the last of them is billed. */
async function toTheirDay(): Promise<void> {
  const [last] = await owner`select max(expires_at) as at from services where state = 'active'`;
  world.clock.set(new Date(last?.at.getTime() - 5 * dayMs));
}

describe("renewals ahead", () => {
  it("are what the run then comes to: covered, short by so much, by hand, or without a price", async () => {
    const covered = await renewing("Covered Ltd", 1_000n);
    const short = await renewing("Short Ltd", 640n);
    const byHand = await renewing("Hand Ltd", 5_000n, false);
    const noPrice = await renewing("Priceless Ltd", 5_000n);
    await owner`
      delete from plan_prices where plan_id = (select plan_id from services where id = ${noPrice.id})`;
    await toTheirDay();
    const ahead = await previewed();
    const outcome = (one: { id: string }) => ahead.get(one.id)?.outcome;
    expect([covered, short, byHand, noPrice].map(outcome)).toEqual([
      "covered",
      "short",
      "by_hand",
      "no_price",
    ]);
    expect(ahead.get(short.id)?.shortBy).toEqual({ minor: 360n, currency: "USD" });
    const ran = await runRenewalsNow(finance, world);
    expect(ran).toMatchObject({ ok: true, value: { due: 4, paid: 1, short: 1, parked: 1 } });
    const [paid] = await owner`
      select count(*)::int as count from invoices where state = 'paid' and origin = 'renewal'
        and customer_id = ${covered.customerId}`;
    expect(paid?.count).toBe(1);
    const after = await previewed();
    expect(after.get(short.id)).toMatchObject({ outcome: "short", shortBy: { minor: 360n } });
    expect(after.get(short.id)?.invoiceNumber).not.toBeNull();
    expect(after.get(noPrice.id)?.outcome).toBe("parked");
  });
});

describe("a run by hand", () => {
  it("is listed with what it came to, and is in the record", async () => {
    await renewing("Listed Ltd", 1_000n);
    await toTheirDay();
    expect(await runRenewalsNow(finance, world)).toMatchObject({ ok: true });
    const { rows } = await listRenewalRuns(auditor, { cursor: null }, world);
    expect(rows[0]).toMatchObject({ state: "ended", issued: 1, paid: 1 });
    const [recorded] =
      await owner`select detail from activities where verb = 'renewals_run' order by id desc limit 1`;
    expect(recorded?.detail).toMatchObject({ issued: "1", paid: "1", short: "0" });
  });

  it("is for finance, and of two at once and beside the worker's one is told", async () => {
    expect(await runRenewalsNow(auditor, world)).toMatchObject({ refusal: { code: "not_allowed" } });
    for (let count = 0; count < 5; count += 1) await renewing(`Both ${count}`, 1_000n);
    await toTheirDay();
    const both = await Promise.all([runRenewalsNow(finance, world), runRenewalsNow(finance, world)]);
    const ran = both.flatMap((one) => (one.ok ? one.value.issued : []));
    expect(ran.reduce((sum, issued) => sum + issued, 0)).toBe(5);
    for (const one of both) {
      if (!one.ok) expect(one.refusal).toEqual({ code: "run_under_way" });
    }
    const now = world.clock.now();
    await owner`
      insert into renewal_runs (id, started_at, updated_at, due, issued, paid, short, parked)
      values ('0190a000-0000-7000-8000-000000000001', ${now}, ${now}, 9, 3, 3, 0, 0)`;
    expect(await runRenewalsNow(finance, world)).toMatchObject({ refusal: { code: "run_under_way" } });
    world.clock.advance(6 * 60_000);
    const { rows } = await listRenewalRuns(auditor, { cursor: null }, world);
    expect(rows.find(({ due }) => due === 9)).toMatchObject({ state: "lost", issued: 3 });
    expect(await runRenewalsNow(finance, world)).toMatchObject({ ok: true });
  });
});
