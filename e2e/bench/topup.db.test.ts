import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sql } from "@/db/client";
import { contentHash } from "@/lib/billing/payment/content-hash";
import { createTestDatabase } from "@/lib/testing/database";
import { holdBooks } from "./books";
import { rowsOf } from "./rows";
import { seedCustomers, termMinor } from "./seed";
import { openOwner } from "./server";
import { invoicesEach, settleByUseCase, TopUps, type WaitingTopUp } from "./top-ups";
import { settleByLimit } from "./topup-limit";
import { openWorld } from "./use-case";

let owner: Sql;
let world: ReturnType<typeof openWorld>;
let drop: () => Promise<void>;
let topUps: TopUps;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = openOwner(database.url, 3);
  world = openWorld(database.url, 3);
  await seedCustomers(owner, 4, {
    services: invoicesEach,
    balanceMinor: BigInt(invoicesEach) * termMinor,
    isAutoRenew: true,
  });
  topUps = new TopUps(owner, 4);
  await topUps.refill();
  drop = async () => {
    await Promise.all([world.close(), owner.end()]);
    await database.drop();
  };
});

afterAll(() => drop());

/** Settles the next one, and says whose it was. */
async function settled(settleOne: (topUp: WaitingTopUp) => Promise<void>): Promise<WaitingTopUp> {
  let seen: WaitingTopUp | null = null;
  await topUps.settleNext(async (topUp) => {
    seen = topUp;
    await settleOne(topUp);
  });
  if (!seen) throw new Error("the tests settle no more top-ups than were begun");
  return seen;
}

describe("the limit of the top-up", () => {
  it("writes the rows that the settlement writes, and leaves every service renewed and nothing on the balance", async () => {
    const ours = await settled((topUp) => settleByUseCase(world, topUp));
    const theirs = await settled((topUp) => settleByLimit(owner, topUp));
    const rows = await rowsOf(owner, ours.customerId);
    expect(await rowsOf(owner, theirs.customerId)).toEqual(rows);
    expect(rows.terms).toHaveLength(2 * invoicesEach);
    const [auto] = await owner`
      select p.content_hash, array(select s.invoice_id::text from payment_shares s where s.payment_id = p.id) as ids
      from payments p where p.customer_id = ${theirs.customerId} and p.origin = 'auto'`;
    const amounts = { balanceMinor: BigInt(invoicesEach) * termMinor, cardMinor: 0n, excessMinor: 0n };
    expect(auto?.content_hash).toBe(contentHash({ kind: "invoices", invoiceIds: auto?.ids, ...amounts }));
  });

  it("refuses a top-up that is settled already", async () => {
    const topUp = await settled((one) => settleByLimit(owner, one));
    await expect(settleByLimit(owner, topUp)).rejects.toThrow("settles");
    await expect(settleByUseCase(world, topUp)).rejects.toThrow("not settled");
  });

  it("leaves the books balanced, as the seed does", async () => {
    await expect(holdBooks(world)).resolves.toBeUndefined();
  });
});
