import type { Sql } from "@/db/client";
import { checkBooks } from "@/lib/ledger/books";
import { spreadOf } from "./measure";
import type { Part } from "./part";
import { type BenchServer, openOwner } from "./server";
import { openWorld } from "./use-case";

const customers = 20_000;
/** With the three that every customer of the bench begins with, a million in all. */
const goodwillEach = 47;
const movedEach = 1_000;

export const books: Part = {
  title: "books: the incremental check at a million transfers",
  about:
    `${(customers * (goodwillEach + 3)).toLocaleString("en")} transfers of ${customers.toLocaleString("en")} customers; ` +
    `moved = the check after ${movedEach.toLocaleString("en")} of them had money move, still = after nothing did, ` +
    "full = everything from the first transfer on. The goal is in seconds, as issue and command name it: no test holds it.",
  async run(server, { rounds, say }) {
    const url = await openBooks(server);
    const sql = openOwner(url, 1);
    const world = openWorld(url, 2);
    const check = (full: boolean) =>
      secondsOf(() => checkBooks(world.jobs, { full, now: world.clock.now() }));
    const taken = { full: [] as number[], moved: [] as number[], still: [] as number[] };
    try {
      await giveGoodwill(sql, { customers, each: goodwillEach });
      await sql`vacuum analyze`;
      for (let round = 0; round < rounds; round += 1) {
        taken.full.push(await check(true));
        await giveGoodwill(sql, { customers: movedEach, each: 1 });
        taken.moved.push(await check(false));
        taken.still.push(await check(false));
        say(`  round ${round + 1}: ${taken.moved[round]?.toFixed(2)} s`);
      }
    } finally {
      await Promise.all([world.close(), sql.end()]);
      await server.drop("bench_books");
    }
    const figures = {
      "moved s": spreadOf(taken.moved),
      "still s": spreadOf(taken.still),
      "full s": spreadOf(taken.full),
      "moved of full": spreadOf(
        taken.moved.map((seconds, round) => seconds / (taken.full[round] ?? Number.NaN)),
      ),
    };
    return [{ what: "a million transfers", figures, goals: [{ figure: "moved s", atMost: 5 }] }];
  },
};

function openBooks(server: BenchServer): Promise<string> {
  return server.create("bench_books", customers);
}

async function secondsOf(work: () => Promise<{ ok: boolean }>): Promise<number> {
  const startedAt = performance.now();
  const { ok } = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  if (!ok) throw new Error("the books of the bench do not balance");
  return seconds;
}

/** Moves the balances of so many customers, chosen anew each time, by so many transfers each. */
async function giveGoodwill(sql: Sql, wanted: { customers: number; each: number }): Promise<void> {
  await sql`
    with chosen as (
      select customer_id, seq from balances order by md5(customer_id::text || seq) limit ${wanted.customers}
    ), moved as (
      update balances b set seq = b.seq + ${wanted.each}, posted_minor = b.posted_minor + ${wanted.each}
      from chosen c where b.customer_id = c.customer_id returning b.customer_id, c.seq
    )
    insert into transfers (customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, occurred_at, value_date)
    select customer_id, uuidv7(), 'USD', seq + n, 'posted', 'goodwill', 'customer_balance', 1, 'goodwill', now(), current_date
    from moved cross join generate_series(1, ${wanted.each}::int) n`;
}
