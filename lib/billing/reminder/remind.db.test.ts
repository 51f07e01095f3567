import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exactTypes, type Sql } from "@/db/exact-sql";
import { addDays } from "@/lib/kernel/calendar";
import { payFromBalance } from "@/lib/portal/pay";
import { createTestDatabase } from "@/lib/testing/database";
import {
  balancePlan,
  giveBalance,
  makeCustomer,
  makeInvoice,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { remindOfInvoices } from "./remind";

let world: TestWorld;
let owner: Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = postgres(database.url, { max: 4, onnotice: () => {}, types: exactTypes });
  drop = () => database.drop();
  world = openTestWorld({ url: database.url, max: 12 });
});

afterAll(async () => {
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

/** An open invoice that is due so many days from now. */
async function openInvoice(customer: TestCustomer, dueInDays: number) {
  const invoice = await makeInvoice(world, customer, 1000n);
  await owner`
    update invoices set due_on = ${addDays(world.clock.now(), dueInDays, "UTC")} where id = ${invoice.id}`;
  return invoice;
}

/** As the job finds them on another day: time is moved by moving what is due. */
async function daysPass(customer: TestCustomer, days: number): Promise<void> {
  await owner`
    update invoices set due_on = due_on - make_interval(days => ${days}) where customer_id = ${customer.customerId}`;
}

async function stagesOf({ customerId }: TestCustomer): Promise<string[]> {
  const rows = await owner`
    select kind, stage from reminders where customer_id = ${customerId} order by stage`;
  return rows.map(({ kind, stage }) => `${kind} ${stage}`);
}

async function mailsOf({ customerId }: TestCustomer): Promise<number> {
  const rows = await owner`
    select o.id from outbox o where o.customer_id = ${customerId} and o.topic = 'reminder'
      and exists (select from reminders r where r.customer_id = o.customer_id and r.outbox_id = o.id)`;
  return rows.length;
}

describe("reminding of invoices", () => {
  it("records each stage once, whoever runs at once, day after day", async () => {
    const customer = await makeCustomer(world);
    await openInvoice(customer, 8);
    for (let day = 0; day < 16; day += 1) {
      await Promise.all([1, 2, 3].map(() => remindOfInvoices(world, 3)));
      await daysPass(customer, 1);
    }
    expect(await stagesOf(customer)).toEqual([-7, -3, -1, 0, 1, 3].map((stage) => `invoice_due ${stage}`));
    expect(await mailsOf(customer)).toBe(6);
  });

  it("gathers all that one customer hears of on a day in one mail", async () => {
    const customer = await makeCustomer(world);
    await openInvoice(customer, 3);
    await openInvoice(customer, 1);
    await openInvoice(customer, -3);
    await remindOfInvoices(world);
    expect(await stagesOf(customer)).toHaveLength(3);
    expect(await mailsOf(customer)).toBe(1);
  });

  it("leaves alone what is paid, and what a payment is paying until it ends", async () => {
    const customer = await makeCustomer(world);
    const paid = await openInvoice(customer, 1);
    await giveBalance(world, customer, 1000n);
    await payFromBalance(customer.actor, balancePlan(world, [paid.id], 1000n), world);
    const claimed = await openInvoice(customer, 1);
    const [payment] = await owner`
      insert into payments (customer_id, id, kind, funding, origin, state, currency, balance_minor, card_minor, content_hash,
        request_key, request, next_poll_at, created_at)
      values (${customer.customerId}, gen_random_uuid(), 'invoices', 'card', 'customer', 'sent', 'USD', 0, 1000, 'hash',
        'key', '{}', ${world.clock.now()}, ${world.clock.now()}) returning id`;
    await owner`
      insert into payment_shares (customer_id, payment_id, invoice_id, balance_minor, card_minor)
      values (${customer.customerId}, ${payment?.id}, ${claimed.id}, 0, 1000)`;
    await owner`
      insert into invoice_claims (customer_id, invoice_id, payment_id)
      values (${customer.customerId}, ${claimed.id}, ${payment?.id})`;
    await remindOfInvoices(world);
    expect(await stagesOf(customer)).toEqual([]);
    await owner`delete from invoice_claims where customer_id = ${customer.customerId}`;
    await remindOfInvoices(world);
    expect(await stagesOf(customer)).toEqual(["invoice_due -1"]);
  });

  it("says nothing to customers who are closed", async () => {
    const customer = await makeCustomer(world);
    await openInvoice(customer, 1);
    await owner`update customers set closed_at = ${world.clock.now()} where id = ${customer.customerId}`;
    await remindOfInvoices(world);
    expect(await stagesOf(customer)).toEqual([]);
  });
});
