import type { Transaction } from "@/db/transaction";
import type { CustomerId } from "@/lib/kernel/id";
import { postBooks } from "@/lib/ledger/post-book";
import { writeChanges } from "../changes";
import type { Decision } from "../decision";

/** The ledger first: what it refuses, nothing else has to be undone for. Both travel with the COMMIT. */
export function write(tx: Transaction, customerId: CustomerId, decision: Decision): void {
  const { books, changes } = decision.result();
  if (books.length > 0) tx.write(postBooks(tx.sql, books));
  tx.write(writeChanges(tx.sql, customerId, changes));
}
