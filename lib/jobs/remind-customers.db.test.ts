import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resendMail } from "@/lib/admin/resend-mail";
import { startPayment } from "@/lib/billing/payment/start-payment";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { addCalendarDays, calendarDay } from "@/lib/kernel/calendar";
import { newId, type PaymentId } from "@/lib/kernel/id";
import type { Mail } from "@/lib/mail/mailer";
import { payFromBalance } from "@/lib/portal/pay";
import { balancePlan, giveBalance, makeCustomer, makeInvoice } from "@/lib/testing/fixtures";
import { type Mornings, openMornings } from "@/lib/testing/mornings";
import { makeStaff } from "@/lib/testing/staff";
import { remindCustomers } from "./remind-customers";

let mornings: Mornings;

beforeEach(async () => {
  mornings = await openMornings();
});

afterEach(() => mornings.close());

async function dueOn(invoice: { id: string }, day: string): Promise<void> {
  await mornings.owner`update invoices set due_on = ${day} where id = ${invoice.id}`;
}

describe("a renewal that nobody pays", () => {
  it("is told of when issued, three days before, on the day, before each stop; each once, and at nine", async () => {
    const { customer } = await mornings.withServices();
    mornings.world.clock.set(new Date("2026-04-02T12:00:00Z"));
    await mornings.daysPass(40);
    const reminding = mornings
      .mailsTo(customer)
      .filter(({ subject }) => !/is suspended|was deleted/.test(subject));
    expect(reminding.map(({ at, subject }) => `${at.toISOString().slice(0, 13)} ${subject}`)).toEqual([
      "2026-04-04T09 Add $10.00 by 10 April 2026 to renew web-1",
      "2026-04-07T09 Add $10.00 by 10 April 2026 to renew web-1",
      "2026-04-10T09 Add $10.00 by 10 April 2026 to renew web-1",
      "2026-04-13T09 web-1 will be suspended on 15 April 2026 unless $10.00 is paid",
      "2026-04-26T09 web-1 will be deleted on 29 April 2026 unless $10.00 is paid",
    ]);
    const others = mornings.mailsTo(customer).filter((mail) => !reminding.includes(mail));
    expect(others.map(({ at, subject }) => `${at.toISOString().slice(0, 10)} ${subject}`)).toEqual([
      "2026-04-15 web-1 is suspended: pay $10.00 to restore it",
      "2026-04-29 web-1 was deleted",
    ]);
    // The paper comes with the first, and the day of the end with all that are late (A4).
    expect(reminding.map(({ attachments = [] }) => attachments.length)).toEqual([1, 0, 0, 0, 0]);
    for (const { text } of [...reminding.slice(3), ...others.slice(0, 1)])
      expect(text).toContain("29 April 2026");
    // Money has to be there by the day it is due; after that, by the day before each stop.
    const by = reminding.map(
      ({ text }) => /Add \$10\.00 (?:to your balance )?by (\d+ April)/.exec(text)?.[1],
    );
    expect(by).toEqual(["10 April", "10 April", "10 April", "14 April", "28 April"]);
    expect(await mornings.stagesOf(customer)).toEqual([
      "invoice_issued",
      "invoice_due -3",
      "invoice_due 0",
      "suspension_ahead -2",
      "termination_ahead -3",
    ]);
  });
});

describe("what a customer hears of on one day", () => {
  it("is one mail, whatever it is about, and one button for all of it", async () => {
    const { customer } = await mornings.withServices(2);
    mornings.world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(mornings.world);
    const due = await makeInvoice(mornings.world, customer, 500n);
    await dueOn(due, "2026-04-07");
    await mornings.deliver();
    expect(mornings.mailsTo(customer).map(({ subject }) => subject)).toEqual([
      `Invoice ${due.number}: $5.00, due on 7 April 2026`,
    ]);
    await mornings.morning("2026-04-04");
    const [, mail, ...others] = mornings.mailsTo(customer);
    expect(others).toEqual([]);
    expect(mail?.text).toContain("Pay $25.00: ");
    expect(mail?.attachments).toHaveLength(2);
    expect(await mornings.morning("2026-04-04")).toEqual([]);
  });

  it("counts an invoice whose checkout was begun and left: nothing is on its way for it", async () => {
    const { world, owner } = mornings;
    const { customer } = await mornings.withServices();
    mornings.world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(world);
    const left = await makeInvoice(world, customer, 500n);
    await dueOn(left, "2026-04-07");
    await mornings.deliver();
    await owner`update customers set stripe_customer_id = 'cus_left' where id = ${customer.customerId}`;
    const { customerId } = customer;
    const paymentId = newId<PaymentId>();
    const started = await startPayment(world, {
      customerId,
      userId: customer.actor.userId,
      origin: "customer",
      paymentId,
      invoiceIds: [left.id],
      wish: "none",
      shown: { balanceMinor: 0n, cardMinor: 500n, excessMinor: 0n },
      balanceOnly: false,
      permit: async () => true,
    });
    expect(started).toEqual({ kind: "stored" });
    await mornings.morning("2026-04-04");
    expect(mornings.mailsTo(customer).at(-1)?.text).toContain("Pay $15.00: ");
    await owner`update payments set state = 'processing' where id = ${paymentId}`;
    await mornings.morning("2026-04-07");
    expect(mornings.mailsTo(customer).at(-1)?.text).toContain("Pay $10.00: ");
  });

  it("is recorded and sent once, whoever runs at once", async () => {
    const { customer } = await mornings.withServices(3);
    mornings.world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(mornings.world);
    mornings.at("2026-04-04");
    await Promise.all(Array.from({ length: 4 }, () => remindCustomers(mornings.world)));
    await Promise.all(Array.from({ length: 4 }, () => mornings.deliver()));
    expect(mornings.mailsTo(customer)).toHaveLength(1);
    expect(await mornings.stagesOf(customer)).toEqual(Array(3).fill("invoice_issued"));
  });

  it("waits for the next morning if it is found later, and is never told at night", async () => {
    const { customer } = await mornings.withServices();
    expect(await mornings.morning("2026-04-03")).toEqual([]);
    mornings.world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(mornings.world);
    for (let hour = 0; hour < 19; hour += 1) await mornings.hourPasses();
    expect(mornings.mailsTo(customer)).toEqual([]);
    await mornings.daysPass(1);
    expect(mornings.mailsTo(customer).map(({ at }) => at.toISOString().slice(0, 13))).toEqual([
      "2026-04-04T09",
    ]);
  });

  it("goes out at the host's hour, of the billing time zone", async () => {
    await mornings.owner`insert into settings (key, value) values ('mail_hour', '16')`;
    const { customer } = await mornings.withServices();
    mornings.world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await mornings.daysPass(2);
    expect(mornings.mailsTo(customer).map(({ at }) => at.getUTCHours())).toEqual([16]);
  });
});

describe("a worker that was away", () => {
  it("for some hours of the morning makes up for it on that day; for days sends the latest stage alone", async () => {
    const { customer } = await mornings.withServices();
    mornings.world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(mornings.world);
    mornings.at("2026-04-04", 14);
    await remindCustomers(mornings.world);
    await mornings.deliver();
    expect(mornings.mailsTo(customer)).toHaveLength(1);
    mornings.at("2026-04-11", 22);
    expect(await remindCustomers(mornings.world)).toBeNull();
    await mornings.morning("2026-04-12");
    expect(await mornings.stagesOf(customer)).toEqual(["invoice_issued", "invoice_due 0"]);
    expect(mornings.mailsTo(customer)).toHaveLength(2);
  });

  it("killed in the middle of the morning's pass finds the rest, and no mail goes out before", async () => {
    const { customer } = await mornings.withServices();
    mornings.world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(mornings.world);
    mornings.at("2026-04-04");
    await remindCustomers(mornings.world);
    await mornings.owner`update job_runs set ended_at = null where name = 'reminders of the day'`;
    await mornings.deliver();
    expect(mornings.mailsTo(customer)).toEqual([]);
    await remindCustomers(mornings.world);
    await mornings.deliver();
    expect(mornings.mailsTo(customer)).toHaveLength(1);
  });

  it("that could hand nothing over tells both days in the next morning's one mail", async () => {
    const { customer } = await mornings.withServices();
    const other = await makeInvoice(mornings.world, customer, 500n);
    await dueOn(other, "2026-04-10");
    await mornings.deliver();
    mornings.mail.sent = [];
    mornings.world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(mornings.world);
    mornings.mail.isDown = true;
    await mornings.morning("2026-04-06");
    expect(mornings.mailsTo(customer)).toEqual([]);
    mornings.mail.isDown = false;
    mornings.at("2026-04-07", 3);
    await mornings.deliver();
    expect(mornings.mailsTo(customer)).toEqual([]);
    await mornings.morning("2026-04-07");
    const [mail, ...others] = mornings.mailsTo(customer);
    expect(others).toEqual([]);
    expect(mail?.text).toContain("Pay $15.00: ");
    expect(
      await mornings.owner`select 1 from outbox where topic = 'reminder' and handled_at is null`,
    ).toEqual([]);
  });
});

describe("a mail of reminding that staff send again", () => {
  it("stays a mail of its own where no server takes it until the next morning", async () => {
    const { world, owner, mail } = mornings;
    const { customer } = await mornings.withServices();
    world.clock.set(new Date("2026-04-03T12:30:00Z"));
    await runRenewals(world);
    await mornings.morning("2026-04-04");
    mornings.at("2026-04-06", 20);
    const { customerId } = customer;
    const [first] =
      await owner`select id from notices where customer_id = ${customerId} and topic = 'reminder'`;
    const support = await makeStaff(world, "support");
    expect(await resendMail(support, { customerId, noticeId: first?.id }, world)).toMatchObject({ ok: true });
    mail.isDown = true;
    await mornings.deliver();
    mail.isDown = false;
    // The one of 4 April again, and that of 7 April.
    expect(await mornings.morning("2026-04-07")).toHaveLength(2);
    const days = await owner`
      select remind_on from outbox where customer_id = ${customerId} and topic = 'reminder' order by id`;
    expect(days.map(({ remind_on }) => remind_on)).toEqual(["2026-04-04", "2026-04-07"]);
  });
});

describe("what a reminder proposes", () => {
  it("to a customer with $130 is never to top up what is missing, but the balance", async () => {
    const customer = await makeCustomer(mornings.world);
    await giveBalance(mornings.world, customer, 13_000n);
    await mornings.deliver();
    const invoice = await makeInvoice(mornings.world, customer, 3_082n);
    await dueOn(invoice, "2026-03-20");
    await mornings.deliver();
    const [mail] = mornings.mailsTo(customer);
    expect(mail?.text).toContain("Your balance of $130.00 covers this.");
    expect(mail?.text).toMatch(/Pay \$30\.82 from balance: http\S+\/pay\//);
    expect(mail?.text).not.toMatch(/top|add/i);
  });

  it("is nothing once it was paid, is being paid or was cancelled before the mail was written", async () => {
    const customer = await makeCustomer(mornings.world);
    const invoice = await makeInvoice(mornings.world, customer, 1_000n);
    await dueOn(invoice, "2026-03-14");
    await mornings.deliver();
    mornings.mail.sent = [];
    mornings.at("2026-03-11");
    await remindCustomers(mornings.world);
    await giveBalance(mornings.world, customer, 1_000n);
    await payFromBalance(customer.actor, balancePlan(mornings.world, [invoice.id], 1_000n), mornings.world);
    await mornings.deliver();
    expect(mornings.mailsTo(customer).map(({ subject }) => subject)).toEqual([
      `Paid: $10.00 for ${invoice.number} from your balance`,
    ]);
  });
});

describe("an invoice that a person issues", () => {
  it("is sent at once with its paper, to the customer and to the recipients of invoices, and not told again", async () => {
    const customer = await makeCustomer(mornings.world);
    await mornings.owner`
      update customers set invoice_recipients = ${["books@example.test"]}::text[] where id = ${customer.customerId}`;
    await giveBalance(mornings.world, customer, 5_000n);
    await mornings.deliver();
    mornings.mail.sent = [];
    const invoice = await makeInvoice(mornings.world, customer, 1_000n);
    await mornings.deliver();
    const [own, copy, ...others] = mornings.mail.sent;
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
    const today = calendarDay(mornings.world.clock.now(), "UTC");
    expect(await mornings.morning(addCalendarDays(today, 1))).toEqual([]);
    expect(await mornings.stagesOf(customer)).toEqual(["invoice_issued"]);
  });
});
