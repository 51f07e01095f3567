import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { newEndpointSecret } from "@/lib/billing/webhook/endpoint-secret";
import { deliverWebhooks } from "@/lib/jobs/deliver-webhooks";
import { systemClock } from "@/lib/kernel/clock";
import { type Panel, startPanel } from "@/lib/sandbox/panel/panel";
import { seedDemo } from "./demo";
import { passDemoDays } from "./demo-days/demo-days";
import { type DemoStage, openDemoStage } from "./demo-days/demo-stage";
import { expectBooksBalance } from "./payment-facts";
import type { TestWorld } from "./world";

let stage: DemoStage;
let world: TestWorld;
let panel: Panel;
const panelSecret = newEndpointSecret();

beforeAll(async () => {
  [stage, panel] = await Promise.all([
    openDemoStage(inject("testServerUrl"), 24),
    startPanel({ secret: panelSecret }),
  ]);
  world = stage.world;
  await seedDemo({ settings: { ...stage.settings, panelUrl: panel.url }, panelSecret });
}, 180_000);

afterAll(() => Promise.all([stage.close(), panel.close()]));

/** How many rows there are of each word of a column. */
async function countsOf(table: string, column: string): Promise<Record<string, number>> {
  const rows = await world.jobs.sql.unsafe(
    `select ${column} as word, count(*)::int from ${table} group by 1`,
  );
  return Object.fromEntries(rows.map(({ word, count }) => [word, count]));
}

describe("the demo world", () => {
  it("leaves the books balanced", async () => {
    await expectBooksBalance(world, { full: true });
  });

  it("has customers, services and invoices enough for lists of several pages", async () => {
    const [row] = await world.jobs.sql`
      select (select count(*)::int from customers where reference is not null) as customers,
        (select count(*)::int from services) as services, (select count(*)::int from invoices) as invoices`;
    expect(row?.customers).toBeGreaterThanOrEqual(40);
    expect(row?.services).toBeGreaterThanOrEqual(90);
    expect(row?.invoices).toBeGreaterThanOrEqual(400);
  });

  it("has invoices of each state, and payments that were made, wait, failed to be made, or were given up", async () => {
    expect(Object.keys(await countsOf("invoices", "state"))).toEqual(
      expect.arrayContaining(["open", "paid", "void"]),
    );
    expect(Object.keys(await countsOf("payments", "state"))).toEqual(
      expect.arrayContaining(["succeeded", "sent", "processing", "expired"]),
    );
    expect(Object.keys(await countsOf("payments", "funding"))).toEqual(expect.arrayContaining(["bank"]));
    const [waiting] = await world.jobs.sql`
      select count(*)::int as count from bank_receipts where payment_id is null and assigned_at is null`;
    expect(waiting?.count).toBe(2);
    const drafts = await world.staff.sql`select 1 from invoice_drafts`;
    expect(drafts).toHaveLength(1);
    expect(Object.keys(await countsOf("payments", "kind"))).toEqual(expect.arrayContaining(["top_up"]));
  });

  it("has what customers set up: cards, automatic payment, a service that ends with its term", async () => {
    const rows = await world.jobs.sql`
      select (select count(*)::int from payment_methods where detached_at is null) as cards,
        (select count(*)::int from auto_charges where pays_invoices) as auto_pay,
        (select count(*)::int from auto_top_ups where is_on) as auto_top_up,
        (select count(*)::int from services where cancel_requested_at is not null) as ending,
        (select count(*)::int from services where state = 'suspended') as suspended,
        (select count(*)::int from services where state = 'active' and expires_at < ${world.clock.now()}) as in_grace`;
    expect(rows[0]).toMatchObject({ cards: 3, auto_pay: 1, auto_top_up: 1, ending: 1, suspended: 1 });
    expect(rows[0]?.in_grace).toBeGreaterThanOrEqual(1);
    const invitations = await world.staff.sql`select email from invitations where accepted_at is null`;
    expect(invitations).toHaveLength(1);
  });

  it("has money that went back: a refund, an open dispute, and a lost one whose money was spent", async () => {
    expect(await countsOf("refunds", "state")).toEqual({ succeeded: 1 });
    expect(await countsOf("disputes", "state")).toEqual({ open: 1, lost: 1 });
    const [debt] = await world.jobs.sql`
      select sum(amount_minor)::bigint as minor from transfers where debit = 'customer_debt'`;
    expect(debt?.minor).toBeGreaterThan(0n);
  });

  it("has what staff did: the host's logo, notes, a colleague invited, a price to come", async () => {
    const [row] = await world.staff.sql`
      select (select value #>> '{}' from settings where key = 'host_logo') as logo,
        (select count(*)::int from activities where verb = 'note_added') as notes,
        (select count(*)::int from tokens where kind = 'staff_invite' and used_at is null) as invited,
        (select count(*)::int from plan_prices where valid_from > ${world.clock.now()}) as prices`;
    expect(row).toMatchObject({ notes: 5, invited: 1, prices: 1 });
    expect(row?.logo).toMatch(/^data:image\/png;base64,/);
  });

  it("has a control panel that was connected a week ago, and hears of what happened since", async () => {
    await deliverWebhooks({ ...world, panelOrigin: panel.url }, { wallClock: systemClock });
    expect(Object.keys(await countsOf("webhook_deliveries", "state"))).toEqual(["delivered"]);
    const services: object = await (await fetch(`${panel.url}/services.json`)).json();
    const standings = new Set(Object.values(services).map(({ standing }) => standing));
    expect(standings).toEqual(new Set(["running", "stopped"]));
    // The weeks to come are about customers.
    await stage.owner`update webhook_endpoints set disabled_at = now()`;
  });
});

describe("three weeks of the demo world, day by day", () => {
  // Ninety days, the jobs four times a day, with and without money: `npm run chaos -- --demo 90`.
  it("keep the books balanced after each step, and what people were told is what happened", async () => {
    const passed = await passDemoDays(stage, { days: 21, moneyFromDay: 11 });
    expect(passed.violations).toEqual([]);
    expect(passed.compared.told).toBeGreaterThan(30);
    expect(passed.compared.happened).toBeGreaterThan(20);
    expect(passed.paid.total()).toBeGreaterThan(5);
    expect(Object.keys(passed.happened.counts())).toEqual(
      expect.arrayContaining(["service_renewed", "service_suspended", "service_resumed"]),
    );
  }, 240_000);
});
