import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { remindOfInvoices } from "@/lib/billing/reminder/remind";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import type { ServiceId } from "@/lib/kernel/id";
import { createMailer } from "@/lib/mail/mailer";
import { startMailbox } from "@/lib/sandbox/mailbox/mailbox";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { deliverOutbox } from "./deliver-outbox";

const host = { name: "Ducky Cloud", url: "http://127.0.0.1:3000" };

let mailbox: Awaited<ReturnType<typeof startMailbox>>;

beforeAll(async () => {
  mailbox = await startMailbox({});
});

afterAll(() => mailbox.close());

let world: TestWorld;

/** Each test has a database of its own: the clock goes on to the renewal. */
async function openWorld(): Promise<void> {
  world = await openOwnWorld();
}

afterEach(async () => {
  await world.close();
});

async function due(customer: TestCustomer, services: number): Promise<ServiceId[]> {
  const planId = await makePlan(world);
  const ids: ServiceId[] = [];
  for (let made = 0; made < services; made += 1) {
    ids.push(await makeActiveService(world, customer, planId, true));
  }
  return ids;
}

function toLead(): void {
  // The term from 10 March ends on 10 April.
  world.clock.set(new Date("2026-04-03T09:00:00Z"));
}

/** The mails that the renewal run has the customer sent, as text. */
async function mailsAfterRun(customer: TestCustomer) {
  await runRenewals(world);
  return delivered(customer);
}

async function delivered(customer: TestCustomer) {
  const mailer = createMailer({ smtpUrl: mailbox.smtpUrl, mailFrom: "Ducky Cloud <billing@ducky.example>" });
  await deliverOutbox({ world, mailer, host }, 1000);
  const mails = mailbox.messages().filter((mail) => JSON.stringify(mail).includes(customer.actor.userId));
  return mails.map(({ subject, text }) => ({ subject, text }));
}

/** The mail that a renewal was paid, by money that no payment of its own brought. */
const renewedMail = expect.stringMatching(/^Renewed: /);

async function subjects(customer: TestCustomer): Promise<string[]> {
  return (await delivered(customer)).map(({ subject }) => subject);
}

describe("a renewal that the balance does not reach for", () => {
  it("is written of at once: what is missing, for what, until when, and the two links that mend it", async () => {
    await openWorld();
    const customer = await makeCustomer(world);
    await due(customer, 1);
    await giveBalance(world, customer, 320n);
    toLead();
    const [mail, ...others] = await mailsAfterRun(customer);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe("$6.80 is missing to renew web-1 by 10 April 2026");
    expect(mail?.text).toContain("your balance has $3.20: $6.80 is missing");
    expect(mail?.text).toMatch(/\/invoices\/INV-2026-\d+\n/);
    expect(mail?.text).toMatch(/\/balance\/top-up\?invoice=INV-2026-\d+\n/);
    expect(mail?.text).toMatch(/Pay \$10\.00: http\S+\/pay\/[\w-]{72}\n/);
  });

  it("is gathered with the others of the same customer in one mail", async () => {
    await openWorld();
    const customer = await makeCustomer(world);
    await due(customer, 3);
    await giveBalance(world, customer, 1000n);
    toLead();
    const mails = await mailsAfterRun(customer);
    expect(mails.map(({ subject }) => subject).sort()).toEqual([
      "$20.00 is missing to renew 2 services by 10 April 2026",
      "Renewed: web-1, $10.00 from your balance",
    ]);
  });

  it("is written of in each currency by itself, and by what the balance has in that one", async () => {
    await openWorld();
    const customer = await makeCustomer(world);
    const inEuro: TestCustomer = { ...customer, currency: "EUR" };
    const planId = await makePlan(world, { price: { USD: 1000n, EUR: 900n } });
    for (const one of [customer, customer, inEuro, inEuro]) await makeActiveService(world, one, planId, true);
    await giveBalance(world, customer, 100n);
    await giveBalance(world, inEuro, 1000n);
    toLead();
    const mails = await mailsAfterRun(customer);
    expect(mails.map(({ subject }) => subject).sort()).toEqual([
      "$19.00 is missing to renew 2 services by 10 April 2026",
      "Renewed: web-1, €9.00 from your balance",
      "€8.00 is missing to renew web-1 by 10 April 2026",
    ]);
  });

  it("is gathered with what the reminders find before the mail goes out, each stage recorded for itself", async () => {
    await openWorld();
    const customer = await makeCustomer(world);
    await due(customer, 2);
    await makeInvoice(world, customer, 500n);
    toLead();
    await runRenewals(world);
    await remindOfInvoices(world);
    const mails = await delivered(customer);
    expect(mails.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^3 invoices, \$25\.00 in all, are due, the first since/),
    ]);
    expect(mails[0]?.text).toContain("Work: $5.00");
    const stages = await world.jobs.sql`
      select kind from reminders where customer_id = ${customer.customerId} order by kind`;
    expect(stages.map(({ kind }) => kind)).toEqual(["balance_low", "balance_low", "invoice_due"]);
    // The row whose stages were told with the other's has nothing to say, today or tomorrow.
    expect(await delivered(customer)).toHaveLength(1);
  });

  it("is not written of when it was paid a second ago", async () => {
    await openWorld();
    const customer = await makeCustomer(world);
    await due(customer, 1);
    toLead();
    await runRenewals(world);
    // Money arrives and settles it, before the mail is made.
    await giveBalance(world, customer, 1000n);
    expect(await subjects(customer)).toEqual([renewedMail]);
  });

  it("is withdrawn from the inbox when it was paid while no mail server took it", async () => {
    await openWorld();
    const customer = await makeCustomer(world);
    await due(customer, 1);
    toLead();
    await runRenewals(world);
    const nobody = createMailer({ smtpUrl: "smtp://127.0.0.1:9", mailFrom: "a@ducky.example" });
    await deliverOutbox({ world, mailer: nobody, host }, 1000);
    const stateOf = async () => {
      const rows = await world.jobs.sql`
        select state from notices where customer_id = ${customer.customerId} and topic = 'reminder'`;
      return rows.map(({ state }) => state);
    };
    expect(await stateOf()).toEqual(["waiting"]);
    await giveBalance(world, customer, 1000n);
    expect(await subjects(customer)).toEqual([renewedMail]);
    expect(await stateOf()).toEqual(["withdrawn"]);
  });

  it("is not written of when auto-renew was switched off meanwhile", async () => {
    await openWorld();
    const customer = await makeCustomer(world);
    const [serviceId] = await due(customer, 1);
    toLead();
    await runRenewals(world);
    await world.staff.sql`update services set is_auto_renew = false where id = ${serviceId as ServiceId}`;
    expect(await delivered(customer)).toEqual([]);
  });
});
