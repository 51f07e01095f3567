import type Stripe from "stripe";
import { outcomeOf } from "./outcome";
import type { BalanceMovement, Dispute, MoneyBackGateway, Refund, RefundRequest } from "./port";
import { idOf } from "./stripe-charges";
import { listParams, movementOf, pageOf } from "./stripe-movements";

const expand = ["balance_transaction", "failure_balance_transaction"];

/** The part of the gateway that is about money that goes back: refunds, and charges that are disputed. */
export function stripeMoneyBack(stripe: Stripe): MoneyBackGateway {
  return {
    createRefund: (request, key) =>
      outcomeOf(async () =>
        refundOf(await stripe.refunds.create(refundParams(request), { idempotencyKey: key })),
      ),
    readRefund: (id) => outcomeOf(async () => refundOf(await stripe.refunds.retrieve(id, { expand }))),
    findRefund: (stripeChargeId, refundId, fits = () => true) =>
      outcomeOf(() => findRefund(stripe, stripeChargeId, refundId, fits)),
    readDispute: (id) => outcomeOf(async () => disputeOf(await stripe.disputes.retrieve(id))),
    listRefunds: (since, from) =>
      outcomeOf(async () =>
        pageOf(await stripe.refunds.list(listParams(since, from)), ({ id, status }) => ({
          id,
          status: status ?? "missing",
        })),
      ),
    listDisputes: (since, from) =>
      outcomeOf(async () => pageOf(await stripe.disputes.list(listParams(since, from)), disputeOf)),
  };
}

/** The same request gives the same bytes: an idempotency key is compared with its parameters. */
function refundParams(request: RefundRequest): Stripe.RefundCreateParams {
  return {
    charge: request.stripeChargeId,
    amount: Number(request.amountMinor),
    metadata: { refund: request.refundId, customer: request.customerId },
    expand,
  };
}

async function findRefund(
  stripe: Stripe,
  stripeChargeId: string,
  refundId: string,
  fits: (refund: Refund) => boolean,
): Promise<Refund | null> {
  for await (const refund of stripe.refunds.list({ charge: stripeChargeId, limit: 100 })) {
    if (refund.metadata?.refund === refundId) {
      const found = refundOf(await stripe.refunds.retrieve(refund.id, { expand }));
      if (fits(found)) return found;
    }
  }
  return null;
}

function refundOf(refund: Stripe.Refund): Refund {
  return {
    id: refund.id,
    status: refund.status ?? "missing",
    stripeChargeId: idOf(refund.charge),
    amountMinor: BigInt(refund.amount),
    currency: refund.currency.toUpperCase(),
    refundId: refund.metadata?.refund ?? null,
    customerId: refund.metadata?.customer ?? null,
    failureReason: refund.failure_reason ?? null,
    pendingReason: refund.pending_reason ?? null,
    movement: movementOf(refund.balance_transaction),
    failureMovement: movementOf(refund.failure_balance_transaction ?? null),
  };
}

/** A fee of its own moved nothing of what is disputed. */
function disputeMovementOf(transaction: Stripe.BalanceTransaction): BalanceMovement {
  const { amount, fee, type, reporting_category: category } = transaction;
  const isFee = type === "stripe_fee" || category === "fee";
  return {
    balanceTransactionId: transaction.id,
    settledMinor: isFee ? 0n : BigInt(amount),
    feeMinor: BigInt(isFee ? fee - amount : fee),
    currency: transaction.currency.toUpperCase(),
  };
}

function disputeOf(dispute: Stripe.Dispute): Dispute {
  const { due_by: dueBy } = dispute.evidence_details;
  return {
    id: dispute.id,
    status: dispute.status,
    stripeChargeId: idOf(dispute.charge),
    amountMinor: BigInt(dispute.amount),
    currency: dispute.currency.toUpperCase(),
    isLive: dispute.livemode,
    reason: dispute.reason,
    evidenceDueAt: dueBy === null ? null : new Date(dueBy * 1000),
    // Stripe does not say in which order it lists them; judging needs them as they happened, out before back.
    movements: dispute.balance_transactions
      .toSorted((a, b) => a.created - b.created || a.amount - b.amount)
      .map(disputeMovementOf),
  };
}
