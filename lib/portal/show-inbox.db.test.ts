import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "@/lib/kernel/id";
import { makeCustomer, type TestCustomer } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { AccessDenied } from "./scoped";
import { markNoticesRead, showInbox } from "./show-inbox";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

/** A mail of ours, as the worker keeps it. */
async function makeNotice({ customerId }: TestCustomer, subject: string, state = "sent"): Promise<void> {
  const id = newId(world.clock);
  const now = world.clock.now();
  await world.jobs.sql`
    insert into outbox (customer_id, id, topic, payload, created_at, handled_at)
    values (${customerId}, ${id}, 'reminder', '{}', ${now}, ${now})`;
  await world.jobs.sql`
    insert into notices (customer_id, id, topic, subject, body, link, state, attempts, created_at, sent_at)
    values (${customerId}, ${id}, 'reminder', ${subject}, 'Hello', '', ${state}, 1, ${now}, ${state === "sent" ? now : null})`;
}

async function subjectsOf(customer: TestCustomer, cursor: string | null = null) {
  const page = await showInbox(customer.actor, { cursor }, world);
  return { subjects: page.rows.map(({ subject }) => subject), ...page };
}

describe("the inbox", () => {
  it("shows what was sent and what could not be, newest first, and nothing that was withdrawn", async () => {
    const customer = await makeCustomer(world);
    await makeNotice(customer, "first");
    await makeNotice(customer, "second", "undeliverable");
    await makeNotice(customer, "gone", "withdrawn");
    await makeNotice(customer, "third", "waiting");
    expect((await subjectsOf(customer)).subjects).toEqual(["third", "second", "first"]);
  });

  it("goes page by page, there and back", async () => {
    const customer = await makeCustomer(world);
    const all = Array.from({ length: 60 }, (_, at) => `mail ${at}`);
    for (const subject of all) await makeNotice(customer, subject);
    const newestFirst = [...all].reverse();
    const first = await subjectsOf(customer);
    const second = await subjectsOf(customer, first.next);
    const third = await subjectsOf(customer, second.next);
    expect([...first.subjects, ...second.subjects, ...third.subjects]).toEqual(newestFirst);
    expect([first.previous, third.next]).toEqual([null, null]);
    expect((await subjectsOf(customer, third.previous)).subjects).toEqual(second.subjects);
  });

  it("is another customer's secret, to read and to mark", async () => {
    const [customer, stranger] = [await makeCustomer(world), await makeCustomer(world)];
    await makeNotice(customer, "secret");
    const posing = { ...stranger.actor, customerId: customer.customerId };
    await expect(showInbox(posing, {}, world)).rejects.toThrow(AccessDenied);
    const noticeIds = (await showInbox(customer.actor, {}, world)).rows.map(({ id }) => id);
    const refused = (code: string) => ({ ok: false, refusal: { code } });
    expect(await markNoticesRead(posing, { noticeIds }, world)).toEqual(refused("not_allowed"));
    expect(await markNoticesRead(stranger.actor, { noticeIds }, world)).toEqual(refused("notice_not_found"));
    expect((await showInbox(stranger.actor, {}, world)).rows).toEqual([]);
    expect((await showInbox(customer.actor, {}, world)).rows.map(({ isRead }) => isRead)).toEqual([false]);
  });

  it("is read where it was marked so", async () => {
    const customer = await makeCustomer(world);
    await makeNotice(customer, "one");
    await makeNotice(customer, "two");
    const [newest] = (await showInbox(customer.actor, {}, world)).rows;
    await markNoticesRead(customer.actor, { noticeIds: [newest?.id ?? ""] }, world);
    const { rows } = await showInbox(customer.actor, {}, world);
    expect(rows.map(({ isRead }) => isRead)).toEqual([true, false]);
  });
});
