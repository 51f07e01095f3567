import { type ChargeLimits, chargeable } from "@/lib/gateway/port";
import { type Currency, type Money, money } from "@/lib/kernel/money";

/** The most that one top-up takes, in minor units of any currency: a slip of the finger is not a fortune. */
export const topUpMostMinor = 1_000_000n;

/**
 * What a top-up must be so that nothing is short any more, raised to what Stripe can charge. Null where nothing is
 * short, and where it is more than one top-up takes. Minor units.
 */
export function topUpFor(shortMinor: bigint, currency: Currency, limits: ChargeLimits): Money | null {
  if (shortMinor <= 0n) return null;
  const amountMinor = chargeable(shortMinor, limits);
  return amountMinor > topUpMostMinor ? null : money(amountMinor, currency);
}
