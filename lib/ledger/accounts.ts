import type { ledgerAccounts } from "@/db/schema/balances";

/** An account of the ledger, one per customer and currency. Never a bare "account": that word is next-auth's. */
export type LedgerAccount = (typeof ledgerAccounts)[number];

/** Why money moved; the customer's statement has a sentence for each. */
export type TransferReason =
  | "invoice_issued"
  | "invoice_tax"
  | "invoice_paid"
  | "invoice_returned"
  | "invoice_voided"
  | "invoice_credited"
  | "credit_to_balance"
  | "top_up"
  | "excess"
  | "invoice_closed"
  | "late_success"
  | "fee"
  | "conversion"
  | "goodwill"
  | "goodwill_taken_back"
  | "balance_paid_out"
  | "top_up_refunded"
  | "refund_released"
  | "refund_failed"
  | "refund_unmatched"
  | "refund_attached"
  | "dispute_withdrawn"
  | "dispute_reinstated"
  | "dispute_lost"
  | "dispute_released"
  | "dispute_loss_recovered"
  | "debt_paid"
  | "bank_unmatched"
  | "bank_assigned"
  | "bank_returned"
  | "opening"
  | "payment_released";
