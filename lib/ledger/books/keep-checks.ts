import type { Database } from "@/db/client";
import type { CheckedBooks } from "../books";

/** So many violations of an invariant are kept to be looked at; how many there were is kept whole. */
const violationsKept = 100;

/**
 * Keeps what a check of all books found, for the staff's page: of each invariant the last check. Beside the check's own
 * transaction, which sees a snapshot and could not give way to a check that ended meanwhile. As mallard_jobs.
 */
export async function keepChecks(
  database: Database,
  books: CheckedBooks,
  { isFull, now }: { isFull: boolean; now: Date },
): Promise<void> {
  const { sql } = database;
  const rows = books.invariants.map(({ name, noun, checked, violations }) => ({
    name,
    noun,
    checked,
    count: violations.length,
    violations: violations.slice(0, violationsKept),
  }));
  await sql`
    insert into book_checks as b
      (name, checked_at, is_full, checked_count, noun, violation_count, violations)
    select c.name, ${now}, ${isFull}, c.checked, c.noun, c.count, c.violations
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as c(name text, noun text, checked int, count int, violations jsonb)
    order by c.name
    on conflict (name) do update set checked_at = excluded.checked_at, is_full = excluded.is_full,
      checked_count = excluded.checked_count, noun = excluded.noun, violation_count = excluded.violation_count,
      violations = excluded.violations
    where b.checked_at <= excluded.checked_at`;
}
