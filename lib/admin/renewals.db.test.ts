import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { exactTypes, type Sql } from "@/db/exact-sql";
import { renewAll, renewalsRequested, runRequested } from "@/lib/billing/renewal/run-requested";
import { wakeOn } from "@/lib/jobs/wake";
import { newId } from "@/lib/kernel/id";
import { createTestDatabase } from "@/lib/testing/database";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { holdRows } from "@/lib/testing/held-lock";
import { makeStaff } from "@/lib/testing/staff";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { listRenewalRuns } from "./list-renewal-runs";
import { type PreviewedRenewal, previewRenewals } from "./preview-renewals";
import { requestRenewals } from "./request-renewals";
import type { StaffActor } from "./shapes";
import { showRequestedRun } from "./show-requested-run";

const dayMs = 86_400_000;
let world: TestWorld;
let auditor: StaffActor;
let finance: StaffActor;
/** Arranges what no role of the application may. */
let owner: Sql;
/** The connection of a worker that is killed. */
let dying: postgres.Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  world = openTestWorld({ url: database.url });
  [auditor, finance] = [await makeStaff(world, "auditor"), await makeStaff(world, "finance")];
  owner = postgres(database.url, { max: 3, onnotice: () => {}, types: exactTypes });
  dying = postgres(database.url, { max: 1, onnotice: () => {} });
  drop = () => database.drop();
});

// No run bills the customers of another test.
afterEach(async () => {
  await owner`update customers set closed_at = now() where not is_house`;
});

afterAll(async () => {
  await Promise.all([world.close(), owner.end(), dying.end()]);
  await drop();
});

/** A monthly service for 10.00, with so much on the balance; it expires within the preview. */
async function renewing(name: string, minor: bigint, isAutoRenew = true) {
  const customer = await makeCustomer(world, { name });
  const id = await makeActiveService(world, customer, await makePlan(world), isAutoRenew);
  if (minor > 0n) await giveBalance(world, customer, minor);
  return { ...customer, id };
}

/** Auto-pay with a card of that year. */
async function withCard({ customerId, actor }: TestCustomer, expYear: number): Promise<void> {
  const cardId = newId();
  await owner`
    insert into payment_methods (customer_id, id, stripe_payment_method_id, fingerprint, brand, last4, exp_month, exp_year,
      is_default, created_at)
    values (${customerId}, ${cardId}, ${`pm_${cardId}`}, ${cardId}, 'visa', '4242', 12, ${expYear}, true,
      ${world.clock.now()})`;
  await owner`
    insert into auto_charges (customer_id, payment_method_id, pays_invoices, user_id, changed_at)
    values (${customerId}, ${cardId}, true, ${actor.userId}, ${world.clock.now()})`;
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
    // What no forecast has yet stands with the plan's price, which is without tax: the page says so.
    expect([covered, short, byHand].map(({ id }) => ahead.get(id)?.isNet)).toEqual([false, false, true]);
    expect(await renewAll(world)).toMatchObject({ due: 4, paid: 1, short: 1, parked: 1 });
    const [paid] = await owner`
      select count(*)::int as count from invoices where state = 'paid' and origin = 'renewal'
        and customer_id = ${covered.customerId}`;
    expect(paid?.count).toBe(1);
    const after = await previewed();
    expect(after.get(short.id)).toMatchObject({ outcome: "short", shortBy: { minor: 360n } });
    expect(after.get(short.id)?.invoiceNumber).not.toBeNull();
    expect(after.get(noPrice.id)?.outcome).toBe("parked");
  });

  it("are charged to the card of auto-pay, before and after they are issued; not to one that has expired", async () => {
    const charged = await renewing("Charged Ltd", 100n);
    const expired = await renewing("Expired Ltd", 100n);
    await withCard(charged, 2099);
    await withCard(expired, 2020);
    await toTheirDay();
    const outcomes = async () => {
      const ahead = await previewed();
      return [charged, expired].map((one) => ahead.get(one.id)?.outcome);
    };
    expect(await outcomes()).toEqual(["charged", "short"]);
    await renewAll(world);
    expect(await outcomes()).toEqual(["charged", "short"]);
  });
});

describe("a run that staff ask for", () => {
  const requested = () => showRequestedRun(auditor, world);
  const due = async (name: string) => {
    const service = await renewing(name, 1_000n);
    await toTheirDay();
    return service;
  };

  it("is recorded when it is asked for, waits for a worker, and is listed with what it came to", async () => {
    await due("Listed Ltd");
    expect(await runRequested(world)).toBeNull();
    expect(await requestRenewals(finance, world)).toEqual({ ok: true });
    const [recorded] = await owner`select user_id, verb from activities order by id desc limit 1`;
    expect(recorded).toEqual({ user_id: finance.userId, verb: "renewals_requested" });
    expect(await requested()).toMatchObject({ state: "waiting", workerSilent: { heardAt: null } });
    expect(await runRequested(world)).toMatchObject({ due: 1, issued: 1, paid: 1 });
    const { rows } = await listRenewalRuns(auditor, { cursor: null }, world);
    expect(rows[0]).toMatchObject({ state: "ended", issued: 1, paid: 1 });
    const ended = { state: "ended", by: "Staff finance", issued: 1, paid: 1, short: 0, covered: 0 };
    expect(await requested()).toMatchObject({ ...ended, foundNothing: false, workerSilent: null });
    expect(await runRequested(world)).toBeNull();
  });

  it("says so when it found nothing to do", async () => {
    await renewAll(world);
    expect(await requestRenewals(finance, world)).toEqual({ ok: true });
    expect(await requested()).toMatchObject({ state: "waiting", foundNothing: false });
    expect(await runRequested(world)).toMatchObject({ due: 0, covered: 0 });
    expect(await requested()).toMatchObject({ state: "ended", foundNothing: true });
  });

  it("is for finance; of two people at once one is told, and beside the scheduled run each term is billed once", async () => {
    expect(await requestRenewals(auditor, world)).toMatchObject({ refusal: { code: "not_allowed" } });
    for (let count = 0; count < 5; count += 1) await renewing(`Both ${count}`, 1_000n);
    await toTheirDay();
    const both = await Promise.all([requestRenewals(finance, world), requestRenewals(finance, world)]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toMatchObject({ refusal: { code: "run_under_way" } });
    const ran = await Promise.all([runRequested(world), renewAll(world), runRequested(world)]);
    expect(ran.reduce((sum, one) => sum + (one?.issued ?? 0), 0)).toBe(5);
    expect(await requested()).toMatchObject({ state: "ended" });
  });

  it("is done by the next worker when the one that had begun it dies", async () => {
    await due("Orphan Ltd");
    expect(await requestRenewals(finance, world)).toEqual({ ok: true });
    const [worker] = await dying`
      select pg_backend_pid() as pid, pg_advisory_lock(hashtext('renewal_requests'))`;
    await owner`
      update renewal_requests set started_at = ${world.clock.now()}, run_id = gen_random_uuid() where ended_at is null`;
    await owner`
      insert into job_runs (name, every_seconds, started_at) values ('poll-payments', 5, ${world.clock.now()})`;
    expect(await requested()).toMatchObject({ state: "running", workerSilent: null });
    expect(await runRequested(world)).toBeNull();
    const heardAt = world.clock.now();
    world.clock.advance(60_000);
    expect(await requested()).toMatchObject({ state: "running", workerSilent: { heardAt } });
    // Killed: the server ends its connection, and with it the lock.
    await owner`select pg_terminate_backend(${worker?.pid}, 10000)`;
    expect(await runRequested(world)).toMatchObject({ issued: 1, paid: 1 });
    expect(await requested()).toMatchObject({ state: "ended", issued: 1 });
  });

  it("ends well though the connection that holds its lock is cut meanwhile", async () => {
    const { customerId } = await due("Cut Ltd");
    expect(await requestRenewals(finance, world)).toEqual({ ok: true });
    const held = await holdRows({ owner }, "balances", customerId);
    const ran = runRequested(world);
    await held.untilAwaited();
    const cut = await owner`
      select pg_terminate_backend(pid, 10000) from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())
        and objid = hashtext('renewal_requests')::oid`;
    expect(cut).toHaveLength(1);
    await held.release();
    expect(await ran).toMatchObject({ issued: 1, paid: 1 });
    expect(await requested()).toMatchObject({ state: "ended", issued: 1 });
  });

  it("says why it failed, and another may be asked for", async () => {
    await due("Broken Ltd");
    await owner`revoke insert on renewal_runs from mallard_jobs`;
    expect(await requestRenewals(finance, world)).toEqual({ ok: true });
    await expect(runRequested(world)).rejects.toThrow("permission denied");
    await owner`grant insert on renewal_runs to mallard_jobs`;
    expect(await requested()).toMatchObject({
      state: "failed",
      failure: expect.stringContaining("permission denied for table renewal_runs"),
      workerSilent: null,
    });
    expect(await requestRenewals(finance, world)).toEqual({ ok: true });
    expect(await runRequested(world)).not.toBeNull();
  });

  it("wakes the worker when it is committed, and one that comes later looks for it at once", async () => {
    const ran: Awaited<ReturnType<typeof runRequested>>[] = [];
    let heard = () => {};
    const next = () => new Promise<void>((resolve) => (heard = resolve));
    const first = next();
    const worker = await wakeOn(world.jobs, renewalsRequested, async () => {
      ran.push(await runRequested(world));
      heard();
    });
    await first;
    const second = next();
    expect(await requestRenewals(finance, world)).toEqual({ ok: true });
    await second;
    await worker.stop();
    expect(ran).toEqual([null, expect.objectContaining({ due: 0 })]);
    expect(await requested()).toMatchObject({ state: "ended", issued: 0 });
  });
});

describe("a run whose worker said nothing for minutes", () => {
  it("counts as broken off", async () => {
    const now = world.clock.now();
    await owner`
      insert into renewal_runs (id, started_at, updated_at, due, issued, paid, short, parked)
      values ('0190a000-0000-7000-8000-000000000001', ${now}, ${now}, 9, 3, 3, 0, 0)`;
    world.clock.advance(6 * 60_000);
    const { rows } = await listRenewalRuns(auditor, { cursor: null }, world);
    expect(rows.find(({ due }) => due === 9)).toMatchObject({ state: "lost", issued: 3 });
  });
});
