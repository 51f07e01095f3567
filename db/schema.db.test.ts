import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { is, Table } from "drizzle-orm";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportedSchema, schemaStatements } from "@/lib/commands/setup/schema-statements";
import { createTestDatabase } from "@/lib/testing/database";
import { migrate, OtherSchemaError } from "./migrate";

/** Tables of the house: of nobody's customer data, or registries that keep ids unique over all customers. */
const houseTables = [
  "bank_receipt_keys",
  "book_checks",
  "credit_note_numbers",
  "event_readings",
  "event_runs",
  "invoice_numbers",
  "invoice_series",
  "job_runs",
  "plan_prices",
  "plans",
  "renewal_requests",
  "renewal_runs",
  "sessions",
  "settings",
  "login_mails",
  "sign_in_attempts",
  "staff",
  "stripe_accounts",
  "stripe_checks",
  "charge_limits",
  "stripe_events",
  "stripe_objects",
  "tax_rates",
  "tokens",
  "users",
  "webhook_endpoints",
];

const migrationsDir = path.join(import.meta.dirname, "migrations");

let owner: postgres.Sql;
let drop: () => Promise<void>;
let tables: PgTable[];
let exported: Record<string, unknown>;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = postgres(database.url, { max: 2, onnotice: () => {} });
  drop = async () => {
    await owner.end();
    await database.drop();
  };
  exported = await exportedSchema();
  tables = Object.values(exported).filter((value): value is PgTable => is(value, Table));
});

afterAll(() => drop());

interface Key {
  table: string;
  name: string;
  columns: string[];
}

const customersTables = async () =>
  (
    await owner`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      order by relname`
  )
    .map(({ relname }) => relname as string)
    .filter((name) => !houseTables.includes(name) && name !== "customers");

async function indexes(): Promise<(Key & { isUnique: boolean; isPartial: boolean })[]> {
  const rows = await owner`
    select t.relname as table, i.relname as name, x.indisunique as is_unique, x.indpred is not null as is_partial,
      array(select coalesce(a.attname, '') from unnest(x.indkey::int2[]) with ordinality k (number, place)
        left join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number order by k.place) as columns
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    where t.relnamespace = 'public'::regnamespace order by i.relname`;
  return rows.map(({ table, name, is_unique, is_partial, columns }) => ({
    table,
    name,
    columns,
    isUnique: is_unique,
    isPartial: is_partial,
  }));
}

async function constraints(): Promise<(Key & { type: string; target: string; targetColumns: string[] })[]> {
  const rows = await owner`
    select c.conrelid::regclass::text as table, c.conname as name, c.contype::text as type,
      c.confrelid::regclass::text as target,
      array(select a.attname from unnest(c.conkey) with ordinality k (number, place)
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number order by k.place) as columns,
      array(select a.attname from unnest(c.confkey) with ordinality k (number, place)
        join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.number order by k.place) as target_columns
    from pg_constraint c where c.connamespace = 'public'::regnamespace order by c.conname`;
  return rows.map(({ target_columns, ...row }) => ({ ...row, targetColumns: target_columns }) as never);
}

describe("a customer's table", () => {
  test("is every table that is not of the house, and has the customer first in its primary key", async () => {
    const keys = (await constraints()).filter(({ type }) => type === "p");
    const first = new Map(keys.map(({ table, columns }) => [table, columns[0]]));
    for (const table of await customersTables())
      expect([table, first.get(table)]).toEqual([table, "customer_id"]);
    expect(first.get("customers")).toBe("id");
    expect([...first.keys()]).toEqual(expect.arrayContaining(houseTables));
  });

  test("has the customer first in all unique indexes", async () => {
    const theirs = await customersTables();
    const unique = (await indexes()).filter(({ table, isUnique }) => isUnique && theirs.includes(table));
    expect(unique.filter(({ columns }) => columns[0] !== "customer_id")).toEqual([]);
    expect(unique.length).toBeGreaterThan(theirs.length);
  });

  test("points only at rows of the same customer, or at the house", async () => {
    const theirs = await customersTables();
    const wrong = (await constraints())
      .filter(({ type, target }) => type === "f" && [...theirs, "customers"].includes(target))
      .filter(({ target, columns, targetColumns }) => {
        const own = target === "customers" ? "id" : "customer_id";
        return columns[0] !== "customer_id" || targetColumns[0] !== own;
      });
    expect(wrong).toEqual([]);
  });
});

describe("every table", () => {
  test("has indexes that serve both ways: none puts null last of what comes down, as no query asks", async () => {
    const rows = await owner`select indexname from pg_indexes where indexdef like '%DESC NULLS LAST%'`;
    expect(rows.map(({ indexname }) => indexname)).toEqual([]);
  });

  test("has an index with the leading columns of each of its foreign keys", async () => {
    const all = await indexes();
    const without = (await constraints())
      .filter(({ type }) => type === "f")
      .filter(({ table, columns }) => {
        const leads = (index: Key) => columns.every((column, place) => index.columns[place] === column);
        return !all.some((index) => index.table === table && leads(index));
      });
    // The start that a term follows at is its own start (terms_follows_check), which terms_starts_key has.
    expect(without.map(({ name }) => name)).toEqual(["terms_follows_fk"]);
  });

  test("has a primary key, and no trigger, rule, view or sequence of its own", async () => {
    const without = await owner`
      select relname from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and not exists (select from pg_constraint where conrelid = c.oid and contype = 'p')`;
    expect(without).toEqual([]);
    const others = await owner`
      select relname from pg_class where relnamespace = 'public'::regnamespace and relkind not in ('r', 'i')
      union all select tgname from pg_trigger where not tgisinternal
      union all select rulename from pg_rules where schemaname = 'public'`;
    expect(others).toEqual([]);
  });

  test("has names that say what they are: _pk, _fk, _key, _check, _idx after the table's own", async () => {
    const endings: Record<string, RegExp> = {
      p: /_pk$/,
      f: /_fk$/,
      u: /_key$/,
      c: /_check$/,
      n: /_not_null$/,
    };
    const misnamed = (await constraints()).filter(
      ({ table, name, type }) => !name.startsWith(`${table}_`) || !endings[type]?.test(name),
    );
    expect(misnamed).toEqual([]);
    const misnamedIndexes = (await indexes()).filter(
      ({ table, name, isUnique }) =>
        !name.startsWith(`${table}_`) || !(isUnique ? /_(pk|key)$/ : /_idx$/).test(name),
    );
    expect(misnamedIndexes).toEqual([]);
  });

  test("has columns of exact types alone: amounts are int8, instants have a time zone, nothing is a float", async () => {
    const rows = await owner`
      select table_name || '.' || column_name as name, udt_name as type from information_schema.columns
      where table_schema = 'public' order by 1`;
    const exact = [
      ...["_text", "bool", "bytea", "date", "int4", "int8", "jsonb", "numeric", "text"],
      ...["timestamptz", "uuid"],
    ];
    expect(rows.filter(({ type }) => !exact.includes(type))).toEqual([]);
    expect(rows.filter(({ name, type }) => name.endsWith("_minor") && type !== "int8")).toEqual([]);
    expect(rows.filter(({ name, type }) => name.endsWith("_at") && type !== "timestamptz")).toEqual([]);
    expect(
      rows.filter(({ name, type }) => /(^|\.)(id|.*_id)$/.test(name) && !["uuid", "text"].includes(type)),
    ).toEqual([]);
  });
});

describe("the schema's files", () => {
  test("are what 0000_schema.sql says: `npm run db:generate` would change nothing", async () => {
    const written = readFileSync(path.join(migrationsDir, "0000_schema.sql"), "utf8");
    expect(written.trim().split("\n--> statement-breakpoint\n")).toEqual(await schemaStatements());
  });

  test("have each migration in the journal, in order", () => {
    const journal = JSON.parse(readFileSync(path.join(migrationsDir, "meta", "_journal.json"), "utf8"));
    const tags = journal.entries.map(({ tag }: { tag: string }) => tag);
    const files = readdirSync(migrationsDir).filter((name) => name.endsWith(".sql"));
    expect(files.sort()).toEqual(tags.map((tag: string) => `${tag}.sql`));
    const times = journal.entries.map(({ when }: { when: number }) => when);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test("refuse a database that other migrations made, and leave it alone", async () => {
    const other = await createTestDatabase();
    const client = postgres(other.url, { max: 1, onnotice: () => {} });
    try {
      await client`update drizzle.__drizzle_migrations set hash = 'of an earlier build' where id = 1`;
      await expect(migrate(other.url)).rejects.toThrow(OtherSchemaError);
    } finally {
      await client.end();
      await other.drop();
    }
  });

  test("say what the migrated database has: tables, columns, constraints and indexes", async () => {
    const columns = await owner`
      select table_name, column_name, udt_name, is_nullable = 'NO' as not_null from information_schema.columns
      where table_schema = 'public'`;
    const live = columns.map((row) => `${row.table_name}.${row.column_name} ${row.udt_name} ${row.not_null}`);
    const types: Record<string, string> = {
      bigint: "int8",
      integer: "int4",
      boolean: "bool",
      "text[]": "_text",
    };
    const said = tables.flatMap((table) => {
      const config = getTableConfig(table);
      const own = config.primaryKeys.flatMap((key) => key.columns.map(({ name }) => name));
      return config.columns.map((column) => {
        const type = column.getSQLType();
        const sqlType = types[type] ?? (type.startsWith("timestamp") ? "timestamptz" : type);
        return `${config.name}.${column.name} ${sqlType} ${column.notNull || own.includes(column.name)}`;
      });
    });
    expect(said.sort()).toEqual(live.sort());
    const names = tables.flatMap((table) => {
      const { primaryKeys, foreignKeys, uniqueConstraints, checks, indexes: own } = getTableConfig(table);
      return [
        ...primaryKeys.map((key) => key.getName()),
        ...foreignKeys.map((key) => key.getName()),
        ...uniqueConstraints.map((key) => key.getName()),
        ...checks.map(({ name }) => name),
        ...own.map(({ config }) => config.name),
      ];
    });
    const constrained = (await constraints()).filter(({ type }) => type !== "n").map(({ name }) => name);
    const indexed = (await indexes()).map(({ name }) => name);
    expect([...new Set(names)].sort()).toEqual([...new Set([...constrained, ...indexed])].sort());
  });

  test("read every int8 as a bigint", () => {
    const narrow = tables.flatMap((table) =>
      getTableConfig(table)
        .columns.filter((column) => column.getSQLType() === "bigint" && column.dataType !== "bigint")
        .map((column) => `${getTableConfig(table).name}.${column.name}`),
    );
    expect(narrow).toEqual([]);
  });

  test("are described in the data dictionary, table by table and column by column", () => {
    const entries = readFileSync(path.join(import.meta.dirname, "README.md"), "utf8").split(/^- (?=\*\*)/m);
    const undescribed = tables.flatMap((table) => {
      const { name, columns } = getTableConfig(table);
      const entry = entries.find((text) => text.split(" – ")[0]?.includes(`**${name}**`)) ?? "";
      return columns
        .filter((column) => !entry.includes(`\`${column.name}\``))
        .map((column) => `${name}.${column.name}`);
    });
    expect(undescribed).toEqual([]);
  });
});
