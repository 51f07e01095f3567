import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sql } from "@/db/client";
import { contentHash } from "@/lib/billing/payment/content-hash";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { createTestDatabase } from "@/lib/testing/database";
import { holdBooks } from "./books";
import { renewByLimit } from "./renew-limit";
import { seedDue, servicesEach, worldAt } from "./renewals";
import { rowsOf } from "./rows";
import { termMinor } from "./seed";
import { openOwner } from "./server";
import { openWorld } from "./use-case";

const nobody = "00000000-0000-0000-0000-000000000000";

type Side = { owner: Sql; world: ReturnType<typeof openWorld>; drop(): Promise<void> };
let ours: Side;
let theirs: Side;

/** Two databases with the same eight customers, of whom two are short: one for each side. */
async function side(renew: (side: Omit<Side, "drop">, at: Date) => Promise<unknown>): Promise<Side> {
  const database = await createTestDatabase();
  const owner = openOwner(database.url, 3);
  const world = openWorld(database.url, 3);
  await renew({ owner, world }, await seedDue(owner, 8 * servicesEach));
  const drop = async () => {
    await Promise.all([world.close(), owner.end()]);
    await database.drop();
  };
  return { owner, world, drop };
}

beforeAll(async () => {
  ours = await side(({ world }, at) => runRenewals(worldAt(world, at)));
  theirs = await side(({ owner }, at) => renewByLimit(owner, at, nobody));
});

afterAll(() => Promise.all([ours.drop(), theirs.drop()]));

async function rowsOfAll({ owner }: Side) {
  const customers = await owner`select id from customers order by email`;
  const rows = await Promise.all(customers.map(({ id }) => rowsOf(owner, id)));
  return rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe("the limit of the renewal run", () => {
  it("writes the rows that the run writes, for customers whose balance covers and for those who are short", async () => {
    const rows = await rowsOfAll(ours);
    expect(await rowsOfAll(theirs)).toEqual(rows);
    expect(rows.filter(({ terms }) => terms?.length === servicesEach)).toHaveLength(2);
    expect(rows.filter(({ terms }) => terms?.length === 2 * servicesEach)).toHaveLength(6);
    const [auto] = await theirs.owner`
      select p.content_hash, array(select s.invoice_id::text from payment_shares s where s.payment_id = p.id) as ids
      from payments p where p.origin = 'auto' limit 1`;
    const amounts = { balanceMinor: BigInt(servicesEach) * termMinor, cardMinor: 0n, excessMinor: 0n };
    expect(auto?.content_hash).toBe(contentHash({ kind: "invoices", invoiceIds: auto?.ids, ...amounts }));
  });

  it("leaves the books balanced, and nothing that the run would still find due", async () => {
    await expect(holdBooks(theirs.world)).resolves.toBeUndefined();
    const [row] = await theirs.owner`select max(expires_at) - interval '33 days' as at from services`;
    expect(await runRenewals(worldAt(theirs.world, row?.at))).toMatchObject({ due: 0 });
  });
});
