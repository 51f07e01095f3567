import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resendMail } from "@/lib/admin/resend-mail";
import { remindOfShortfalls } from "@/lib/billing/reminder/remind-of-shortfalls";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { payFromBalance } from "@/lib/portal/pay";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { type Mornings, openMornings } from "@/lib/testing/mornings";
import { raiseDebt } from "@/lib/testing/raise-debt";
import { makeStaff } from "@/lib/testing/staff";
import { remindCustomers } from "./remind-customers";

let mornings: Mornings;

beforeEach(async () => {
  mornings = await openMornings();
});

afterEach(() => mornings.close());

/** A customer with services of $10 whose terms end on 10 April, on 12 April and so on. */
async function withServicesUntil(...days: number[]): Promise<TestCustomer> {
  const { world, deliver, mail } = mornings;
  const customer = await makeCustomer(world);
  await serviceUntil(customer, ...days);
  await deliver();
  mail.sent = [];
  return customer;
}

async function serviceUntil(customer: TestCustomer, ...days: number[]): Promise<void> {
  const { world } = mornings;
  const planId = await makePlan(world, { price: { USD: 1_000n } });
  for (const day of days) {
    world.clock.set(new Date(`2026-03-${day}T12:00:00Z`));
    await makeActiveService(world, customer, planId, true);
  }
}

async function renewOn(day: string): Promise<void> {
  mornings.at(day, 12);
  await runRenewals(mornings.world);
}

/** Spends something of the balance on something else. */
async function spend(customer: TestCustomer, minor: bigint): Promise<void> {
  const { world, deliver } = mornings;
  const other = await makeInvoice(world, customer, minor);
  await payFromBalance(customer.actor, balancePlan(world, [other.id], minor), world);
  await deliver();
}

/** The mornings with a mail, each with what it is about. */
async function toldTo({
  customerId,
}: TestCustomer): Promise<{ day: string; kinds: string[]; noted: string }[]> {
  const rows = await mornings.owner`
    select o.remind_on as day, array_agg(distinct r.kind order by r.kind) as kinds, n.shortfalls ->> 'USD' as noted
    from reminders r join outbox o on o.customer_id = r.customer_id and o.id = r.outbox_id
    join notices n on n.customer_id = o.customer_id and n.id = o.id
    where r.customer_id = ${customerId} group by o.remind_on, n.shortfalls order by o.remind_on`;
  return rows.map(({ day, kinds, noted }) => ({ day, kinds, noted }));
}

describe("nothing has risen", () => {
  it("where a mail names one of two services, and the other is due on another day", async () => {
    const customer = await withServicesUntil(10, 12);
    mornings.at("2026-04-02", 12);
    await mornings.daysPass(14);
    const reminding = mornings.mailsTo(customer).filter(({ subject }) => !/is suspended/.test(subject));
    expect(reminding.map(({ at, subject }) => `${at.toISOString().slice(5, 10)} ${subject}`)).toEqual([
      "04-04 Add $10.00 by 10 April 2026 to renew web-1",
      "04-06 Add $20.00 by 10 April 2026 to renew 2 services",
      "04-07 Add $10.00 by 10 April 2026 to renew web-1",
      "04-09 Add $20.00 by 10 April 2026 to renew 2 services",
      "04-10 Add $10.00 by 10 April 2026 to renew web-1",
      "04-12 $10.00 is past due",
      "04-13 web-1 will be suspended on 15 April 2026 unless $10.00 is paid",
      "04-15 web-1 will be suspended on 17 April 2026 unless $10.00 is paid",
    ]);
    // The first is suspended an hour later: no whole day is left, and "by 15 April" would be too late for it.
    expect(reminding.at(-1)?.text).toContain("Add $20.00 to your balance now and we renew automatically");
  });

  it("where five services are due on days of their own: no mail is about a rise, and what is noted never falls", async () => {
    const customer = await withServicesUntil(10, 12, 14, 16, 18);
    mornings.at("2026-04-02", 12);
    await mornings.daysPass(17);
    const told = await toldTo(customer);
    expect(told.flatMap(({ kinds }) => kinds).filter((kind) => kind === "shortfall")).toEqual([]);
    const noted = told.filter(({ day }) => day <= "2026-04-12").map((one) => Number(one.noted));
    expect(noted).toEqual([1000, 2000, 2000, 3000, 3000, 4000, 4000, 5000]);
  });
});

describe("a shortfall", () => {
  it("that rises is told the next morning, once; one that falls is not", async () => {
    const customer = await withServicesUntil(10);
    await giveBalance(mornings.world, customer, 600n);
    await mornings.deliver();
    await renewOn("2026-04-03");
    expect(await mornings.morning("2026-04-04")).toEqual(["Add $4.00 by 10 April 2026 to renew web-1"]);
    expect(await mornings.morning("2026-04-05")).toEqual([]);
    await spend(customer, 250n);
    expect(await mornings.morning("2026-04-06")).toEqual(["Add $6.50 by 10 April 2026 to renew web-1"]);
    await giveBalance(mornings.world, customer, 100n);
    expect(await mornings.morning("2026-04-07")).toEqual(["Add $5.50 by 10 April 2026 to renew web-1"]);
    expect(await mornings.morning("2026-04-08")).toEqual([]);
    expect(await mornings.stagesOf(customer)).toEqual(["invoice_issued", "shortfall", "invoice_due -3"]);
  });

  it("that rises is told for all that renews, also on a morning that reminds of one of them", async () => {
    const customer = await withServicesUntil(10, 12);
    await giveBalance(mornings.world, customer, 600n);
    await renewOn("2026-04-05");
    expect(await mornings.morning("2026-04-06")).toEqual(["Add $14.00 by 10 April 2026 to renew 2 services"]);
    await spend(customer, 250n);
    expect(await mornings.morning("2026-04-07")).toEqual(["Add $16.50 by 10 April 2026 to renew 2 services"]);
    await spend(customer, 50n);
    expect(await mornings.morning("2026-04-08")).toEqual(["Add $17.00 by 10 April 2026 to renew 2 services"]);
    expect(await mornings.morning("2026-04-09")).toEqual(["Add $17.00 by 10 April 2026 to renew 2 services"]);
  });

  it("that rises while the morning's mail is written, which names one of two, is told the next morning", async () => {
    const customer = await withServicesUntil(10, 12);
    await giveBalance(mornings.world, customer, 600n);
    await renewOn("2026-04-05");
    await mornings.morning("2026-04-06");
    mornings.at("2026-04-07");
    await remindCustomers(mornings.world);
    await spend(customer, 250n);
    const subjects = mornings.mailsTo(customer).map(({ subject }) => subject);
    expect(subjects).toContain("Add $6.50 by 10 April 2026 to renew web-1");
    expect(await mornings.morning("2026-04-08")).toEqual(["Add $16.50 by 10 April 2026 to renew 2 services"]);
  });

  it("has risen by what is owed from a dispute", async () => {
    const customer = await withServicesUntil(10);
    await renewOn("2026-04-03");
    await mornings.morning("2026-04-04");
    await raiseDebt(mornings.owner, customer.customerId, 500n);
    expect(await mornings.morning("2026-04-05")).toEqual(["Add $15.00 by 10 April 2026 to renew web-1"]);
    expect(await mornings.morning("2026-04-06")).toEqual([]);
  });

  it("was told by mails that went out alone, not by one that was withdrawn", async () => {
    const { owner, mail, morning } = mornings;
    const customer = await withServicesUntil(10);
    await giveBalance(mornings.world, customer, 600n);
    await renewOn("2026-04-03");
    await morning("2026-04-04");
    await spend(customer, 250n);
    mail.isDown = true;
    await morning("2026-04-05");
    // As where the customer was paying when it was tried again.
    await owner`update notices set state = 'withdrawn' where state = 'waiting'`;
    await owner`update outbox set handled_at = created_at where handled_at is null`;
    mail.isDown = false;
    expect(await morning("2026-04-06")).toEqual(["Add $6.50 by 10 April 2026 to renew web-1"]);
  });

  it("has not risen while the mail that told it waits to be sent again", async () => {
    const { world, owner, mail, morning } = mornings;
    const customer = await withServicesUntil(10);
    const { customerId } = customer;
    await giveBalance(world, customer, 600n);
    await renewOn("2026-04-03");
    await morning("2026-04-04");
    await spend(customer, 250n);
    expect(await morning("2026-04-05")).toEqual(["Add $6.50 by 10 April 2026 to renew web-1"]);
    const [last] = await owner`
      select id from notices where customer_id = ${customerId} and topic = 'reminder' order by created_at desc limit 1`;
    const support = await makeStaff(world, "support");
    expect(await resendMail(support, { customerId, noticeId: last?.id }, world)).toMatchObject({ ok: true });
    mail.isDown = true;
    await morning("2026-04-06");
    expect(await mornings.stagesOf(customer)).toEqual(["invoice_issued", "shortfall"]);
  });

  it("is found beyond customers who were told of nothing yet", async () => {
    const { world } = mornings;
    const untold = await makeCustomer(world);
    const customer = await withServicesUntil(10);
    await serviceUntil(untold, 12);
    await giveBalance(world, customer, 600n);
    await renewOn("2026-04-03");
    await mornings.morning("2026-04-04");
    await renewOn("2026-04-05");
    await spend(customer, 250n);
    expect(untold.customerId < customer.customerId).toBe(true);
    expect(await remindOfShortfalls(world, 1)).toBe(1);
  });
});
