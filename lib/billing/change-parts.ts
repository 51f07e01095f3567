import type { BulkPart, BulkWrite } from "@/db/bulk-statement";
import type { CustomerId } from "@/lib/kernel/id";
import type { Changes } from "./changes";

type List = keyof Changes;

/** How each list is written, one INSERT, UPDATE or DELETE for all of its rows. */
export function changeParts(changes: Changes): BulkPart[] {
  return writes.map(({ list, write }) => ({ write, rows: changes[list] }));
}

/**
 * The same for the changes of many customers at once, in the statements of one: each row then names its customer.
 * Customers without a change cost nothing.
 */
export function changePartsOfMany(
  decided: readonly { customerId: CustomerId; changes: Changes }[],
): BulkPart[] {
  return writesOfMany.map(({ list, write }) => ({
    write,
    rows: decided.flatMap(({ customerId, changes }) =>
      changes[list].map((row) => ({ customer_id: customerId, ...row })),
    ),
  }));
}

interface ListWrite {
  readonly list: List;
  readonly write: BulkWrite;
}

const writes: readonly ListWrite[] = [
  insert(
    "payments",
    "payments",
    `id uuid, kind text, funding text, origin text, state text, currency text, balance_minor bigint, card_minor bigint,
     bank_minor bigint, excess_minor bigint, content_hash text, request_key text, request jsonb, payment_method_id uuid, user_id uuid, source_payment_id uuid, send_count integer,
     first_sent_at timestamptz, expires_at timestamptz, next_poll_at timestamptz, created_at timestamptz,
     ended_at timestamptz`,
  ),
  change(
    "paymentStates",
    `id uuid, from_state text, state text, failure_code text, ended_at timestamptz`,
    `update payments p set state = t.state, failure_code = t.failure_code, ended_at = t.ended_at,
       next_poll_at = case when t.ended_at is null then p.next_poll_at end
     from $rows
     where p.customer_id = $customer and p.id = t.id and p.state = t.from_state`,
  ),
  insert(
    "payment_shares",
    "payment_shares",
    "payment_id uuid, invoice_id uuid, balance_minor bigint, card_minor bigint, bank_minor bigint",
  ),
  insert(
    "charge_consents",
    "charge_consents",
    `id uuid, payment_id uuid, text_version text, purposes text[], currency text, user_id uuid, address text,
     agreed_at timestamptz`,
  ),
  insert("claimsAdded", "invoice_claims", "invoice_id uuid, payment_id uuid, is_issued_for_it boolean"),
  change(
    "claimsRemoved",
    `invoice_id uuid, payment_id uuid`,
    `delete from invoice_claims c using $rows
     where c.customer_id = $customer and c.invoice_id = t.invoice_id and c.payment_id = t.payment_id`,
  ),
  insert(
    "charges",
    "charges",
    `id uuid, payment_id uuid, stripe_charge_id text, currency text, amount_minor bigint,
     stripe_balance_transaction_id text, fee_minor bigint, fee_currency text, next_poll_at timestamptz,
     method_type text, booked_at timestamptz`,
  ),
  insert(
    "refunds",
    "refunds",
    `id uuid, charge_id uuid, origin text, state text, currency text, amount_minor bigint, note text, user_id uuid,
     request_key text, request jsonb, send_count integer, first_sent_at timestamptz, next_poll_at timestamptz,
     created_at timestamptz`,
  ),
  change(
    "refundStates",
    `id uuid, from_state text, state text, stripe_refund_id text, stripe_balance_transaction_id text,
     settled_minor bigint, settled_currency text, failure_code text, pending_reason text, told_at timestamptz, booked_at timestamptz, ended_at timestamptz,
     next_poll_at timestamptz`,
    `update refunds r set state = t.state, stripe_refund_id = t.stripe_refund_id,
       stripe_balance_transaction_id = t.stripe_balance_transaction_id,
       settled_minor = coalesce(t.settled_minor, r.settled_minor),
       settled_currency = coalesce(t.settled_currency, r.settled_currency),
       failure_code = t.failure_code, pending_reason = t.pending_reason, told_at = t.told_at, booked_at = t.booked_at,
       ended_at = case when r.state = t.state then r.ended_at else t.ended_at end,
       next_poll_at = case when r.state = t.state then r.next_poll_at else t.next_poll_at end
     from $rows
     where r.customer_id = $customer and r.id = t.id and r.state = t.from_state`,
  ),
  change(
    "disputeStates",
    `id uuid, from_state text, state text, is_inquiry boolean, withdrawn_at timestamptz, reinstated_at timestamptz,
     fee_minor bigint, fee_currency text, ended_at timestamptz`,
    `update disputes d set state = t.state, is_inquiry = t.is_inquiry, withdrawn_at = t.withdrawn_at,
       reinstated_at = t.reinstated_at, fee_minor = t.fee_minor, fee_currency = t.fee_currency, ended_at = t.ended_at,
       next_poll_at = case when t.ended_at is null then d.next_poll_at end
     from $rows
     where d.customer_id = $customer and d.id = t.id and d.state = t.from_state`,
  ),
  insert(
    "dispute_movements",
    "dispute_movements",
    `stripe_balance_transaction_id text, dispute_id uuid, amount_minor bigint, settled_minor bigint,
     settled_currency text, fee_minor bigint, booked_at timestamptz`,
  ),
  insert(
    "bank_receipts",
    "bank_receipts",
    `id uuid, payment_id uuid, currency text, amount_minor bigint, value_date date, reference text, sender text,
     user_id uuid, recorded_at timestamptz`,
  ),
  insert(
    "allocations",
    "allocations",
    `id uuid, payment_id uuid, invoice_id uuid, transfer_id uuid, source text, amount_minor bigint,
     created_at timestamptz`,
  ),
  change(
    "invoiceStates",
    `id uuid, from_state text, state text, amount_paid_minor bigint,
       amount_credited_minor bigint, paid_at timestamptz`,
    `update invoices i set state = t.state, amount_paid_minor = t.amount_paid_minor,
       amount_credited_minor = t.amount_credited_minor, paid_at = t.paid_at
     from $rows
     where i.customer_id = $customer and i.id = t.id and i.state = t.from_state`,
  ),
  insert(
    "terms",
    "terms",
    `id uuid, service_id uuid, starts_at timestamptz, ends_at timestamptz, follows_at timestamptz,
     invoice_line_id uuid, created_at timestamptz`,
  ),
  change(
    "serviceStates",
    `id uuid, from_state text, state text, expires_at timestamptz, anchor_day integer, changed_at timestamptz`,
    `update services s set state = t.state, expires_at = t.expires_at, anchor_day = t.anchor_day,
       suspended_at = case when t.state = 'suspended' then coalesce(s.suspended_at, t.changed_at) end
     from $rows
     where s.customer_id = $customer and s.id = t.id and s.state = t.from_state`,
  ),
  change(
    "renewalStates",
    `id uuid, from_state text, state text`,
    `update renewals r set state = t.state,
       was_declined = t.state = 'declined' or (r.was_declined and t.state <> 'paid'),
       due_on = case t.state when 'declined' then coalesce(r.due_on, (
         select i.due_on from invoices i where i.customer_id = r.customer_id and i.id = r.invoice_id))
         else r.due_on end
     from $rows
     where r.customer_id = $customer and r.id = t.id and r.state = t.from_state`,
  ),
  insert(
    "credit_notes",
    "credit_notes",
    `id uuid, invoice_id uuid, reason text, note text, currency text, net_minor bigint, tax_minor bigint,
     total_minor bigint, user_id uuid, issued_at timestamptz`,
  ),
  insert("stripe_objects", "stripe_objects", "id text, kind text, row_id uuid"),
  insert(
    "activities",
    "activities",
    `id uuid, occurred_at timestamptz, actor text, user_id uuid, subject text, subject_id uuid, verb text, detail jsonb,
     is_visible boolean`,
  ),
  insert("outbox", "outbox", "id uuid, topic text, payload jsonb, created_at timestamptz"),
  insert(
    "tasks",
    "tasks",
    "id uuid, kind text, subject text, subject_id text, detail jsonb, created_at timestamptz",
  ),
  {
    list: "tasksDone",
    write: {
      name: "tasks_done",
      columns: "kind text, subject_id text, done_at timestamptz",
      text: `update tasks k set done_at = t.done_at from $rows
        where k.customer_id = $customer and k.kind = t.kind and k.subject_id = t.subject_id and k.done_at is null`,
      isCounted: false,
    },
  },
];

function insert(list: List, table: string, columns: string): ListWrite {
  const names = columns.split(",").map((column) => column.trim().split(" ")[0]);
  const text = `insert into ${table} (customer_id, ${names.join(", ")})
    select $customer, ${names.join(", ")} from $rows`;
  return { list, write: { name: `${table}_added`, columns, text, isCounted: false } };
}

function change(list: List, columns: string, text: string): ListWrite {
  return { list, write: { name: list.toLowerCase(), columns, text: `${text} returning 1`, isCounted: true } };
}

const writesOfMany: readonly ListWrite[] = writes.map(({ list, write }) => ({
  list,
  write: {
    ...write,
    name: `${write.name}_of_many`,
    columns: `customer_id uuid, ${write.columns}`,
    text: write.text.replaceAll("$customer", "t.customer_id"),
  },
}));
