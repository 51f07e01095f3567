import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { paperMessages } from "@/app/paper-given";
import { exactTypes, type Sql } from "@/db/exact-sql";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { stopServices } from "@/lib/billing/suspension/stop-services";
import { addCalendarDays, calendarDay } from "@/lib/kernel/calendar";
import type { ServiceId } from "@/lib/kernel/id";
import { ok, refuse } from "@/lib/kernel/result";
import type { Mail } from "@/lib/mail/mailer";
import { payFromBalance } from "@/lib/portal/pay";
import { createTestDatabase } from "@/lib/testing/database";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { deliverOutbox } from "./deliver-outbox";
import { remindCustomers } from "./remind-customers";

const hourMs = 3_600_000;
let world: TestWorld;
let owner: Sql;
let drop: () => Promise<void>;
let sent: (Mail & { at: Date })[] = [];
let isDown = false;

const mailer = {
  sendMail: async (mail: Mail) => {
    if (isDown) return refuse({ code: "mail_not_taken" as const, reason: "down", isOfThisOne: false });
    sent.push({ ...mail, at: world.clock.now() });
    return ok({ messageId: "<1@ducky.example>" });
  },
};

beforeEach(async () => {
  const database = await createTestDatabase();
  world = openTestWorld({ url: database.url, max: 12, start: new Date("2026-03-10T12:00:00Z") });
  owner = postgres(database.url, { max: 2, onnotice: () => {}, types: exactTypes });
  drop = () => database.drop();
  sent = [];
  isDown = false;
});

afterEach(async () => {
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

function deliver(): Promise<number> {
  const papers = { hostName: "Ducky Cloud", messagesOf: paperMessages };
  return deliverOutbox({ world, mailer, host: { name: "Ducky Cloud", url: world.portalUrl }, papers }, 1000);
}

/** One hour of the worker: what is due is renewed, told and stopped. */
async function hourPasses({ withoutMail = false } = {}): Promise<void> {
  world.clock.advance(hourMs);
  await runRenewals(world);
  if (!withoutMail) await remindCustomers(world);
  await stopServices(world);
  await deliver();
}

async function daysPass(days: number): Promise<void> {
  for (let hour = 0; hour < days * 24; hour += 1) await hourPasses();
}

/** At a full hour of a day, with nothing run in between. */
function at(day: string, hour = 9): void {
  world.clock.set(new Date(`${day}T${String(hour).padStart(2, "0")}:02:00Z`));
}

/** What the morning brings. */
async function morning(day: string): Promise<string[]> {
  at(day);
  const before = sent.length;
  await remindCustomers(world);
  await deliver();
  return sent.slice(before).map(({ subject }) => subject);
}

function mailsTo({ actor }: TestCustomer) {
  return sent.filter(({ to }) => JSON.stringify(to).includes(actor.userId));
}

/** A customer with services whose terms end on 10 April. */
async function withServices(
  count = 1,
  minor = 1_000n,
): Promise<{ customer: TestCustomer; ids: ServiceId[] }> {
  const customer = await makeCustomer(world);
  const planId = await makePlan(world, { price: { USD: minor } });
  const ids: ServiceId[] = [];
  for (let at = 0; at < count; at += 1) ids.push(await makeActiveService(world, customer, planId, true));
  await deliver();
  sent = [];
  return { customer, ids };
}

async function stagesOf({ customerId }: TestCustomer): Promise<string[]> {
  const rows = await owner`
    select kind, stage from reminders where customer_id = ${customerId} order by created_at, kind`;
  return rows.map(({ kind, stage }) => `${kind} ${stage}`);
}

async function dueOn(invoice: { id: string }, day: string): Promise<void> {
  await owner`update invoices set due_on = ${day} where id = ${invoice.id}`;
}

describe("a renewal that nobody pays", () => {
  it("is told of when issued, three days before, on the day, before each stop; each once, and at nine", async () => {
    const { customer } = await withServices();
    world.clock.set(new Date("2026-04-02T12:00:00Z"));
    await daysPass(40);
    const reminding = mailsTo(customer).filter(({ subject }) => !/is suspended|was deleted/.test(subject));
    expect(reminding.map(({ at, subject }) => `${at.toISOString().slice(0, 13)} ${subject}`)).toEqual([
      "2026-04-04T09 Add $10.00 by 10 April 2026 to renew web-1",
      "2026-04-07T09 Add $10.00 by 10 April 2026 to renew web-1",
      "2026-04-10T09 Add $10.00 by 10 April 2026 to renew web-1",
      "2026-04-13T09 web-1 will be suspended on 15 April 2026 unless $10.00 is paid",
      "2026-04-26T09 web-1 will be deleted on 29 April 2026 unless $10.00 is paid",
    ]);
    const others = mailsTo(customer).filter((mail) => !reminding.includes(mail));
    expect(others.map(({ at, subject }) => `${at.toISOString().slice(0, 10)} ${subject}`)).toEqual([
      "2026-04-15 web-1 is suspended: pay $10.00 to restore it",
      "2026-04-29 web-1 was deleted",
    ]);
    // The paper comes with the first, and the day of the end with all that are late (A4).
    expect(reminding.map(({ attachments = [] }) => attachments.length)).toEqual([1, 0, 0, 0, 0]);
    for (const { text } of [...reminding.slice(3), ...others.slice(0, 1)])
      expect(text).toContain("29 April 2026");
    expect(await stagesOf(customer)).toEqual([
      "invoice_issued 0",
      "invoice_due -3",
      "invoice_due 0",
      "suspension_ahead -2",
      "termination_ahead -3",
    ]);
  });
});

describe("what a customer hears of on one day", () => {
  it("is one mail, whatever it is about, and one button for all of it", async () => {
    const { customer } = await withServices(2);
    world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(world);
    const due = await makeInvoice(world, customer, 500n);
    await dueOn(due, "2026-04-07");
    await deliver();
    expect(mailsTo(customer).map(({ subject }) => subject)).toEqual([
      `Invoice ${due.number}: $5.00, due on 7 April 2026`,
    ]);
    await morning("2026-04-04");
    const [, mail, ...others] = mailsTo(customer);
    expect(others).toEqual([]);
    expect(mail?.text).toContain("Pay $25.00: ");
    expect(mail?.attachments).toHaveLength(2);
    expect(await morning("2026-04-04")).toEqual([]);
  });

  it("is recorded and sent once, whoever runs at once", async () => {
    const { customer } = await withServices(3);
    world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(world);
    at("2026-04-04");
    await Promise.all(Array.from({ length: 4 }, () => remindCustomers(world)));
    await Promise.all(Array.from({ length: 4 }, () => deliver()));
    expect(mailsTo(customer)).toHaveLength(1);
    expect(await stagesOf(customer)).toEqual(Array(3).fill("invoice_issued 0"));
  });

  it("waits for the next morning if it is found later, and is never told at night", async () => {
    const { customer } = await withServices();
    expect(await morning("2026-04-03")).toEqual([]);
    world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(world);
    for (let hour = 0; hour < 19; hour += 1) await hourPasses();
    expect(mailsTo(customer)).toEqual([]);
    await daysPass(1);
    expect(mailsTo(customer).map(({ at }) => at.toISOString().slice(0, 13))).toEqual(["2026-04-04T09"]);
  });

  it("goes out at the host's hour, of the billing time zone", async () => {
    await owner`insert into settings (key, value) values ('mail_hour', '16')`;
    const { customer } = await withServices();
    world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await daysPass(2);
    expect(mailsTo(customer).map(({ at }) => at.getUTCHours())).toEqual([16]);
  });
});

describe("a worker that was away", () => {
  it("for some hours of the morning makes up for it on that day; for days sends the latest stage alone", async () => {
    const { customer } = await withServices();
    world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(world);
    at("2026-04-04", 14);
    await remindCustomers(world);
    await deliver();
    expect(mailsTo(customer)).toHaveLength(1);
    at("2026-04-11", 22);
    expect(await remindCustomers(world)).toBeNull();
    await morning("2026-04-12");
    expect(await stagesOf(customer)).toEqual(["invoice_issued 0", "invoice_due 0"]);
    expect(mailsTo(customer)).toHaveLength(2);
  });

  it("killed in the middle of the morning's pass finds the rest, and no mail goes out before", async () => {
    const { customer } = await withServices();
    world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(world);
    at("2026-04-04");
    await remindCustomers(world);
    await owner`update job_runs set ended_at = null where name = 'reminders of the day'`;
    await deliver();
    expect(mailsTo(customer)).toEqual([]);
    await remindCustomers(world);
    await deliver();
    expect(mailsTo(customer)).toHaveLength(1);
  });

  it("that could hand nothing over tells both days in the next morning's one mail", async () => {
    const { customer } = await withServices();
    const other = await makeInvoice(world, customer, 500n);
    await dueOn(other, "2026-04-10");
    await deliver();
    sent = [];
    world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(world);
    isDown = true;
    await morning("2026-04-06");
    expect(mailsTo(customer)).toEqual([]);
    isDown = false;
    at("2026-04-07", 3);
    await deliver();
    expect(mailsTo(customer)).toEqual([]);
    await morning("2026-04-07");
    const [mail, ...others] = mailsTo(customer);
    expect(others).toEqual([]);
    expect(mail?.text).toContain("Pay $15.00: ");
    expect(await owner`select 1 from outbox where topic = 'reminder' and handled_at is null`).toEqual([]);
  });
});

describe("what a reminder proposes", () => {
  it("to a customer with $130 is never to top up what is missing, but the balance", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 13_000n);
    await deliver();
    const invoice = await makeInvoice(world, customer, 3_082n);
    await dueOn(invoice, "2026-03-20");
    await deliver();
    const [mail] = mailsTo(customer);
    expect(mail?.text).toContain("Your balance of $130.00 covers this.");
    expect(mail?.text).toMatch(/Pay \$30\.82 from balance: http\S+\/pay\//);
    expect(mail?.text).not.toMatch(/top|add/i);
  });

  it("is nothing once it was paid, is being paid or was cancelled before the mail was written", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 1_000n);
    await dueOn(invoice, "2026-03-14");
    await deliver();
    sent = [];
    at("2026-03-11");
    await remindCustomers(world);
    await giveBalance(world, customer, 1_000n);
    await payFromBalance(customer.actor, balancePlan(world, [invoice.id], 1_000n), world);
    await deliver();
    expect(mailsTo(customer).map(({ subject }) => subject)).toEqual([
      `Paid: $10.00 for ${invoice.number} from your balance`,
    ]);
  });
});

describe("a shortfall", () => {
  it("that rises is told the next morning, once; one that falls is not", async () => {
    const { customer } = await withServices();
    await giveBalance(world, customer, 600n);
    await deliver();
    world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(world);
    expect(await morning("2026-04-04")).toEqual(["Add $4.00 by 10 April 2026 to renew web-1"]);
    expect(await morning("2026-04-05")).toEqual([]);
    // Spent on something else.
    const other = await makeInvoice(world, customer, 250n);
    await payFromBalance(customer.actor, balancePlan(world, [other.id], 250n), world);
    await deliver();
    expect(await morning("2026-04-06")).toEqual(["Add $6.50 by 10 April 2026 to renew web-1"]);
    await giveBalance(world, customer, 100n);
    expect(await morning("2026-04-07")).toEqual(["Add $5.50 by 10 April 2026 to renew web-1"]);
    expect(await morning("2026-04-08")).toEqual([]);
    expect(await stagesOf(customer)).toEqual([
      "invoice_issued 0",
      expect.stringMatching(/^shortfall \d+$/),
      "invoice_due -3",
    ]);
  });
});

describe("an invoice that a person issues", () => {
  it("is sent at once with its paper, to the customer and to the recipients of invoices, and not told again", async () => {
    const customer = await makeCustomer(world);
    await owner`
      update customers set invoice_recipients = ${["books@example.test"]}::text[] where id = ${customer.customerId}`;
    await giveBalance(world, customer, 5_000n);
    await deliver();
    sent = [];
    const invoice = await makeInvoice(world, customer, 1_000n);
    await deliver();
    const [own, copy, ...others] = sent;
    expect(others).toEqual([]);
    expect(copy?.to).toBe("books@example.test");
    for (const mail of [own, copy]) {
      expect(mail?.subject).toContain(invoice.number);
      expect(mail?.attachments?.map(({ fileName }) => fileName)).toEqual([
        expect.stringContaining(invoice.number),
      ]);
    }
    expect(own?.text).toContain("from balance: ");
    expect(copy?.text).not.toContain("from balance: ");
    const link = (mail: Mail | undefined) => /\/pay\/(\S+)/.exec(mail?.text ?? "")?.[1];
    expect(link(own)).not.toBe(link(copy));
    const today = calendarDay(world.clock.now(), "UTC");
    expect(await morning(addCalendarDays(today, 1))).toEqual([]);
    expect(await stagesOf(customer)).toEqual(["invoice_issued 0"]);
  });
});
