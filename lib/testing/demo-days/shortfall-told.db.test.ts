import { afterAll, beforeAll, expect, it } from "vitest";
import { newId } from "@/lib/kernel/id";
import { makeActiveService, makeCustomer, makePlan, type TestCustomer } from "../fixtures";
import { type Mornings, openMornings } from "../mornings";
import type { Notice } from "./comparing";
import { falseRises, type MissedWhenTold } from "./shortfall-told";

let mornings: Mornings;

beforeAll(async () => {
  mornings = await openMornings();
});

afterAll(() => mornings.close());

async function noticesOf({ customerId }: TestCustomer): Promise<Notice[]> {
  const rows = await mornings.owner`
    select id, topic, subject || E'\n' || body as text, sent_at from notices where customer_id = ${customerId}
    order by sent_at desc limit 1`;
  return rows.map(({ id, topic, text, sent_at }) => ({
    ...{ id, topic, text, customerId, locale: "en", sentAt: sent_at },
  }));
}

/** A mail like the last, recorded as being about a rise alone. */
async function repeatLast({ customerId }: TestCustomer): Promise<void> {
  const { owner, world } = mornings;
  const id = newId();
  const now = world.clock.now();
  await owner`
    insert into outbox (customer_id, id, topic, payload, remind_on, created_at, handled_at)
    values (${customerId}, ${id}, 'reminder', '{}', ${now}::date, ${now}, ${now})`;
  await owner`
    insert into reminders (customer_id, id, kind, subject_id, day, outbox_id, created_at)
    select ${customerId}, ${newId()}, 'shortfall', id, ${now}::date, ${id}, ${now} from invoices
    where customer_id = ${customerId} and state = 'open' order by due_on limit 1`;
  await owner`
    insert into notices (customer_id, id, topic, subject, body, link, state, attempts, created_at, sent_at)
    select customer_id, ${id}, topic, subject, body, link, 'sent', 1, ${now}, ${now} from notices
    where customer_id = ${customerId} order by sent_at desc limit 1`;
}

it("a mail about a rise that repeats the last one is found, and one about a rise that came is not", async () => {
  const { world, owner } = mornings;
  const missed: MissedWhenTold = new Map();
  const customer = await makeCustomer(world);
  const planId = await makePlan(world, { price: { USD: 1_000n } });
  await makeActiveService(world, customer, planId, true);
  mornings.at("2026-03-12", 12);
  await makeActiveService(world, customer, planId, true);
  mornings.at("2026-04-02", 12);
  // To the morning of 7 April: its mail names the first of them alone.
  await mornings.daysPass(5);
  expect(await falseRises(mornings, await noticesOf(customer), missed)).toEqual([]);
  mornings.at("2026-04-08");
  await repeatLast(customer);
  const found = await falseRises(mornings, await noticesOf(customer), missed);
  expect(found.map(({ rule }) => rule)).toEqual([
    "a rise is told for all that renews",
    "what is told to have risen has",
  ]);
  await owner`update notices set body = body || ' $20.00' where customer_id = ${customer.customerId}`;
  const told = await noticesOf(customer);
  expect(await falseRises(mornings, told, new Map([[`${customer.customerId} USD`, 1_500n]]))).toEqual([]);
});
