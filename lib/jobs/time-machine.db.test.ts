import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { giveGoodwill } from "@/lib/billing/payment/give-goodwill";
import { manualClock } from "@/lib/kernel/clock";
import type { CustomerId } from "@/lib/kernel/id";
import { type Currency, money } from "@/lib/kernel/money";
import { parseSettings } from "@/lib/kernel/settings";
import { createMailer } from "@/lib/mail/mailer";
import { sandboxControl } from "@/lib/sandbox/control";
import { type Mailbox, startMailbox } from "@/lib/sandbox/mailbox/mailbox";
import { startSandbox } from "@/lib/sandbox/server";
import { createTestDatabase } from "@/lib/testing/database";
import { seedDemo } from "@/lib/testing/demo";
import { giveBalance, makeActiveService, makeCustomer, makePlan } from "@/lib/testing/fixtures";
import { expectBooksBalance } from "@/lib/testing/payment-facts";
import {
  localGateway,
  openTestWorld,
  type TestWorld,
  testSecretKey,
  testWebhookSecret,
} from "@/lib/testing/world";
import { processWaitingEvents } from "@/lib/webhook/process-events";
import { readBackEvents } from "@/lib/webhook/read-back-events";
import { type Movable, moveTime } from "./time-machine";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface Scene {
  world: TestWorld;
  mailbox: Mailbox;
  movable: Movable;
  settings: ReturnType<typeof parseSettings>;
  close(): Promise<void>;
}

async function openScene(stepHours: number): Promise<Scene> {
  const [database, sandbox, mailbox] = await Promise.all([
    createTestDatabase(),
    startSandbox({ secretKey: testSecretKey }),
    startMailbox({}),
  ]);
  const clock = manualClock(new Date());
  const world = openTestWorld({ url: database.url, gateway: localGateway(sandbox.url), clock });
  const settings = parseSettings({
    DATABASE_URL: database.url,
    MALLARD_URL: "http://localhost:3000",
    MALLARD_WORLD: "demo",
    MAIL_FROM: "billing@ducky.example",
    NEXTAUTH_SECRET: "only for tests, only for tests, only for tests",
    SMTP_URL: mailbox.smtpUrl,
    STRIPE_API_BASE: sandbox.url,
    STRIPE_SECRET_KEY: testSecretKey,
    STRIPE_WEBHOOK_SECRET: testWebhookSecret,
  });
  const movable: Movable = {
    tools: {
      world,
      mailer: createMailer(settings),
      host: { name: "Ducky Cloud", url: "http://localhost:3000" },
      events: {
        process: async (here) => (await processWaitingEvents(here)).length,
        readBack: readBackEvents,
      },
    },
    advance: (ms) => clock.advance(ms),
    stripe: sandboxControl(sandbox.url, testSecretKey),
    stepHours,
  };
  return {
    world,
    mailbox,
    movable,
    settings,
    close: async () => {
      await world.close();
      await Promise.all([database.drop(), sandbox.close(), mailbox.close()]);
    },
  };
}

describe("the time machine", () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await openScene(1);
  });

  afterAll(() => scene.close());

  it("shows a shortfall, and the money that mends it, as the jobs would have come to them", async () => {
    const { world, movable } = scene;
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const [before] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
    const told = await moveTime(movable, "event");
    expect(told.happened).toContainEqual({ verb: "invoice_issued", count: 1 });
    expect(told.mails).toBe(1);
    // Seven days ahead, and found by the run of that hour.
    const aheadMs = before?.expires_at.getTime() - told.to.getTime();
    expect(Math.abs(aheadMs - 7 * dayMs)).toBeLessThanOrEqual(2 * hourMs);
    await giveBalance(world, customer, 1_000n);
    const mended = await moveTime(movable, "day");
    expect(mended.to.getTime() - mended.from.getTime()).toBe(dayMs);
    const [after] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
    expect(after?.expires_at.getTime() - before?.expires_at.getTime()).toBeGreaterThan(27 * dayMs);
    expect(mended.booksBalance).toBe(true);
  }, 120_000);
});

describe("ninety days of the demo world", () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await openScene(12);
    await seedDemo({ settings: scene.settings });
  }, 180_000);

  afterAll(() => scene.close());

  /** Money for everybody whose auto-renew invoices wait for it. */
  async function giveToTheShort(): Promise<number> {
    const { world } = scene;
    const short = await world.jobs.sql<{ customer_id: CustomerId; currency: Currency; missing: bigint }[]>`
      select i.customer_id, i.currency, sum(i.total_minor - i.amount_paid_minor - i.amount_credited_minor) as missing
      from invoices i where i.state = 'open' and i.origin = 'renewal' group by 1, 2`;
    for (const { customer_id: customerId, currency, missing } of short) {
      await giveGoodwill(world, world.staff, {
        customerId,
        amount: money(BigInt(missing), currency),
        reason: "test",
      });
    }
    return short.length;
  }

  it("pass with and without money arriving, and the books balance after each step", async () => {
    const { world, movable } = scene;
    for (let week = 0; week < 13; week += 1) {
      if (week === 4 || week === 9) expect(await giveToTheShort()).toBeGreaterThan(0);
      const passed = await moveTime(movable, "week");
      expect(passed.booksBalance, `week ${week + 1}`).toBe(true);
    }
    await expectBooksBalance(world, { full: true });
    const [waiting] = await world.jobs.sql`
      select count(*)::int as count from notices where state = 'waiting'`;
    expect(waiting?.count).toBe(0);
  }, 600_000);
});
