import { mayStaff } from "@/lib/auth/staff-rights";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { checkBooks as check, invariants } from "@/lib/ledger/books";
import { keepChecks } from "@/lib/ledger/books/keep-checks";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** A row that breaks a rule; amounts in `detail` are minor units as text. */
export interface ShownViolation {
  rule: string;
  subject: string;
  subjectId: string;
  customer: { name: string; reference: string } | null;
  detail: Record<string, string>;
}

/** An invariant of the books with its last check; null where it was never checked. */
export interface ShownInvariant {
  name: string;
  last: {
    at: Date;
    /** From the first transfer on; else since the check before it. */
    isFull: boolean;
    checked: number;
    /** What was counted. */
    noun: string;
    violationCount: number;
    /** The first hundred. */
    violations: ShownViolation[];
  } | null;
}

/** Every invariant in domain.md's order. Every role of staff may look. */
export async function showBooks(
  _actor: StaffActor,
  world: StaffWorld = staffWorld(),
): Promise<ShownInvariant[]> {
  const { sql } = world.staff;
  const rows = await sql`select * from book_checks`;
  const kept = rows.flatMap((row) => row.violations as { customerId: string | null }[]);
  const ids = [...new Set(kept.flatMap(({ customerId }) => customerId ?? []))];
  const customers =
    ids.length > 0
      ? await sql`select id, name, reference from customers where id = any(${ids}) and not is_house`
      : [];
  const customerOf = (id: string | null) => {
    const found = customers.find((row) => row.id === id);
    return found ? { name: found.name as string, reference: found.reference as string } : null;
  };
  return invariants.map(({ name }) => {
    const row = rows.find((one) => one.name === name);
    if (!row) return { name, last: null };
    return {
      name,
      last: {
        at: row.checked_at,
        isFull: row.is_full,
        checked: row.checked_count,
        noun: row.noun,
        violationCount: row.violation_count,
        violations: (row.violations as KeptViolation[]).map(
          ({ rule, subject, subjectId, customerId, detail }) => ({
            rule,
            subject,
            subjectId,
            customer: customerOf(customerId),
            detail: Object.fromEntries(
              Object.entries(detail).map(([key, value]) => [
                key,
                typeof value === "string" ? value : JSON.stringify(value),
              ]),
            ),
          }),
        ),
      },
    };
  });
}

interface KeptViolation {
  rule: string;
  customerId: string | null;
  subject: string;
  subjectId: string;
  detail: Record<string, unknown>;
}

/** Checks the books now: since the last check, or from the first transfer on. It changes none of them. From support on. */
export async function checkBooks(
  actor: StaffActor,
  { isFull }: { isFull: boolean },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ violations: number }, { code: "not_allowed" }>> {
  if (!mayStaff(actor.role, "books.check")) return refuse({ code: "not_allowed" });
  const now = world.clock.now();
  const books = await check(world.jobs, { full: isFull, now });
  await keepChecks(world.jobs, books, { isFull, now });
  return ok({ violations: books.invariants.reduce((count, { violations }) => count + violations.length, 0) });
}
