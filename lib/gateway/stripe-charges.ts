import type Stripe from "stripe";
import type { Charge, Fee } from "./port";

export function chargeOf(charge: Stripe.Charge): Charge {
  return {
    id: charge.id,
    amountMinor: BigInt(charge.amount_captured),
    currency: charge.currency.toUpperCase(),
    fee: feeOf(charge),
    methodType: charge.payment_method_details?.type ?? null,
  };
}

export function feeOf(charge: Stripe.Charge): Fee | null {
  const settled = charge.balance_transaction;
  if (!settled || typeof settled === "string") return null;
  return {
    balanceTransactionId: settled.id,
    feeMinor: BigInt(settled.fee),
    currency: settled.currency.toUpperCase(),
    settledMinor: BigInt(settled.amount),
  };
}

export function idOf(reference: string | { id: string } | null): string | null {
  return typeof reference === "string" ? reference : (reference?.id ?? null);
}
