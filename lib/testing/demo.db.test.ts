import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manualClock, systemClock } from "@/lib/kernel/clock";
import { parseSettings } from "@/lib/kernel/settings";
import { startSandbox } from "@/lib/sandbox/server";
import { createTestDatabase } from "./database";
import { seedDemo } from "./demo";
import { expectBooksBalance } from "./payment-facts";
import { localGateway, openTestWorld, type TestWorld, testSecretKey, testWebhookSecret } from "./world";

let world: TestWorld;
let close: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  const sandbox = await startSandbox({ secretKey: testSecretKey, clock: systemClock });
  world = openTestWorld({
    url: database.url,
    gateway: localGateway(sandbox.url),
    clock: manualClock(new Date()),
  });
  close = async () => {
    await Promise.all([world.close(), sandbox.close()]);
    await database.drop();
  };
  const settings = parseSettings({
    DATABASE_URL: database.url,
    MALLARD_URL: "http://localhost:3000",
    MALLARD_WORLD: "demo",
    MAIL_FROM: "billing@ducky.example",
    NEXTAUTH_SECRET: "only for tests, only for tests, only for tests",
    SMTP_URL: "smtp://127.0.0.1:9",
    STRIPE_API_BASE: sandbox.url,
    STRIPE_SECRET_KEY: testSecretKey,
    STRIPE_WEBHOOK_SECRET: testWebhookSecret,
  });
  await seedDemo({ settings });
}, 180_000);

afterAll(() => close());

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
});
