import type Stripe from "stripe";
import { outcomeOf } from "./outcome";
import type { BalanceMovement, ListedMovement, ListFrom, MovementGateway, Page } from "./port";
import { idOf } from "./stripe-charges";

/** The part of the gateway that is about what moved at Stripe altogether: its balance transactions. */
export function stripeMovements(stripe: Stripe): MovementGateway {
  return {
    listMovements: (since, from) =>
      outcomeOf(async () => {
        const params = { ...listParams(since, from), expand: ["data.source"] };
        return pageOf(await stripe.balanceTransactions.list(params), listedOf);
      }),
    readChargeOwner: (chargeId) =>
      outcomeOf(async () => {
        const { customer, metadata } = await stripe.charges.retrieve(chargeId);
        return {
          stripeCustomerId: idOf(customer),
          paymentId: metadata.payment ?? null,
          customerId: metadata.customer ?? null,
        };
      }),
    findCheckoutOf: (intentId) =>
      outcomeOf(async () => {
        const { data } = await stripe.checkout.sessions.list({ payment_intent: intentId, limit: 1 });
        return data[0] ? { id: data[0].id } : null;
      }),
  };
}

export function listParams(since: Date, { after = null, most = 100 }: ListFrom = {}) {
  const created = { gte: Math.floor(since.getTime() / 1000) };
  return { created, limit: most, ...(after === null ? {} : { starting_after: after }) };
}

export function pageOf<T extends { id: string }, Row>(
  { data, has_more: hasMore }: Stripe.ApiList<T>,
  rowOf: (each: T) => Row,
): Page<Row> {
  return { rows: data.map(rowOf), next: hasMore ? (data.at(-1)?.id ?? null) : null };
}

function listedOf(transaction: Stripe.BalanceTransaction): ListedMovement {
  const { id, amount, fee, currency, created } = transaction;
  return {
    balanceTransactionId: id,
    settledMinor: BigInt(amount),
    feeMinor: BigInt(fee),
    currency: currency.toUpperCase(),
    at: new Date(created * 1000),
    source: sourceOf(transaction),
  };
}

/** A charge moves money twice where a bank debit that had succeeded comes back: only the first is the charge. */
function sourceOf({ source, type }: Stripe.BalanceTransaction): ListedMovement["source"] {
  if (source === null || typeof source === "string") return { kind: "other", id: source };
  if (source.object === "charge" && (type === "charge" || type === "payment")) {
    const { metadata } = source;
    const charge = {
      id: source.id,
      intentId: idOf(source.payment_intent),
      amountMinor: BigInt(source.amount_captured),
      currency: source.currency.toUpperCase(),
      stripeCustomerId: idOf(source.customer),
      paymentId: metadata.payment ?? null,
      customerId: metadata.customer ?? null,
    };
    return { kind: "charge", charge };
  }
  if (source.object === "refund" || source.object === "dispute")
    return { kind: source.object, id: source.id };
  return { kind: "other", id: source.id };
}

export function movementOf(transaction: string | Stripe.BalanceTransaction | null): BalanceMovement | null {
  if (!transaction || typeof transaction === "string") return null;
  return {
    balanceTransactionId: transaction.id,
    settledMinor: BigInt(transaction.amount),
    feeMinor: BigInt(transaction.fee),
    currency: transaction.currency.toUpperCase(),
  };
}
