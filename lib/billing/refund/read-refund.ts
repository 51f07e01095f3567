import type { ReservedSql, Sql } from "@/db/client";
import type { RefundRequest } from "@/lib/gateway/port";
import type { ChargeId, CustomerId, PaymentId, RefundId, TransferId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { OpenHold, RefundHold } from "@/lib/ledger/book";
import type { RefundState } from "./states";

export interface RefundRef {
  customerId: CustomerId;
  refundId: RefundId;
}

export interface RefundRecord {
  id: RefundId;
  customerId: CustomerId;
  chargeId: ChargeId;
  paymentId: PaymentId;
  stripeChargeId: string;
  /** Made by staff here, or at Stripe's own dashboard. */
  origin: "staff" | "dashboard";
  state: RefundState;
  currency: Currency;
  amountMinor: bigint;
  request: RefundRequest | null;
  requestKey: string | null;
  stripeRefundId: string | null;
  balanceTransactionId: string | null;
  failureCode: string | null;
  pendingReason: string | null;
  /** The customer heard that it is on its way. */
  toldAt: Date | null;
  firstSentAt: Date | null;
  createdAt: Date;
  bookedAt: Date | null;
}

/** One refund as it is, without its lock. */
export async function readRefund(
  sql: Sql | ReservedSql,
  { customerId, refundId }: RefundRef,
): Promise<RefundRecord | null> {
  const [row] = await sql`
    select r.*, c.payment_id, c.stripe_charge_id
    from refunds r join charges c on c.customer_id = r.customer_id and c.id = r.charge_id
    where r.customer_id = ${customerId} and r.id = ${refundId}`;
  if (!row) return null;
  return {
    id: row.id,
    customerId: row.customer_id,
    chargeId: row.charge_id,
    paymentId: row.payment_id,
    stripeChargeId: row.stripe_charge_id,
    origin: row.origin,
    state: row.state,
    currency: row.currency,
    amountMinor: row.amount_minor,
    request: row.request,
    requestKey: row.request_key,
    stripeRefundId: row.stripe_refund_id,
    balanceTransactionId: row.stripe_balance_transaction_id,
    failureCode: row.failure_code,
    pendingReason: row.pending_reason,
    toldAt: row.told_at,
    firstSentAt: row.first_sent_at,
    createdAt: row.created_at,
    bookedAt: row.booked_at,
  };
}

/** What a refund's transfers did, net. Minor units of its currency. */
export interface RefundMoney {
  /** Its hold, while nothing has resolved it. */
  readonly hold: OpenHold<RefundHold> | null;
  readonly fromBalanceMinor: bigint;
  /** Taken at Stripe without our knowing from what: it waits for staff. */
  readonly onSuspenseMinor: bigint;
}

/** Read under the balance's lock. */
export async function readRefundMoney(
  sql: ReservedSql,
  { customerId, refundId }: RefundRef,
): Promise<RefundMoney> {
  const rows = await sql`
    select t.id, t.kind, t.debit, t.credit, t.amount_minor,
      exists (select from transfers r where r.customer_id = t.customer_id and r.pending_id = t.id) as is_resolved
    from transfers t join refunds f on f.customer_id = t.customer_id and f.id = t.refund_id
    where t.customer_id = ${customerId} and t.refund_id = ${refundId} and t.currency = f.currency`;
  const net = (account: string) =>
    rows.reduce((sum, row) => {
      if (row.kind !== "posted" && row.kind !== "post") return sum;
      const minor: bigint = row.amount_minor;
      return sum + (row.debit === account ? minor : row.credit === account ? -minor : 0n);
    }, 0n);
  const open = rows.find((row) => row.kind === "pending" && !row.is_resolved);
  return {
    hold: open ? { id: open.id as TransferId, refundId, amountMinor: open.amount_minor } : null,
    fromBalanceMinor: net("customer_balance"),
    onSuspenseMinor: net("suspense"),
  };
}
