import type { creditNoteReasons } from "@/db/schema/invoices";
import type { Topic } from "./topics";

type Minor = bigint;

/**
 * What a decision changes beside the ledger, as rows of the schema (their column names). An update names the state
 * it leaves; one that finds another state there fails the whole transaction.
 */
export interface Changes {
  payments: {
    id: string;
    kind: "invoices" | "top_up";
    funding: "card" | "balance" | "combined" | "bank";
    origin: "customer" | "link" | "staff" | "auto";
    state: string;
    currency: string;
    balance_minor: Minor;
    card_minor: Minor;
    bank_minor: Minor;
    excess_minor: Minor;
    content_hash: string;
    request_key: string | null;
    request: unknown;
    payment_method_id?: string | null;
    user_id: string | null;
    source_payment_id?: string | null;
    send_count: number;
    first_sent_at: Date | null;
    expires_at: Date | null;
    next_poll_at: Date | null;
    created_at: Date;
    ended_at: Date | null;
  }[];
  paymentStates: {
    id: string;
    from_state: string;
    state: string;
    failure_code: string | null;
    ended_at: Date | null;
  }[];
  payment_shares: {
    payment_id: string;
    invoice_id: string;
    balance_minor: Minor;
    card_minor: Minor;
    bank_minor: Minor;
  }[];
  charge_consents: {
    id: string;
    payment_id: string;
    text_version: string;
    /** As PostgreSQL writes a list: rows are handed over column by column, and a list in a list would be one. */
    purposes: "{card_on_file}";
    currency: string;
    user_id: string;
    address: string | null;
    agreed_at: Date;
  }[];
  claimsAdded: { invoice_id: string; payment_id: string; is_issued_for_it: boolean }[];
  claimsRemoved: { invoice_id: string; payment_id: string }[];
  charges: {
    id: string;
    payment_id: string;
    stripe_charge_id: string;
    currency: string;
    amount_minor: Minor;
    stripe_balance_transaction_id: string | null;
    fee_minor: Minor | null;
    fee_currency: string | null;
    next_poll_at: Date | null;
    method_type: string | null;
    booked_at: Date;
  }[];
  refunds: {
    id: string;
    charge_id: string;
    origin: "staff" | "dashboard";
    state: string;
    currency: string;
    amount_minor: Minor;
    note: string | null;
    user_id: string | null;
    request_key: string | null;
    request: unknown;
    send_count: number;
    first_sent_at: Date | null;
    next_poll_at: Date | null;
    created_at: Date;
  }[];
  refundStates: {
    id: string;
    from_state: string;
    state: string;
    stripe_refund_id: string | null;
    stripe_balance_transaction_id: string | null;
    settled_minor: Minor | null;
    settled_currency: string | null;
    failure_code: string | null;
    pending_reason: string | null;
    told_at: Date | null;
    booked_at: Date | null;
    ended_at: Date | null;
    next_poll_at: Date | null;
  }[];
  dispute_movements: {
    stripe_balance_transaction_id: string;
    dispute_id: string;
    amount_minor: Minor;
    settled_minor: Minor;
    settled_currency: string;
    fee_minor: Minor;
    booked_at: Date;
  }[];
  disputeStates: {
    id: string;
    from_state: string;
    state: string;
    is_inquiry: boolean;
    withdrawn_at: Date | null;
    reinstated_at: Date | null;
    fee_minor: Minor | null;
    fee_currency: string | null;
    ended_at: Date | null;
  }[];
  bank_receipts: {
    id: string;
    payment_id: string | null;
    currency: string;
    amount_minor: Minor;
    value_date: string;
    reference: string;
    sender: string;
    user_id: string;
    recorded_at: Date;
  }[];
  allocations: {
    id: string;
    payment_id: string;
    invoice_id: string;
    transfer_id: string;
    source: "balance" | "card" | "bank";
    amount_minor: Minor;
    created_at: Date;
  }[];
  invoiceStates: {
    id: string;
    from_state: string;
    state: string;
    amount_paid_minor: Minor;
    amount_credited_minor: Minor;
    paid_at: Date | null;
  }[];
  terms: {
    id: string;
    service_id: string;
    starts_at: Date;
    ends_at: Date;
    follows_at: Date | null;
    invoice_line_id: string;
    created_at: Date;
  }[];
  serviceStates: {
    id: string;
    from_state: string;
    state: string;
    expires_at: Date | null;
    anchor_day: number | null;
    /** When the change happens: kept as the instant of a suspension. */
    changed_at: Date;
  }[];
  renewalStates: { id: string; from_state: string; state: string }[];
  credit_notes: {
    id: string;
    invoice_id: string;
    reason: (typeof creditNoteReasons)[number];
    note: string;
    currency: string;
    net_minor: Minor;
    tax_minor: Minor;
    total_minor: Minor;
    user_id: string | null;
    issued_at: Date;
  }[];
  stripe_objects: { id: string; kind: string; row_id: string }[];
  activities: {
    id: string;
    occurred_at: Date;
    actor: "customer" | "staff" | "system";
    user_id: string | null;
    subject: "invoice" | "payment" | "service" | "balance" | "customer";
    subject_id: string;
    verb: string;
    detail: Record<string, string>;
    is_visible: boolean;
  }[];
  outbox: { id: string; topic: Topic; payload: Record<string, unknown>; created_at: Date }[];
  tasks: {
    id: string;
    kind: string;
    subject: string;
    subject_id: string;
    detail: Record<string, string>;
    created_at: Date;
  }[];
  /** Whoever closed such a task before is right too: this one may find none. */
  tasksDone: { kind: string; subject_id: string; done_at: Date }[];
}

export function noChanges(): Changes {
  return {
    payments: [],
    paymentStates: [],
    payment_shares: [],
    charge_consents: [],
    claimsAdded: [],
    claimsRemoved: [],
    charges: [],
    refunds: [],
    refundStates: [],
    dispute_movements: [],
    disputeStates: [],
    bank_receipts: [],
    allocations: [],
    invoiceStates: [],
    terms: [],
    serviceStates: [],
    renewalStates: [],
    credit_notes: [],
    stripe_objects: [],
    activities: [],
    outbox: [],
    tasks: [],
    tasksDone: [],
  };
}
