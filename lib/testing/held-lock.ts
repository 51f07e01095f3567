import type { StripeWorld } from "./stripe-world";

/** A lock that a test holds, so that another transaction stops at just that place until it is let go on. */
export interface HeldLock {
  /** Resolves when so many sessions wait for a lock that this test holds. */
  untilAwaited(count?: number): Promise<number[]>;
  release(): Promise<void>;
}

type Sql = StripeWorld["owner"];
type Owned = Pick<StripeWorld, "owner">;

/**
 * Holds a table against inserts and updates: who comes to write into it stops there, with all that it wrote before.
 * `exclusive` stops those who lock its rows, too.
 */
export function holdTable(
  world: StripeWorld,
  table: string,
  mode: "share" | "exclusive" = "share",
): Promise<HeldLock> {
  return hold(world, (sql) => sql`lock table ${sql(table)} in ${sql.unsafe(mode)} mode`);
}

/** Holds the rows of one customer in a table against whoever wants to lock them. */
export function holdRows(world: Owned, table: string, customerId: string): Promise<HeldLock> {
  return hold(world, (sql) => sql`select from ${sql(table)} where customer_id = ${customerId} for update`);
}

/** Whether somebody has rows of this customer locked: asked without waiting. */
export async function isLocked(world: StripeWorld, table: string, customerId: string): Promise<boolean> {
  const { owner } = world;
  const [counted] = await owner`
    select (select count(*)::int from ${owner(table)} where customer_id = ${customerId}) as all,
      (select count(*)::int from (
        select from ${owner(table)} where customer_id = ${customerId} for update skip locked) t) as free`;
  return counted?.all !== counted?.free;
}

async function hold(world: Owned, lock: (sql: Sql) => PromiseLike<unknown>): Promise<HeldLock> {
  const connection = await world.owner.reserve();
  const sql = connection as unknown as Sql;
  const [own] = await sql`select pg_backend_pid() as pid`;
  await sql`begin`;
  await lock(sql);
  return {
    untilAwaited: async (count = 1) => {
      for (;;) {
        const waiting = await world.owner`
          select pid from pg_stat_activity where ${own?.pid}::int = any(pg_blocking_pids(pid))`;
        if (waiting.length >= count) return waiting.map((row) => row.pid as number);
      }
    },
    release: async () => {
      await sql`rollback`;
      connection.release();
    },
  };
}
