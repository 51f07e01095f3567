import type { Database, ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import type { CustomerId } from "@/lib/kernel/id";
import { allocationsInvariant } from "./books/allocations";
import { balancesInvariant } from "./books/balances";
import { claimsInvariant } from "./books/claims";
import { holdsInvariant } from "./books/holds";
import type { Invariant } from "./books/invariant";
import { invoicesInvariant } from "./books/invoices";
import { type Look, lookAt } from "./books/look";
import { numbersInvariant } from "./books/numbers";
import { settlementsInvariant } from "./books/settlements";
import { termsInvariant } from "./books/terms";

/** What breaks an invariant. Amounts in `detail` are minor units as text. */
export interface Violation {
  /** What should hold, as a sentence. */
  readonly rule: string;
  /** Null for what belongs to no single customer: a series of numbers. */
  readonly customerId: CustomerId | null;
  /** The noun of the offending row and its id. */
  readonly subject: string;
  readonly subjectId: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface CheckedInvariant {
  readonly name: string;
  /** How many of `noun` were looked at. */
  readonly checked: number;
  readonly noun: string;
  readonly violations: readonly Violation[];
  /** There are more violations than are listed. */
  readonly isCut: boolean;
}

export interface CheckedBooks {
  readonly invariants: readonly CheckedInvariant[];
  readonly ok: boolean;
}

export interface CheckOptions {
  /** Sums everything from the first transfer on; else goes on from the last checkpoints. */
  readonly full: boolean;
  /** Only these customers' books; the series of numbers, which they share, are then left out. */
  readonly customers?: readonly CustomerId[];
  readonly now: Date;
}

/**
 * Checks the ledger's invariants (domain.md, The ledger) in one snapshot of the database, as mallard_jobs. What was
 * found right is remembered in `balance_checks`: the next incremental check looks only at customers whose ledger has
 * moved since, and at all open payments, claims, holds and series. A customer with a violation is looked at again.
 */
export function checkBooks(database: Database, options: CheckOptions): Promise<CheckedBooks> {
  return transact(database, {}, async (tx) => {
    await openSnapshot(tx.sql);
    const looks = await looksFor(tx.sql, options);
    const parts: CheckedInvariant[][] = [];
    for (const look of looks) parts.push(await Promise.all(invariants.map((each) => check(look, each))));
    const checked = together(parts);
    for (const look of looks) remember(tx, look, checked, options.now);
    return { invariants: checked, ok: checked.every(({ violations }) => violations.length === 0) };
  });
}

/** In domain.md's order. */
export const invariants: readonly Invariant[] = [
  balancesInvariant,
  invoicesInvariant,
  allocationsInvariant,
  settlementsInvariant,
  claimsInvariant,
  termsInvariant,
  holdsInvariant,
  numbersInvariant,
];

/** So many violations of one invariant are listed; a ledger that is broken throughout must not fill the memory. */
const violationsMost = 1_000;

/** So many customers are looked up with one set of queries. */
const lookedUpMost = 5_000;

/** Where more than this part of all balances has moved, reading whole tables is cheaper than looking each up. */
const movedMost = 0.25;

/** All queries see the same books, whatever is paid meanwhile; sums over millions of rows may take their time. */
async function openSnapshot(sql: ReservedSql): Promise<void> {
  await sql.unsafe(
    "set transaction isolation level repeatable read; set local statement_timeout = '10min'; set local work_mem = '128MB'; set local jit = off; set local max_parallel_workers_per_gather = 0",
  );
}

/** What is to be looked at: everybody at once, or batches of customers, with the small sets in the first one. */
async function looksFor(sql: ReservedSql, { full, customers }: CheckOptions): Promise<Look[]> {
  const ids = customers ?? (full ? null : await movedCustomers(sql));
  const isIncremental = !full;
  if (ids === null) return [lookAt(sql, { customers: null, small: null, isWhole: true, isIncremental })];
  // A plan kept from a check of one customer expects few: for many it would be the wrong one.
  if (ids.length > 100) await sql`set local plan_cache_mode = force_custom_plan`;
  const looks: Look[] = [];
  for (let start = 0; start === 0 || start < ids.length; start += lookedUpMost) {
    const isFirst = start === 0;
    looks.push(
      lookAt(sql, {
        customers: ids.slice(start, start + lookedUpMost),
        small: isFirst ? (customers ?? null) : [],
        isWhole: isFirst && customers === undefined,
        isIncremental,
      }),
    );
  }
  return looks;
}

/** Whose balance is not where the last check left it; null where that is so many that all are looked at. */
async function movedCustomers(sql: ReservedSql): Promise<CustomerId[] | null> {
  const [count, moved] = await Promise.all([
    sql`select count(*) as balances from balances`,
    sql`
      select distinct b.customer_id from balances b
      left join balance_checks c on c.customer_id = b.customer_id and c.currency = b.currency
      where c.seq is distinct from b.seq or c.posted_minor <> b.posted_minor or c.held_minor <> b.held_minor`,
  ]);
  const isMost = moved.length > lookedUpMost && moved.length > movedMost * Number(count[0]?.balances);
  return isMost ? null : moved.map((row) => row.customer_id as CustomerId);
}

async function check(look: Look, invariant: Invariant): Promise<CheckedInvariant> {
  const { sql } = look;
  const { name, noun, rules } = invariant;
  const found = rules.map((rule) => sql`select ${rule.says}::text as rule, v.* from (${rule.find(look)}) v`);
  const all = found.reduce((queries, query) => sql`${queries} union all ${query}`);
  const given = invariant.given ? sql`with ${invariant.given(look)}` : sql``;
  const [[counted], rows] = await Promise.all([
    invariant.count(look) as unknown as Promise<Record<string, bigint>[]>,
    sql`${given} ${all} limit ${violationsMost + 1}`,
  ]);
  const violations = rows.slice(0, violationsMost).map((row) => ({
    rule: row.rule,
    customerId: row.customer_id,
    subject: row.subject,
    subjectId: row.subject_id,
    detail: row.detail,
  }));
  const checked = Number(Object.values(counted ?? {})[0] ?? 0n);
  return { name, noun, checked, violations, isCut: rows.length > violationsMost };
}

/** The same invariants of several batches as one. */
function together(parts: readonly (readonly CheckedInvariant[])[]): CheckedInvariant[] {
  return invariants.map(({ name, noun }, index) => {
    const batches = parts.flatMap((part) => part[index] ?? []);
    return {
      name,
      noun,
      checked: batches.reduce((total, { checked }) => total + checked, 0),
      violations: batches.flatMap(({ violations }) => violations),
      isCut: batches.some(({ isCut }) => isCut),
    };
  });
}

/** Moves the checkpoints of the customers whose books are right to where their balances stand in this snapshot. */
function remember(tx: Transaction, look: Look, checked: readonly CheckedInvariant[], now: Date): void {
  if (checked.some(({ isCut }) => isCut)) return;
  const { sql, at } = look;
  const wrong = checked.flatMap(({ violations }) => violations.flatMap(({ customerId }) => customerId ?? []));
  tx.write(sql`
    insert into balance_checks as c (customer_id, currency, seq, posted_minor, held_minor, checked_at)
    select b.customer_id, b.currency, b.seq, b.posted_minor, b.held_minor, ${now}
    from balances b
    left join balance_checks k on k.customer_id = b.customer_id and k.currency = b.currency
    where ${at("b")} and (k.seq is distinct from b.seq or k.posted_minor <> b.posted_minor
        or k.held_minor <> b.held_minor)
      and not b.customer_id = any(${[...new Set(wrong)]}::uuid[])
    on conflict (customer_id, currency) do update
      set seq = excluded.seq, posted_minor = excluded.posted_minor, held_minor = excluded.held_minor,
        checked_at = excluded.checked_at`);
}
