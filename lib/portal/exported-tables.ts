/** How the rows of one table are exported. */
export interface ExportedTable {
  /** In which order: the columns of its key after the customer's. */
  readonly order: readonly string[];
  /** Columns that are left out: secrets, what only our own machinery reads, what staff wrote for each other, and files that have a download of their own. */
  readonly without?: readonly string[];
  /** Which of the customer's rows, where not all are theirs to see. */
  readonly only?: string;
}

/**
 * Every table with rows of a customer, as the export of their data has it. A test holds this to the catalogue: a new
 * table, or a new column that sounds like a secret, has to be said here.
 */
export const exportedTables: Readonly<Record<string, ExportedTable>> = {
  customers: {
    order: ["id"],
    without: ["stripe_customers_lost", "stripe_name", "stripe_email", "stripe_update_at"],
  },
  memberships: { order: ["user_id"] },
  invitations: { order: ["id"], without: ["token_hash"] },
  services: { order: ["id"] },
  terms: { order: ["id"] },
  renewals: { order: ["id"] },
  plan_changes: { order: ["id"] },
  invoices: { order: ["id"] },
  invoice_lines: { order: ["id"] },
  credit_notes: { order: ["id"] },
  payments: { order: ["id"], without: ["request", "request_key", "content_hash", "checkout_url", "decline"] },
  payment_methods: { order: ["id"] },
  auto_charges: { order: ["payment_method_id"], without: ["charges_default"] },
  auto_top_ups: { order: ["currency"] },
  charge_consents: { order: ["id"] },
  payment_shares: { order: ["payment_id", "invoice_id"] },
  invoice_claims: { order: ["invoice_id"] },
  papers: { order: ["kind", "subject_id"], without: ["content"] },
  receipt_numbers: { order: ["payment_id"] },
  pay_links: { order: ["invoice_id"] },
  mailed_pay_links: { order: ["id"] },
  mailed_pay_link_invoices: { order: ["link_id", "invoice_id"] },
  allocations: { order: ["id"] },
  charges: { order: ["id"] },
  bank_receipts: { order: ["id"] },
  refunds: { order: ["id"], without: ["request", "request_key", "note"] },
  disputes: { order: ["id"] },
  dispute_movements: { order: ["dispute_id", "stripe_balance_transaction_id"] },
  balances: { order: ["currency"] },
  transfers: { order: ["id"] },
  activities: { order: ["id"], only: "is_visible" },
  notices: { order: ["id"] },
  notice_failures: { order: ["notice_id", "sending", "address"] },
  reminders: { order: ["id"] },
};

/** Tables with rows of a customer that are no part of the export, and why. */
export const tablesLeftOut: Readonly<Record<string, string>> = {
  balance_checks: "where the host's own check of its books stands; nothing of it is about the customer",
  payment_rulings:
    "what staff say to each other of a payment that does not fit; what comes of it is in the payment",
  invoice_drafts: "the host's until they are issued, and then invoices",
  invoice_numbers: "a registry that repeats the numbers of invoices",
  credit_note_numbers: "a registry that repeats the numbers of credit notes",
  stripe_objects: "a registry that repeats the ids of payments, charges and refunds",
  outbox: "what a mail is made of before it is a notice",
  webhook_deliveries: "what the host's own systems are told of what happened; it repeats it",
  tasks: "what waits for somebody at the host; what becomes of it is in the activities",
};
