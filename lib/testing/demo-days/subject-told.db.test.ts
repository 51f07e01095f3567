import { afterAll, beforeAll, expect, it } from "vitest";
import { makeActiveService, makeCustomer, makePlan, type TestCustomer } from "../fixtures";
import { type Mornings, openMornings } from "../mornings";
import type { Notice } from "./comparing";
import { falseSubject } from "./subject-told";

let mornings: Mornings;

beforeAll(async () => {
  mornings = await openMornings();
});

afterAll(() => mornings.close());

async function remindersOf({ customerId }: TestCustomer): Promise<Notice[]> {
  const rows = await mornings.owner`
    select id, topic, subject || E'\n' || body as text, sent_at from notices
    where customer_id = ${customerId} and topic = 'reminder' order by sent_at`;
  return rows.map(({ id, topic, text, sent_at }) => ({
    ...{ id, topic, text, customerId, locale: "en", sentAt: sent_at },
  }));
}

it("a subject with the total of all invoices is found, and one with the sum of those that it names is not", async () => {
  const { world } = mornings;
  const customer = await makeCustomer(world);
  const planId = await makePlan(world, { price: { USD: 1_000n } });
  for (const day of ["2026-03-10", "2026-03-12"]) {
    mornings.at(day, 12);
    await makeActiveService(world, customer, planId, true);
  }
  mornings.at("2026-04-02", 12);
  await mornings.daysPass(11);
  const told = (await remindersOf(customer)).slice(-2);
  expect(told.map(({ text }) => text.split("\n")[0])).toEqual([
    "$10.00 is past due",
    "web-1 will be suspended on 15 April 2026 unless $10.00 is paid",
  ]);
  for (const notice of told) {
    expect(await falseSubject(mornings, notice)).toEqual([]);
    const text = notice.text.replace("$10.00", "$20.00");
    expect(await falseSubject(mornings, { ...notice, text })).toMatchObject([
      { rule: "the amount in a subject is the sum of what it names" },
    ]);
  }
});
