import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sql } from "@/db/client";
import { contentHash } from "@/lib/billing/payment/content-hash";
import { createTestDatabase } from "@/lib/testing/database";
import { holdBooks } from "./books";
import { openBuilder, payByBuilder } from "./builder";
import { createLimit, payByLimit } from "./limit";
import { rowsOf } from "./rows";
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
    expect(await rowsOf(owner, ours.customerId)).toEqual(await rowsOf(owner, theirs.customerId));
    const before = await rowsOf(owner, ours.customerId);
    await payByUseCase(world, ours);
    await payByLimit(owner, theirs);
    const after = await rowsOf(owner, ours.customerId);
    expect(after).not.toEqual(before);
    expect(await rowsOf(owner, theirs.customerId)).toEqual(after);
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
    expect(await rowsOf(owner, theirs.customerId)).toEqual(await rowsOf(owner, ours.customerId));
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
