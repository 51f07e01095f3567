import { type Currency, currencies, isCurrency } from "@/lib/kernel/money";
import type { ChargeLimits, LearnedLimits } from "./port";

/** Stripe's smallest charge in the currencies that it settles in (docs.stripe.com/currencies). Minor units. */
const leastSettled: Record<string, bigint> = {
  AED: 200n,
  AUD: 50n,
  BRL: 50n,
  CAD: 50n,
  CHF: 50n,
  CZK: 1_500n,
  DKK: 250n,
  EUR: 50n,
  GBP: 30n,
  HKD: 400n,
  HUF: 17_500n,
  INR: 50n,
  JPY: 50n,
  MXN: 1_000n,
  MYR: 200n,
  NOK: 300n,
  NZD: 50n,
  PLN: 200n,
  RON: 200n,
  SEK: 300n,
  SGD: 50n,
  THB: 1_000n,
  USD: 50n,
};

/** About so many minor units are ten US dollars (late 2026). Only for the margin: nothing is ever booked by it. */
const perTenDollars: Record<string, bigint> = {
  AED: 3_673n,
  AUD: 1_530n,
  BHD: 3_760n,
  BRL: 5_500n,
  CAD: 1_390n,
  CHF: 820n,
  CNY: 7_200n,
  CZK: 21_500n,
  DKK: 6_600n,
  EUR: 890n,
  GBP: 760n,
  HKD: 7_800n,
  HUF: 345_000n,
  INR: 88_000n,
  JPY: 1_550n,
  KRW: 14_300n,
  KWD: 3_080n,
  MXN: 19_000n,
  MYR: 4_200n,
  NOK: 10_400n,
  NZD: 1_730n,
  PLN: 3_750n,
  RON: 4_500n,
  SEK: 9_900n,
  SGD: 1_320n,
  THB: 33_500n,
  USD: 1_000n,
  VND: 262_000n,
  ZAR: 18_000n,
};

/** Stripe charges at most eight digits. */
const mostMinor = 99_999_999n;

/** How far a refusal may raise the smallest charge: one odd answer must not make every small charge a large one. */
const learnedMost = 20n;

/**
 * What Stripe can charge in each currency. The smallest charge is that of the currency in which it settles; where it is
 * converted, a quarter is added, since rates move. What Stripe refuses for its size all the same is remembered.
 */
export class ChargeLimitBook {
  #settlesIn: readonly string[];
  readonly #least = new Map<Currency, bigint>();
  readonly #most = new Map<Currency, bigint>();

  /** The currencies of the host's bank accounts, that of all others' conversion first; unknown: those Stripe has. */
  constructor(settlesIn: readonly string[] = []) {
    this.#settlesIn = settlesIn;
  }

  settleIn(settlesIn: readonly string[]): void {
    this.#settlesIn = settlesIn.map((currency) => currency.toUpperCase());
  }

  of(currency: Currency): ChargeLimits {
    const stepMinor = currencies[currency].exponent === 3 ? 10n : 1n;
    const leastMinor = leastOf(currency, this.#settlesIn);
    const learnedMinor = this.#least.get(currency) ?? 0n;
    const cappedMinor = learnedMinor > leastMinor * learnedMost ? leastMinor * learnedMost : learnedMinor;
    const minimumMinor = roundUp(leastMinor > cappedMinor ? leastMinor : cappedMinor, stepMinor);
    const maximumMinor = this.#most.get(currency) ?? mostMinor;
    return { minimumMinor, stepMinor, maximumMinor: maximumMinor - (maximumMinor % stepMinor) };
  }

  learned(): LearnedLimits[] {
    return [...new Set([...this.#least.keys(), ...this.#most.keys()])].map((currency) => ({
      currency,
      leastMinor: this.#least.get(currency) ?? null,
      mostMinor: this.#most.get(currency) ?? null,
    }));
  }

  /** What others learned is taken in where it says more than what is known here. */
  learn(learned: readonly LearnedLimits[]): void {
    for (const { currency, leastMinor, mostMinor } of learned) {
      if (!isCurrency(currency)) continue;
      if (leastMinor !== null && leastMinor > (this.#least.get(currency) ?? 0n)) {
        this.#least.set(currency, leastMinor);
      }
      if (mostMinor !== null && mostMinor < (this.#most.get(currency) ?? mostMinor + 1n)) {
        this.#most.set(currency, mostMinor);
      }
    }
  }

  /** Stripe refused an amount for its size. */
  refused(currency: string, amountMinor: bigint, code: string): void {
    if (!isCurrency(currency)) return;
    if (code === "amount_too_small") {
      const known = this.#least.get(currency) ?? 0n;
      if (2n * amountMinor > known) this.#least.set(currency, 2n * amountMinor);
    } else if (code === "amount_too_large") {
      const known = this.#most.get(currency) ?? mostMinor;
      const less = amountMinor - (amountMinor + 9n) / 10n;
      if (less < known && less > this.of(currency).minimumMinor) this.#most.set(currency, less);
    }
  }
}

function leastOf(currency: Currency, settlesIn: readonly string[]): bigint {
  const own = leastSettled[currency];
  const isSettled = settlesIn.length === 0 ? own !== undefined : settlesIn.includes(currency);
  if (isSettled && own !== undefined) return own;
  const settled = settlesIn.find((one) => leastSettled[one] !== undefined) ?? "USD";
  const leastMinor = leastSettled[settled] ?? 50n;
  const [from, to] = [perTenDollars[settled] ?? 1_000n, perTenDollars[currency] ?? 1_000n];
  return (leastMinor * to * 5n + from * 4n - 1n) / (from * 4n);
}

function roundUp(minor: bigint, step: bigint): bigint {
  return ((minor + step - 1n) / step) * step;
}
