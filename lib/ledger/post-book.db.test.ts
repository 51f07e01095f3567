import { afterAll, beforeAll, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import { lockBalances } from "@/lib/billing/scene";
import { calendarDay } from "@/lib/kernel/calendar";
import { newId, type TransferId } from "@/lib/kernel/id";
import { giveBalance, makeCustomer } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { Book } from "./book";
import { checkBooks } from "./books";
import { postBooks } from "./post-book";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

// Behind by one, its transfer's number is taken; ahead by one, no number is, and the ledger would have a hole.
it.each([-1n, 1n])(
  "a balance that is not where it was read, by %s, is not moved, nor is anything beside it",
  async (by) => {
    const { customerId } = await stale(by);
    const [row] = await world.jobs.sql`
    select posted_minor, (select count(*)::int from transfers t where t.customer_id = b.customer_id) as transfers
    from balances b where customer_id = ${customerId}`;
    expect(row).toEqual({ posted_minor: 1000n, transfers: 1 });
    const { ok } = await checkBooks(world.jobs, { full: true, now: world.clock.now() });
    expect(ok).toBe(true);
  },
);

async function stale(by: bigint) {
  const customer = await makeCustomer(world);
  const { customerId } = customer;
  await giveBalance(world, customer, 1000n);
  const now = world.clock.now();
  const posting = transact(world.jobs, { customerId }, async ({ sql }) => {
    const [balance] = await lockBalances(sql, customerId);
    if (!balance) throw new Error("it was given");
    const book = new Book(
      customerId,
      { ...balance, seq: balance.seq + by },
      {
        now,
        valueDate: calendarDay(now, world.timeZone),
        newId: () => newId<TransferId>(world.clock),
      },
    );
    book.transfer({
      debit: "customer_balance",
      credit: "goodwill",
      amountMinor: 400n,
      reason: "goodwill_taken_back",
    });
    await postBooks(sql, [book.changes()]);
  });
  await expect(posting).rejects.toThrow();
  return customer;
}
