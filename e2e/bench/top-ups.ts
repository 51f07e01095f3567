import type { Sql } from "@/db/client";
import { type PaymentRef, settle } from "@/lib/billing/payment/settle";
import type { World } from "@/lib/billing/world";
import type { Checkout } from "@/lib/gateway/port";
import { issueRenewals, termMinor } from "./seed";

/** Services, and so waiting invoices, of each customer of `topup`. */
export const invoicesEach = 20;

/** What a top-up of the bench brings: just what its customer's waiting renewals cost. Minor units of USD. */
export const topUpMinor = BigInt(invoicesEach) * termMinor;

/** What Stripe keeps of it. */
export const feeMinor = 610n;

/** A top-up that waits at Stripe's page, of a customer with so many open renewals that it will settle. */
export type WaitingTopUp = PaymentRef;

/** The top-ups that the bench may still settle, each customer's one at a time. */
export class TopUps {
  private waiting: WaitingTopUp[] = [];

  constructor(
    private readonly owner: Sql,
    private readonly customers: number,
  ) {}

  /** Once half are settled, issues the next terms of all whose services have none, and starts their top-ups. */
  async refill(): Promise<void> {
    if (this.waiting.length > this.customers / 2) return;
    const issued = await issueRenewals(this.owner);
    if (issued.length === 0) return;
    const customerIds = [...new Set(issued.map(({ customerId }) => customerId as string))];
    this.waiting = [...(await startTopUps(this.owner, customerIds)), ...this.waiting];
  }

  /** False when all are settled. */
  async settleNext(settleOne: (topUp: WaitingTopUp) => Promise<void>): Promise<boolean> {
    const topUp = this.waiting.pop();
    if (!topUp) return false;
    await settleOne(topUp);
    return true;
  }
}

/** The rows of top-ups that were sent to Stripe and wait there, as the use case writes them. */
async function startTopUps(owner: Sql, customerIds: readonly string[]): Promise<WaitingTopUp[]> {
  const rows = await owner`
    with sent as (
      insert into payments (customer_id, id, kind, funding, origin, state, currency, balance_minor, card_minor, content_hash,
        user_id, request_key, request, stripe_session_id, send_count, first_sent_at, expires_at, next_poll_at, created_at)
      select m.customer_id, t.id, 'top_up', 'card', 'customer', 'sent', 'USD', 0, ${topUpMinor.toString()}::bigint, t.id::text,
        m.user_id, t.id::text, jsonb_build_object('stripeCustomerId', 'cus_' || m.customer_id), 'cs_' || t.id, 1, now(),
        now() + interval '1 day', now() + interval '1 minute', now()
      from memberships m, lateral (select uuidv7() as id where m.user_id is not null) t
      where m.customer_id = any(${[...customerIds]}::uuid[])
      returning customer_id, id, stripe_session_id
    ), registered as (
      insert into stripe_objects (id, kind, customer_id, row_id)
      select stripe_session_id, 'checkout_session', customer_id, id from sent
    )
    select customer_id, id from sent order by md5(customer_id::text)`;
  // What was just issued is unknown to the statistics: plans made without them read whole tables, on either side.
  await owner`analyze invoices, invoice_lines, renewals, payments`;
  return rows.map((row) => ({ customerId: row.customer_id, paymentId: row.id }));
}

/** Settles as the webhook does once Stripe has been asked: Stripe's answer is given, so that nobody is called. */
export async function settleByUseCase(world: World, topUp: WaitingTopUp): Promise<void> {
  const settled = await settle(world, topUp, {
    reached: { kind: "checkout", checkout: paidCheckout(topUp) },
  });
  if (settled.kind !== "settled" || !settled.changed || settled.state !== "succeeded") {
    throw new Error(`the bench's top-up was not settled: ${JSON.stringify(settled)}`);
  }
}

function paidCheckout({ customerId, paymentId }: WaitingTopUp): Checkout {
  const fee = {
    balanceTransactionId: `txn_${paymentId}`,
    feeMinor,
    currency: "USD",
    settledMinor: topUpMinor,
  };
  return {
    kind: "checkout",
    id: `cs_${paymentId}`,
    status: "complete",
    paymentStatus: "paid",
    isPaid: true,
    isOver: false,
    url: null,
    amountMinor: topUpMinor,
    currency: "USD",
    stripeCustomerId: `cus_${customerId}`,
    isLive: false,
    paymentId,
    expiresAt: new Date(),
    intent: { id: `pi_${paymentId}`, status: "succeeded" },
    intentId: `pi_${paymentId}`,
    charge: { id: `ch_${paymentId}`, amountMinor: topUpMinor, currency: "USD", fee },
    savedCard: null,
  };
}
