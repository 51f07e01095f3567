import type { ReservedSql } from "@/db/client";
import type { CustomerId } from "@/lib/kernel/id";

type Minor = bigint;

/**
 * What a decision changes beside the ledger, as rows of the schema (their column names). An update names the state
 * it leaves; one that finds another state there fails the whole transaction.
 */
export interface Changes {
  payments: {
    id: string;
    kind: "invoices" | "top_up";
    funding: "card" | "balance" | "combined";
    origin: "customer" | "staff" | "auto";
    state: string;
    currency: string;
    balance_minor: Minor;
    card_minor: Minor;
    excess_minor: Minor;
    content_hash: string;
    request_key: string | null;
    request: unknown;
    user_id: string | null;
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
  payment_shares: { payment_id: string; invoice_id: string; balance_minor: Minor; card_minor: Minor }[];
  claimsAdded: { invoice_id: string; payment_id: string }[];
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
    booked_at: Date;
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
  }[];
  renewalStates: { id: string; from_state: string; state: string }[];
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
  outbox: { id: string; topic: string; payload: Record<string, unknown>; created_at: Date }[];
  tasks: {
    id: string;
    kind: string;
    subject: string;
    subject_id: string;
    detail: Record<string, string>;
    created_at: Date;
  }[];
}

export function noChanges(): Changes {
  return {
    payments: [],
    paymentStates: [],
    payment_shares: [],
    claimsAdded: [],
    claimsRemoved: [],
    charges: [],
    allocations: [],
    invoiceStates: [],
    terms: [],
    serviceStates: [],
    renewalStates: [],
    stripe_objects: [],
    activities: [],
    outbox: [],
    tasks: [],
  };
}

/**
 * Writes everything a decision changed in one statement, however many invoices it is about. Rows are inserted and
 * updated by one INSERT or UPDATE per table over a JSON list, so that one invoice costs the same trips as a thousand.
 */
export function writeChanges(sql: ReservedSql, customerId: CustomerId, changes: Changes) {
  const updated =
    changes.paymentStates.length +
    changes.invoiceStates.length +
    changes.serviceStates.length +
    changes.renewalStates.length +
    changes.claimsRemoved.length;
  return sql`
    with payment_rows as (
      insert into payments (customer_id, id, kind, funding, origin, state, currency, balance_minor, card_minor,
        excess_minor, content_hash, request_key, request, user_id, send_count,
        first_sent_at, expires_at, next_poll_at, created_at, ended_at)
      select ${customerId}::uuid, id, kind, funding, origin, state, currency, balance_minor, card_minor,
        excess_minor, content_hash, request_key, request, user_id, send_count,
        first_sent_at, expires_at, next_poll_at, created_at, ended_at
      from json_to_recordset(${list(changes.payments)}::text::json) as t(id uuid, kind text, funding text, origin text,
        state text, currency text, balance_minor bigint, card_minor bigint, excess_minor bigint, content_hash text,
        request_key text, request jsonb, user_id uuid, send_count integer, first_sent_at timestamptz, expires_at timestamptz,
        next_poll_at timestamptz, created_at timestamptz, ended_at timestamptz)
    ), payment_states as (
      update payments p set state = t.state, failure_code = t.failure_code, ended_at = t.ended_at,
        next_poll_at = case when t.ended_at is null then p.next_poll_at end
      from json_to_recordset(${list(changes.paymentStates)}::text::json) as t(id uuid, from_state text, state text,
        failure_code text, ended_at timestamptz)
      where p.customer_id = ${customerId}::uuid and p.id = t.id and p.state = t.from_state
      returning 1
    ), shares as (
      insert into payment_shares (customer_id, payment_id, invoice_id, balance_minor, card_minor)
      select ${customerId}::uuid, payment_id, invoice_id, balance_minor, card_minor
      from json_to_recordset(${list(changes.payment_shares)}::text::json) as t(payment_id uuid, invoice_id uuid,
        balance_minor bigint, card_minor bigint)
    ), claims_added as (
      insert into invoice_claims (customer_id, invoice_id, payment_id)
      select ${customerId}::uuid, invoice_id, payment_id
      from json_to_recordset(${list(changes.claimsAdded)}::text::json) as t(invoice_id uuid, payment_id uuid)
    ), claims_removed as (
      delete from invoice_claims c
      using json_to_recordset(${list(changes.claimsRemoved)}::text::json) as t(invoice_id uuid, payment_id uuid)
      where c.customer_id = ${customerId}::uuid and c.invoice_id = t.invoice_id and c.payment_id = t.payment_id
      returning 1
    ), charge_rows as (
      insert into charges (customer_id, id, payment_id, stripe_charge_id, currency, amount_minor,
        stripe_balance_transaction_id, fee_minor, fee_currency, next_poll_at, booked_at)
      select ${customerId}::uuid, id, payment_id, stripe_charge_id, currency, amount_minor,
        stripe_balance_transaction_id, fee_minor, fee_currency, next_poll_at, booked_at
      from json_to_recordset(${list(changes.charges)}::text::json) as t(id uuid, payment_id uuid, stripe_charge_id text,
        currency text, amount_minor bigint, stripe_balance_transaction_id text, fee_minor bigint, fee_currency text,
        next_poll_at timestamptz, booked_at timestamptz)
    ), allocation_rows as (
      insert into allocations (customer_id, id, payment_id, invoice_id, transfer_id, source, amount_minor, created_at)
      select ${customerId}::uuid, id, payment_id, invoice_id, transfer_id, source, amount_minor, created_at
      from json_to_recordset(${list(changes.allocations)}::text::json) as t(id uuid, payment_id uuid, invoice_id uuid,
        transfer_id uuid, source text, amount_minor bigint, created_at timestamptz)
    ), invoice_states as (
      update invoices i set state = t.state, amount_paid_minor = t.amount_paid_minor,
        amount_credited_minor = t.amount_credited_minor, paid_at = t.paid_at
      from json_to_recordset(${list(changes.invoiceStates)}::text::json) as t(id uuid, from_state text, state text,
        amount_paid_minor bigint, amount_credited_minor bigint, paid_at timestamptz)
      where i.customer_id = ${customerId}::uuid and i.id = t.id and i.state = t.from_state
      returning 1
    ), term_rows as (
      insert into terms (customer_id, id, service_id, starts_at, ends_at, follows_at, invoice_line_id, created_at)
      select ${customerId}::uuid, id, service_id, starts_at, ends_at, follows_at, invoice_line_id, created_at
      from json_to_recordset(${list(changes.terms)}::text::json) as t(id uuid, service_id uuid, starts_at timestamptz,
        ends_at timestamptz, follows_at timestamptz, invoice_line_id uuid, created_at timestamptz)
    ), service_states as (
      update services s set state = t.state, expires_at = t.expires_at, anchor_day = t.anchor_day
      from json_to_recordset(${list(changes.serviceStates)}::text::json) as t(id uuid, from_state text, state text,
        expires_at timestamptz, anchor_day integer)
      where s.customer_id = ${customerId}::uuid and s.id = t.id and s.state = t.from_state
      returning 1
    ), renewal_states as (
      update renewals r set state = t.state
      from json_to_recordset(${list(changes.renewalStates)}::text::json) as t(id uuid, from_state text, state text)
      where r.customer_id = ${customerId}::uuid and r.id = t.id and r.state = t.from_state
      returning 1
    ), registered as (
      insert into stripe_objects (id, kind, customer_id, row_id)
      select id, kind, ${customerId}::uuid, row_id
      from json_to_recordset(${list(changes.stripe_objects)}::text::json) as t(id text, kind text, row_id uuid)
    ), activity_rows as (
      insert into activities (customer_id, id, occurred_at, actor, user_id, subject, subject_id, verb, detail, is_visible)
      select ${customerId}::uuid, id, occurred_at, actor, user_id, subject, subject_id, verb, detail, is_visible
      from json_to_recordset(${list(changes.activities)}::text::json) as t(id uuid, occurred_at timestamptz, actor text,
        user_id uuid, subject text, subject_id uuid, verb text, detail jsonb, is_visible boolean)
    ), outbox_rows as (
      insert into outbox (customer_id, id, topic, payload, created_at)
      select ${customerId}::uuid, id, topic, payload, created_at
      from json_to_recordset(${list(changes.outbox)}::text::json) as t(id uuid, topic text, payload jsonb,
        created_at timestamptz)
    ), task_rows as (
      insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
      select ${customerId}::uuid, id, kind, subject, subject_id, detail, created_at
      from json_to_recordset(${list(changes.tasks)}::text::json) as t(id uuid, kind text, subject text,
        subject_id text, detail jsonb, created_at timestamptz)
    )
    select assert_rows('states',
      (select count(*) from payment_states) + (select count(*) from invoice_states) + (select count(*) from service_states)
      + (select count(*) from renewal_states) + (select count(*) from claims_removed), ${updated}::int::bigint)`;
}

/** JSON has no bigint: amounts travel as text, which PostgreSQL reads into its own. */
function list(rows: readonly object[]): string {
  return rows.length === 0
    ? "[]"
    : JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? value.toString() : value));
}
