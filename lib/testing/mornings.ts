import postgres from "postgres";
import { paperMessages } from "@/app/paper-given";
import { exactTypes, type Sql } from "@/db/exact-sql";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { stopServices } from "@/lib/billing/suspension/stop-services";
import { deliverOutbox } from "@/lib/jobs/deliver-outbox";
import { remindCustomers } from "@/lib/jobs/remind-customers";
import type { ServiceId } from "@/lib/kernel/id";
import { ok, refuse } from "@/lib/kernel/result";
import type { Mail } from "@/lib/mail/mailer";
import { createTestDatabase } from "./database";
import { makeActiveService, makeCustomer, makePlan, type TestCustomer } from "./fixtures";
import { openTestWorld, type TestWorld } from "./world";

export interface Mornings {
  readonly world: TestWorld;
  readonly owner: Sql;
  /** What the mail server took; it takes nothing while it is down. */
  readonly mail: { sent: (Mail & { at: Date })[]; isDown: boolean };
  deliver(): Promise<number>;
  /** One hour of the worker: what is due is renewed, told and stopped. */
  hourPasses(): Promise<void>;
  daysPass(days: number): Promise<void>;
  /** At a full hour of a day, with nothing run in between. */
  at(day: string, hour?: number): void;
  /** What the morning brings. */
  morning(day: string): Promise<string[]>;
  mailsTo(customer: TestCustomer): (Mail & { at: Date })[];
  /** A customer with services whose terms end on 10 April. */
  withServices(count?: number, minor?: bigint): Promise<{ customer: TestCustomer; ids: ServiceId[] }>;
  stagesOf(customer: TestCustomer): Promise<string[]>;
  close(): Promise<void>;
}

/** A world of its own at noon of 10 March, with the jobs that remind customers. */
export async function openMornings(): Promise<Mornings> {
  const database = await createTestDatabase();
  const world = openTestWorld({ url: database.url, max: 12, start: new Date("2026-03-10T12:00:00Z") });
  const owner = postgres(database.url, { max: 2, onnotice: () => {}, types: exactTypes });
  const mail: Mornings["mail"] = { sent: [], isDown: false };
  const mailer = {
    sendMail: async (one: Mail) => {
      if (mail.isDown) return refuse({ code: "mail_not_taken" as const, reason: "down", isOfThisOne: false });
      mail.sent.push({ ...one, at: world.clock.now() });
      return ok({ messageId: "<1@ducky.example>" });
    },
  };
  const papers = { hostName: "Ducky Cloud", messagesOf: paperMessages };
  const deliver = () =>
    deliverOutbox({ world, mailer, host: { name: "Ducky Cloud", url: world.portalUrl }, papers }, 1000);
  const hourPasses = async () => {
    world.clock.advance(3_600_000);
    await runRenewals(world);
    await remindCustomers(world);
    await stopServices(world);
    await deliver();
  };
  const at = (day: string, hour = 9) =>
    world.clock.set(new Date(`${day}T${String(hour).padStart(2, "0")}:02:00Z`));
  return {
    ...{ world, owner, mail, deliver, hourPasses, at },
    daysPass: async (days) => {
      for (let hour = 0; hour < days * 24; hour += 1) await hourPasses();
    },
    morning: async (day) => {
      at(day);
      const before = mail.sent.length;
      await remindCustomers(world);
      await deliver();
      return mail.sent.slice(before).map(({ subject }) => subject);
    },
    mailsTo: ({ actor }) => mail.sent.filter(({ to }) => JSON.stringify(to).includes(actor.userId)),
    withServices: async (count = 1, minor = 1_000n) => {
      const customer = await makeCustomer(world);
      const planId = await makePlan(world, { price: { USD: minor } });
      const ids: ServiceId[] = [];
      for (let made = 0; made < count; made += 1)
        ids.push(await makeActiveService(world, customer, planId, true));
      await deliver();
      mail.sent = [];
      return { customer, ids };
    },
    stagesOf: async ({ customerId }) => {
      const rows = await owner`
        select concat_ws(' ', kind, stage) as stage from reminders where customer_id = ${customerId} order by created_at, kind`;
      return rows.map(({ stage }) => stage);
    },
    close: async () => {
      await Promise.all([world.close(), owner.end()]);
      await database.drop();
    },
  };
}
