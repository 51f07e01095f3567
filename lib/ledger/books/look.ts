import type { Fragment } from "postgres";
import type { ReservedSql } from "@/db/client";
import type { CustomerId } from "@/lib/kernel/id";

/** What a check looks at, as pieces of SQL that its queries are put together from. */
export interface Look {
  readonly sql: ReservedSql;
  /** Condition on a table's alias: the rows of the customers that are looked at. */
  at(alias: string): Fragment;
  /**
   * The same for the small sets (open payments, claims, holds), which are looked at whole even where a check only
   * goes on from the last one: they can be wrong without any transfer having been made.
   */
  always(alias: string): Fragment;
  /** What belongs to no single customer, the series of numbers, is looked at too. */
  readonly isWhole: boolean;
  /** Sums begin at the last checkpoint; else at zero. */
  readonly isIncremental: boolean;
}

export interface LookOptions extends Pick<Look, "isWhole" | "isIncremental"> {
  /** Whose rows are looked at; null is everybody's. */
  readonly customers: readonly CustomerId[] | null;
  /** Whose small sets are looked at; null is everybody's. */
  readonly small: readonly CustomerId[] | null;
}

export function lookAt(sql: ReservedSql, { customers, small, ...options }: LookOptions): Look {
  const among = (list: readonly CustomerId[] | null) => (alias: string) =>
    list === null ? sql`true` : sql`${sql(`${alias}.customer_id`)} = any(${[...list]}::uuid[])`;
  return { sql, at: among(customers), always: among(small), ...options };
}
