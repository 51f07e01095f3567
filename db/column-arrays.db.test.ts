import fc from "fast-check";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase } from "@/lib/testing/database";
import { columnArrays } from "./column-arrays";

let sql: postgres.Sql<{ bigint: bigint }>;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  sql = postgres(database.url, { max: 1, types: { bigint: postgres.BigInt } });
  drop = () => database.drop();
});

afterAll(async () => {
  await sql.end();
  await drop();
});

const columns = [
  { name: "id", type: "uuid" },
  { name: "note", type: "text" },
  { name: "payload", type: "jsonb" },
  { name: "amount_minor", type: "bigint" },
  { name: "position", type: "integer" },
  { name: "is_on", type: "boolean" },
  { name: "at", type: "timestamptz" },
  { name: "day", type: "date" },
] as const;

/** The rows as PostgreSQL reads them: the day as text, which the driver would make an instant. */
function read(rows: readonly object[]) {
  const arrays = columns.map(({ type }, place) => `$${place + 1}::text::${type}[]`).join(", ");
  const names = columns.map(({ name }) => name).join(", ");
  return sql.unsafe(
    `select id, note, payload, amount_minor, position, is_on, at, day::text from unnest(${arrays}) as t(${names})`,
    columnArrays(columns, rows),
  );
}

/** PostgreSQL's text has no NUL and no half of a surrogate pair. */
const text = fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\0"));
const awkward = fc.constantFrom(
  "",
  "NULL",
  "null",
  "{}",
  "a,b",
  '"',
  "\\",
  '\\"',
  " ",
  "\n",
  "鸭",
  "{\\}",
  "'",
);
const instant = fc.date({
  min: new Date("1900-01-01"),
  max: new Date("2200-01-01"),
  noInvalidDate: true,
});
const row = fc.record(
  {
    id: fc.uuid(),
    note: fc.oneof(text, awkward),
    payload: fc.dictionary(text, fc.oneof(text, awkward, fc.integer(), fc.boolean(), fc.constant(null))),
    amount_minor: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    position: fc.integer(),
    is_on: fc.boolean(),
    at: instant,
    day: instant.map((at) => at.toISOString().slice(0, 10)),
  },
  { requiredKeys: [] },
);
const nothing = Object.fromEntries(columns.map(({ name }) => [name, null]));

describe("rows as an array for each column", () => {
  it("are read by PostgreSQL as they were", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        expect([...(await read(rows))]).toEqual(rows.map((one) => ({ ...nothing, ...one })));
      }),
    );
  });

  it("keep what stands in one row after the other, and what is null between", async () => {
    const at = new Date("2026-03-10T09:00:00.123Z");
    const rows = [{ at, note: "x" }, { at, note: "x" }, { note: null }, { at: undefined, note: "x" }, { at }];
    const found = await read(rows);
    expect(found.map((one) => one.at)).toEqual([at, at, null, null, at]);
    expect(found.map(({ note }) => note)).toEqual(["x", "x", null, "x", null]);
  });

  it("are a table without rows where there are none", async () => {
    expect(await read([])).toHaveLength(0);
  });
});
