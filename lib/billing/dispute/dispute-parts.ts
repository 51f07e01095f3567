import { type ChargeRecord, topUpLeftMinor } from "../payment/charge-left";

type Parts = Omit<ChargeRecord, "id" | "paymentId" | "stripeChargeId" | "methodType" | "currency">;

/**
 * Of so much that a dispute took, the part that is not on invoices: it counts as a top-up. What else of the charge is lost
 * comes off first. Minor units. Pure.
 */
export function topUpPartMinor(charge: Parts, outMinor: bigint): bigint {
  const leftMinor = topUpLeftMinor(charge, charge.lostMinor);
  return outMinor < leftMinor ? outMinor : leftMinor;
}

/**
 * What of a lost dispute the customer bears: the part that counts as a top-up, and what is more than the charge itself, where
 * the bank took more. The host bears no more than what is on invoices or was refunded to the card (domain.md, A18). Pure.
 */
export function customerPartMinor(charge: Parts, outMinor: bigint): bigint {
  const hostMostMinor = charge.onInvoicesMinor + charge.refundedMinor - charge.hostLossMinor;
  const beyondMinor = outMinor - (hostMostMinor > 0n ? hostMostMinor : 0n);
  const partMinor = topUpPartMinor(charge, outMinor);
  return partMinor > beyondMinor ? partMinor : beyondMinor;
}

/**
 * What is held for a dispute of which so much is with the bank: the part that is not on invoices, as far as its charge's
 * other open disputes do not hold that already. Pure.
 */
export function holdPartMinor(charge: Parts, outMinor: bigint, siblingsHoldMinor: bigint): bigint {
  const leftMinor = topUpLeftMinor(charge, charge.lostMinor) - siblingsHoldMinor;
  return leftMinor < outMinor ? leftMinor : outMinor;
}
