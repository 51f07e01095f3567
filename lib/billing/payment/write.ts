import { bulkStatement } from "@/db/bulk-statement";
import type { Transaction } from "@/db/transaction";
import type { CustomerId } from "@/lib/kernel/id";
import { bookParts } from "@/lib/ledger/post-book";
import { changeParts } from "../change-parts";
import type { Decision } from "../decision";

/** The ledger and all else in one statement, which travels with the COMMIT. */
export function write(tx: Transaction, customerId: CustomerId, decision: Decision): void {
  const { books, changes } = decision.result();
  tx.write(bulkStatement(tx.sql, [...bookParts(books), ...changeParts(changes)], customerId));
}
