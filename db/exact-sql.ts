import postgres from "postgres";

/**
 * postgres.js with int8 read as bigint, so that no amount becomes a float, and with a date read as its text, so that no
 * calendar day is moved by a time zone.
 */
export type Sql = postgres.Sql<{ bigint: bigint; date: string }>;
export type ReservedSql = postgres.ReservedSql<{ bigint: bigint; date: string }>;

const asText = (text: string) => text;

export const exactTypes = {
  bigint: postgres.BigInt,
  date: { to: 1082, from: [1082], serialize: asText, parse: asText },
};
