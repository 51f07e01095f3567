import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sql } from "@/db/client";
import { contentHash } from "@/lib/billing/payment/content-hash";
import { createTestDatabase } from "@/lib/testing/database";
import { holdBooks } from "./books";
import { openBuilder, payByBuilder } from "./builder";
import { createLimit, payByLimit } from "./limit";
import { issueRenewals, type Payable, seedCustomers, termMinor } from "./seed";
import { openOwner } from "./server";
import { plantSharedRow } from "./spread";
import { openWorld, payByUseCase } from "./use-case";

let owner: Sql;
let world: ReturnType<typeof openWorld>;
let drop: () => Promise<void>;
let databaseUrl: string;
let waiting: Payable[];

beforeAll(async () => {
  const database = await createTestDatabase();
  databaseUrl = database.url;
  owner = openOwner(database.url, 3);
  world = openWorld(database.url, 3);
  await createLimit(owner);
  await seedCustomers(owner, 16);
  waiting = await issueRenewals(owner);
  drop = async () => {
    await Promise.all([world.close(), owner.end()]);
    await database.drop();
  };
});

afterAll(() => drop());

function next(): Payable {
  const payable = waiting.pop();
  if (!payable) throw new Error("the tests pay no more invoices than were issued");
  return payable;
}

describe("the limit of the bench", () => {
  it("writes the rows that the use case writes, and leaves the same balance", async () => {
    const [ours, theirs] = [next(), next()];
    expect(await rowsOf(ours)).toEqual(await rowsOf(theirs));
    const before = await rowsOf(ours);
    await payByUseCase(world, ours);
    await payByLimit(owner, theirs);
    const after = await rowsOf(ours);
    expect(after).not.toEqual(before);
    expect(await rowsOf(theirs)).toEqual(after);
    const [payment] = await owner`
      select content_hash from payments where customer_id = ${theirs.customerId} order by created_at desc limit 1`;
    const invoices = { kind: "invoices" as const, invoiceIds: [theirs.invoiceId] };
    const amounts = { balanceMinor: termMinor, cardMinor: 0n, excessMinor: 0n };
    expect(payment?.content_hash).toBe(contentHash({ ...invoices, ...amounts }));
  });

  it("is beside a builder that writes these rows too", async () => {
    const [ours, theirs] = [next(), next()];
    const builder = openBuilder(databaseUrl, 1);
    await payByUseCase(world, ours);
    await payByBuilder(builder, theirs);
    expect(await rowsOf(theirs)).toEqual(await rowsOf(ours));
    await expect(payByBuilder(builder, theirs)).rejects.toThrow("not open");
    await expect(payByBuilder(builder, { ...next(), userId: ours.userId })).rejects.toThrow("not allowed");
    await builder.close();
  });

  it("refuses an invoice that is paid, and a user who is no member", async () => {
    const paid = next();
    await payByLimit(owner, paid);
    await expect(payByLimit(owner, paid)).rejects.toThrow();
    const stranger = { ...next(), userId: paid.userId };
    await expect(payByLimit(owner, stranger)).rejects.toThrow();
    await expect(payByUseCase(world, stranger)).rejects.toThrow("not_allowed");
  });

  it("leaves the books balanced, as the seed does", async () => {
    await payByLimit(owner, next());
    await payByUseCase(world, next());
    await expect(holdBooks(world)).resolves.toBeUndefined();
  });
});

describe("the spread of the bench", () => {
  it("is there: a payment passes one of another customer that has not committed", async () => {
    const [slow, quick] = [next(), next()];
    await owner.begin(async (tx) => {
      await payByLimit(tx as unknown as Sql, slow);
      await payByUseCase(world, quick);
    });
    const [row] = await owner`select state from invoices where id = ${quick.invoiceId}`;
    expect(row?.state).toBe("paid");
  });

  it("is gone with the planted row: the second payment waits for the first", async () => {
    const database = await createTestDatabase();
    const planted = openOwner(database.url, 2);
    await createLimit(planted);
    await seedCustomers(planted, 2);
    const [slow, quick] = await issueRenewals(planted);
    await planted.unsafe(plantSharedRow);
    await planted.begin(async (first) => {
      await payByLimit(first as unknown as Sql, slow as Payable);
      const second = planted.begin(async (tx) => {
        await tx`set local lock_timeout = '20ms'`;
        await payByLimit(tx as unknown as Sql, quick as Payable);
      });
      await expect(second).rejects.toMatchObject({ code: "55P03" });
    });
    await planted.end();
    await database.drop();
  });
});

/** All rows of a customer by table, without what differs between two customers who did the same. */
async function rowsOf({ customerId }: Payable): Promise<Record<string, string[]>> {
  const tables = await owner`
    select c.relname as name from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'customer_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname`;
  const entries = tables.map(async ({ name }) => {
    const rows = await owner.unsafe(`select to_jsonb(t)::text as row from ${name} t where customer_id = $1`, [
      customerId,
    ]);
    return [name, rows.map(({ row }) => withoutIds(row)).sort()] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const ownInstants = ["created_at", "occurred_at", "ended_at", "paid_at", "issued_at", "due_at", "value_date"];

function withoutIds(row: string): string {
  const kept = Object.entries(JSON.parse(row)).filter(([name]) => !ownInstants.includes(name));
  return JSON.stringify(Object.fromEntries(kept))
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "id")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "hash")
    .replaceAll(/INV-\d{4}-\d{6}/g, "number")
    .replaceAll(/"sequence":\d+/g, '"sequence"')
    .replaceAll(/(Customer|User) \d+/g, "$1");
}
