/**
 * Why a balance moved, in the word that people read: the ledger's own, but that a top-up which came by bank is called a
 * bank transfer. Whoever transferred it knows it by that, and looks for it on the statement.
 */
export function movementReason({ reason, debit }: { reason: string; debit: string }): string {
  return reason === "top_up" && debit === "bank" ? "bank_transfer" : reason;
}
