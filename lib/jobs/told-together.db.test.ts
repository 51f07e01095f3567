import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resendMail } from "@/lib/admin/resend-mail";
import type { StaffActor } from "@/lib/admin/shapes";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import type { ServiceId } from "@/lib/kernel/id";
import { ok, refuse } from "@/lib/kernel/result";
import type { Mail } from "@/lib/mail/mailer";
import { showInvoice } from "@/lib/portal/show-invoice";
import { createTestDatabase } from "@/lib/testing/database";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { makeStaff } from "@/lib/testing/staff";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { deliverOutbox } from "./deliver-outbox";
import { remindCustomers } from "./remind-customers";

let world: TestWorld;
let owner: postgres.Sql;
let support: StaffActor;
let drop: () => Promise<void>;
let sent: Mail[] = [];
let isFull = false;

const mailer = {
  sendMail: async (mail: Mail) => {
    sent.push(mail);
    if (isFull) return refuse({ code: "mail_not_taken" as const, reason: "452 full", isOfThisOne: true });
    return ok({ messageId: "<1@ducky.example>" });
  },
};

beforeEach(async () => {
  const database = await createTestDatabase();
  world = openTestWorld({ url: database.url, start: new Date("2026-03-10T08:00:00Z") });
  owner = postgres(database.url, { max: 1, onnotice: () => {} });
  support = await makeStaff(world, "support");
  drop = () => database.drop();
  sent = [];
});

afterEach(async () => {
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

/** Services of a customer, each ordered at its hour of 10 March: their terms end at that hour of 10 April. */
async function servicesFrom(...hours: string[]): Promise<{ customer: TestCustomer; services: ServiceId[] }> {
  const customer = await makeCustomer(world);
  const planId = await makePlan(world);
  const services: ServiceId[] = [];
  for (const hour of hours) {
    world.clock.set(new Date(`2026-03-${hour}:00Z`));
    services.push(await makeActiveService(world, customer, planId, true));
  }
  await deliver();
  return { customer, services };
}

/** Delivers what waits; returns the subjects of the mails that went out. */
async function deliver(): Promise<string[]> {
  sent = [];
  await deliverOutbox({ world, mailer, host: { name: "Ducky Cloud", url: world.portalUrl } }, 1000);
  return sent.map(({ subject }) => subject);
}

/** What the renewal run and the mails after it bring at the hour of a day of April. */
async function at(hour: string): Promise<string[]> {
  world.clock.set(new Date(`2026-04-${hour}:00Z`));
  await runRenewals(world);
  return deliver();
}

describe("renewals of one customer on one day", () => {
  it("that the balance paid are told in one mail with all that it paid", async () => {
    const { customer } = await servicesFrom("10T09:00", "10T15:00");
    await giveBalance(world, customer, 2_000n);
    await deliver();
    expect(await at("03T09:00")).toEqual([]);
    expect(await at("03T15:00")).toEqual(["Renewed: 2 services, $20.00 from your balance"]);
    const text = sent[0]?.text ?? "";
    expect(text.match(/INV-2026-\d+/g)?.length).toBeGreaterThanOrEqual(2);
    expect(text.match(/now runs until/g)).toHaveLength(2);
    expect(await deliver()).toEqual([]);
  });

  it("are told at once where no other is to come: it was cancelled, does not renew by itself, or is another day's", async () => {
    const { customer, services } = await servicesFrom("10T09:00", "10T15:00", "10T16:00", "11T09:00");
    await giveBalance(world, customer, 1_000n);
    await deliver();
    expect(await at("03T09:00")).toEqual([]);
    await owner`update services set cancel_requested_at = now() where id = ${services[1] ?? ""}`;
    expect(await deliver()).toEqual([]);
    await owner`update services set is_auto_renew = false where id = ${services[2] ?? ""}`;
    expect(await deliver()).toEqual(["Renewed: web-1, $10.00 from your balance"]);
    expect(
      await owner`select 1 from outbox where customer_id = ${customer.customerId} and handled_at is null`,
    ).toEqual([]);
  });

  it("wait for a run that does not come no longer than for ten minutes", async () => {
    const { customer } = await servicesFrom("10T09:00", "10T15:00");
    await giveBalance(world, customer, 1_000n);
    await deliver();
    expect(await at("03T09:00")).toEqual([]);
    world.clock.set(new Date("2026-04-03T15:11:00Z"));
    expect(await deliver()).toEqual(["Renewed: web-1, $10.00 from your balance"]);
  });
});

/** The morning of a day of April: what one mail tells. */
async function morning(day: string): Promise<string[]> {
  world.clock.set(new Date(`2026-04-${day}T09:02:00Z`));
  await remindCustomers(world);
  return deliver();
}

describe("a mail of reminding", () => {
  it("is not lost when that mailbox is full, and is told when it is not", async () => {
    await servicesFrom("10T09:00");
    world.clock.set(new Date("2026-04-03T12:00:00Z"));
    await runRenewals(world);
    isFull = true;
    expect(await morning("04")).toHaveLength(1);
    isFull = false;
    expect(await deliver()).toEqual(["Add $10.00 by 10 April 2026 to renew web-1"]);
    expect(await deliver()).toEqual([]);
  });

  it("stands in what happened to each of its invoices, once, in words and not by its subject", async () => {
    const { customer } = await servicesFrom("10T09:00", "10T15:00");
    world.clock.set(new Date("2026-04-03T16:00:00Z"));
    await runRenewals(world);
    await morning("04");
    const numbers =
      await owner`select number from invoices where customer_id = ${customer.customerId} and state = 'open'`;
    expect(numbers).toHaveLength(2);
    for (const { number } of numbers) {
      const shown = await showInvoice(customer.actor, number, world);
      const told = shown?.timeline.filter(({ verb }) => verb.startsWith("remind"));
      expect(told, number).toMatchObject([{ verb: "reminded", detail: { kind: "invoice_issued" } }]);
    }
  });

  it("is told again when staff send it again, at any hour, and is no longer when it was paid", async () => {
    const { customer } = await servicesFrom("10T09:00");
    world.clock.set(new Date("2026-04-03T12:00:00Z"));
    await runRenewals(world);
    const [subject] = await morning("04");
    const [notice] =
      await owner`select id from notices where customer_id = ${customer.customerId} and subject = ${subject ?? ""}`;
    const again = () =>
      resendMail(support, { customerId: customer.customerId, noticeId: notice?.id }, { ...world });
    world.clock.set(new Date("2026-04-05T20:00:00Z"));
    expect(await again()).toMatchObject({ ok: true });
    expect(await deliver()).toEqual([subject]);
    await giveBalance(world, customer, 1_000n);
    expect(await deliver()).toEqual([expect.stringMatching(/^Renewed: /)]);
    expect(await again()).toMatchObject({ ok: true });
    expect(await deliver()).toEqual([]);
  });
});
