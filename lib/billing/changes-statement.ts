import type { Changes } from "./changes";

type List = keyof Changes;

/** How one list is written: `$rows` stands for its JSON, `$customer` for the customer's id. */
interface Write {
  readonly list: List;
  /** An update or delete that must find every row it names: it ends in RETURNING 1. */
  readonly isCounted: boolean;
  readonly text: string;
}

/** In the order in which a person would write them; PostgreSQL checks foreign keys at the end of the statement. */
const writes: readonly Write[] = [
  insert(
    "payments",
    "payments",
    `id uuid, kind text, funding text, origin text, state text, currency text, balance_minor bigint, card_minor bigint,
     excess_minor bigint, content_hash text, request_key text, request jsonb, user_id uuid, send_count integer,
     first_sent_at timestamptz, expires_at timestamptz, next_poll_at timestamptz, created_at timestamptz,
     ended_at timestamptz`,
  ),
  change(
    "paymentStates",
    `update payments p set state = t.state, failure_code = t.failure_code, ended_at = t.ended_at,
       next_poll_at = case when t.ended_at is null then p.next_poll_at end
     from json_to_recordset($rows) as t(id uuid, from_state text, state text, failure_code text, ended_at timestamptz)
     where p.customer_id = $customer and p.id = t.id and p.state = t.from_state`,
  ),
  insert(
    "payment_shares",
    "payment_shares",
    "payment_id uuid, invoice_id uuid, balance_minor bigint, card_minor bigint",
  ),
  insert("claimsAdded", "invoice_claims", "invoice_id uuid, payment_id uuid"),
  change(
    "claimsRemoved",
    `delete from invoice_claims c using json_to_recordset($rows) as t(invoice_id uuid, payment_id uuid)
     where c.customer_id = $customer and c.invoice_id = t.invoice_id and c.payment_id = t.payment_id`,
  ),
  insert(
    "charges",
    "charges",
    `id uuid, payment_id uuid, stripe_charge_id text, currency text, amount_minor bigint,
     stripe_balance_transaction_id text, fee_minor bigint, fee_currency text, next_poll_at timestamptz,
     booked_at timestamptz`,
  ),
  insert(
    "allocations",
    "allocations",
    `id uuid, payment_id uuid, invoice_id uuid, transfer_id uuid, source text, amount_minor bigint,
     created_at timestamptz`,
  ),
  change(
    "invoiceStates",
    `update invoices i set state = t.state, amount_paid_minor = t.amount_paid_minor,
       amount_credited_minor = t.amount_credited_minor, paid_at = t.paid_at
     from json_to_recordset($rows) as t(id uuid, from_state text, state text, amount_paid_minor bigint,
       amount_credited_minor bigint, paid_at timestamptz)
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
    `update services s set state = t.state, expires_at = t.expires_at, anchor_day = t.anchor_day
     from json_to_recordset($rows) as t(id uuid, from_state text, state text, expires_at timestamptz, anchor_day integer)
     where s.customer_id = $customer and s.id = t.id and s.state = t.from_state`,
  ),
  change(
    "renewalStates",
    `update renewals r set state = t.state
     from json_to_recordset($rows) as t(id uuid, from_state text, state text)
     where r.customer_id = $customer and r.id = t.id and r.state = t.from_state`,
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
];

function insert(list: List, table: string, columns: string): Write {
  const names = columns.split(",").map((column) => column.trim().split(" ")[0]);
  return {
    list,
    isCounted: false,
    text: `insert into ${table} (customer_id, ${names.join(", ")})
     select $customer, ${names.join(", ")} from json_to_recordset($rows) as t(${columns})`,
  };
}

function change(list: List, text: string): Write {
  return { list, isCounted: true, text: `${text} returning 1` };
}

export interface ChangesStatement {
  readonly text: string;
  /** The lists whose JSON the statement takes, from $3 on; $1 is the customer, $2 how many rows must change. */
  readonly lists: readonly List[];
  readonly counted: readonly List[];
}

const statements = new Map<number, ChangesStatement>();

/**
 * The statement that writes the lists that are not empty, and only those: a table that nothing is written to costs
 * nothing, neither its locks nor its part of the plan. Decisions come in few shapes, so each is prepared once.
 */
export function statementFor(changes: Changes): ChangesStatement {
  let shape = 0;
  for (let index = 0; index < writes.length; index += 1) {
    if (changes[(writes[index] as Write).list].length > 0) shape |= 1 << index;
  }
  const known = statements.get(shape);
  if (known) return known;
  const statement = built(writes.filter((_, index) => shape & (1 << index)));
  statements.set(shape, statement);
  return statement;
}

function built(chosen: readonly Write[]): ChangesStatement {
  const parts = chosen.map(({ text }, index) => {
    const body = text.replaceAll("$rows", `$${index + 3}::text::json`).replaceAll("$customer", "$1::uuid");
    return `part_${index} as (${body})`;
  });
  const counts = chosen.flatMap(({ isCounted }, index) =>
    isCounted ? [`(select count(*) from part_${index})`] : [],
  );
  const check = `select assert_rows('states', ${counts.join(" + ") || "0"}, $2::bigint)`;
  const text = parts.length > 0 ? `with ${parts.join(",\n")}\n${check}` : "select $1::uuid, $2::bigint";
  return {
    text,
    lists: chosen.map(({ list }) => list),
    counted: chosen.filter(({ isCounted }) => isCounted).map(({ list }) => list),
  };
}
