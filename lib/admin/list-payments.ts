import type { Fragment } from "postgres";
import type { Sql } from "@/db/client";
import { likeOf } from "@/db/like";
import { isUuid, type PaymentId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import type { Page } from "@/lib/kernel/page";
import { cursorIn, keyset, pageOf } from "./keyset";
import { daysCondition } from "./list-invoices";
import { numberSearch } from "./number-search";
import type { PaymentState, StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export const paymentGroups = ["open", "succeeded", "ended"] as const;
export type PaymentGroup = (typeof paymentGroups)[number];

export const paymentFundings = ["card", "balance", "combined", "bank"] as const;
export type PaymentFunding = (typeof paymentFundings)[number];

export interface PaymentsFilter {
  /** Under way, succeeded, or ended without money; null is all. */
  group: PaymentGroup | null;
  funding: PaymentFunding | null;
  /** Part of the customer's name or reference, an invoice's number, or an id of Stripe's. */
  text: string | null;
  from: string | null;
  to: string | null;
  cursor: string | null;
}

export interface ListedPayment {
  id: PaymentId;
  customerName: string;
  customerReference: string;
  kind: "invoices" | "top_up";
  funding: PaymentFunding;
  origin: "customer" | "link" | "staff" | "auto";
  state: PaymentState;
  amount: Money;
  createdAt: Date;
}

const rowsPerPage = 50;

/** Payments of all customers, the last begun first. Every role of staff may look. */
export async function listPayments(
  _actor: StaffActor,
  filter: PaymentsFilter,
  world: StaffWorld = staffWorld(),
): Promise<Page<ListedPayment>> {
  const { sql } = world.staff;
  const cursor = cursorIn(filter.cursor, isUuid);
  const { beyond, order } = keyset(sql, { at: sql`p.created_at`, id: sql`p.id` }, cursor);
  const conditions = [
    filter.group && groupCondition(sql, filter.group),
    filter.funding && sql`p.funding = ${filter.funding}`,
    daysCondition(sql, sql`p.created_at`, filter, world.timeZone),
    textCondition(sql, filter.text),
    beyond,
  ];
  const where = conditions.reduce<Fragment>(
    (all, one) => (one ? sql`${all} and ${one}` : all),
    sql`not h.is_house`,
  );
  const found = await sql`
    select p.id, p.kind, p.funding, p.origin, p.state, p.currency, p.created_at, h.name, h.reference,
      p.balance_minor + p.card_minor + p.bank_minor as amount_minor, p.created_at::text as at
    from payments p join customers h on h.id = p.customer_id
    where ${where} order by ${order} limit ${rowsPerPage + 1}`;
  return pageOf(found, cursor, rowsPerPage, (row) => ({
    id: row.id as PaymentId,
    customerName: row.name,
    customerReference: row.reference,
    kind: row.kind,
    funding: row.funding,
    origin: row.origin,
    state: row.state,
    amount: money(row.amount_minor, row.currency),
    createdAt: row.created_at,
  }));
}

function groupCondition(sql: Sql, group: PaymentGroup): Fragment {
  switch (group) {
    case "open":
      return sql`p.state in ('created', 'sent', 'requires_action', 'processing', 'unknown')`;
    case "succeeded":
      return sql`p.state = 'succeeded'`;
    case "ended":
      return sql`p.state in ('failed', 'canceled', 'expired')`;
  }
}

function textCondition(sql: Sql, text: string | null): Fragment | null {
  const like = likeOf(text);
  if (!like || !text) return null;
  const exact = text.replaceAll("\0", "").trim();
  const number = numberSearch(exact)?.printed ?? exact.toUpperCase();
  return sql`(normalize(h.name) ilike ${like} or normalize(h.reference) ilike ${like}
    or p.stripe_payment_intent_id = ${exact} or p.stripe_session_id = ${exact}
    or (p.customer_id, p.id) in (${chargedBy(sql, exact)})
    or exists (select from payment_shares s join invoices i on i.customer_id = s.customer_id and i.id = s.invoice_id
      where s.customer_id = p.customer_id and s.payment_id = p.id and i.number = ${number}))`;
}

/** The payment whose charge has this id of Stripe's, or has a refund or a dispute of it. */
function chargedBy(sql: Sql, id: string): Fragment {
  return sql`
    select c.customer_id, c.payment_id from stripe_objects o
    left join refunds r on o.kind = 'refund' and r.customer_id = o.customer_id and r.id = o.row_id
    left join disputes d on o.kind = 'dispute' and d.customer_id = o.customer_id and d.id = o.row_id
    join charges c on c.customer_id = o.customer_id
      and c.id = coalesce(r.charge_id, d.charge_id, case when o.kind = 'charge' then o.row_id end)
    where o.id = ${id}`;
}
