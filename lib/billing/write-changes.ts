import { bulkStatement } from "@/db/bulk-statement";
import type { ReservedSql } from "@/db/client";
import type { CustomerId } from "@/lib/kernel/id";
import { changeParts } from "./change-parts";
import type { Changes } from "./changes";

/**
 * Writes everything a decision changed in one statement, however many invoices it is about. Rows are inserted and
 * updated by one INSERT or UPDATE per table over a JSON list, so that one invoice costs the same trips as a thousand.
 */
export function writeChanges(sql: ReservedSql, customerId: CustomerId, changes: Changes) {
  return bulkStatement(sql, changeParts(changes), customerId);
}
