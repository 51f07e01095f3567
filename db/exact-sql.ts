import type postgres from "postgres";

/** postgres.js with int8 read as bigint: no amount ever becomes a float on its way. */
export type Sql = postgres.Sql<{ bigint: bigint }>;
export type ReservedSql = postgres.ReservedSql<{ bigint: bigint }>;
