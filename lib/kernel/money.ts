import { assert } from "@/lib/kernel/assert";
import type { Result } from "@/lib/kernel/result";
import { ok, refuse } from "@/lib/kernel/result";

/** The exponent (digits after the point) of each currency, as ISO 4217 has it. What a gateway can charge is its own affair. */
export const currencies = {
  AED: { exponent: 2 },
  AUD: { exponent: 2 },
  BHD: { exponent: 3 },
  BRL: { exponent: 2 },
  CAD: { exponent: 2 },
  CHF: { exponent: 2 },
  CNY: { exponent: 2 },
  DKK: { exponent: 2 },
  EUR: { exponent: 2 },
  GBP: { exponent: 2 },
  HKD: { exponent: 2 },
  INR: { exponent: 2 },
  JPY: { exponent: 0 },
  KRW: { exponent: 0 },
  KWD: { exponent: 3 },
  MXN: { exponent: 2 },
  NOK: { exponent: 2 },
  NZD: { exponent: 2 },
  PLN: { exponent: 2 },
  SEK: { exponent: 2 },
  SGD: { exponent: 2 },
  USD: { exponent: 2 },
  VND: { exponent: 0 },
  ZAR: { exponent: 2 },
} as const satisfies Record<string, { exponent: 0 | 2 | 3 }>;

export type Currency = keyof typeof currencies;

/** An exact amount in the smallest unit of its currency. Negative amounts are amounts too. */
export interface Money {
  readonly minor: bigint;
  readonly currency: Currency;
}

export function isCurrency(text: string): text is Currency {
  return Object.hasOwn(currencies, text);
}

/** `minor` is in the smallest unit: money(1230n, "USD") is 12.30 dollars. */
export function money(minor: bigint, currency: Currency): Money {
  // Database drivers hand out int8 as text by default: a wrong type here would concatenate instead of add.
  assert(typeof minor === "bigint", "money is made of a bigint");
  assert(isCurrency(currency), "money is of a known currency");
  return { minor, currency };
}

export function zero(currency: Currency): Money {
  return money(0n, currency);
}

/** Like every operation on two amounts: of one currency, or it is a bug and throws. */
export function add(a: Money, b: Money): Money {
  return money(a.minor + sameCurrency(a, b).minor, a.currency);
}

export function subtract(a: Money, b: Money): Money {
  return money(a.minor - sameCurrency(a, b).minor, a.currency);
}

export function negate(amount: Money): Money {
  return money(-amount.minor, amount.currency);
}

export function compare(a: Money, b: Money): -1 | 0 | 1 {
  sameCurrency(a, b);
  if (a.minor === b.minor) return 0;
  return a.minor < b.minor ? -1 : 1;
}

export function isZero(amount: Money): boolean {
  return amount.minor === 0n;
}

export function isNegative(amount: Money): boolean {
  return amount.minor < 0n;
}

export function isPositive(amount: Money): boolean {
  return amount.minor > 0n;
}

export function min(a: Money, b: Money): Money {
  return compare(a, b) <= 0 ? a : b;
}

export function max(a: Money, b: Money): Money {
  return compare(a, b) >= 0 ? a : b;
}

/** The currency is named, so that the sum of nothing is zero of something. */
export function sum(currency: Currency, list: readonly Money[]): Money {
  return list.reduce(add, zero(currency));
}

/** The smaller of two amounts in minor units, where both are known to be of one currency. */
export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The minor units of all of them together, where all are known to be of one currency. */
export function sumOf<T>(items: readonly T[], minorOf: (item: T) => bigint): bigint {
  return items.reduce((total, item) => total + minorOf(item), 0n);
}

/** amount × numerator ÷ denominator, rounded half to even: taxes, proration, percentages as fractions. */
export function multiply(amount: Money, numerator: bigint, denominator: bigint): Money {
  assert(denominator !== 0n, "the denominator is not zero");
  const sign = denominator < 0n ? -1n : 1n;
  return money(divideHalfEven(amount.minor * numerator * sign, denominator * sign), amount.currency);
}

/**
 * Splits exactly, by largest remainder: the parts add up to the amount, each lies within one minor unit of its
 * exact share, equal remainders go to the earlier part, a weight of zero gets zero. A negative amount splits as
 * its positive does, with the sign turned. If the amount is at most the sum of the weights, no part exceeds its
 * weight, so that a payment split by what invoices owe overpays none.
 */
export function split(amount: Money, weights: readonly bigint[]): Money[] {
  assert(
    weights.every((weight) => weight >= 0n),
    "no weight is negative",
  );
  if (amount.minor < 0n) return split(negate(amount), weights).map(negate);
  const weightTotal = weights.reduce((total, weight) => total + weight, 0n);
  assert(weightTotal > 0n || amount.minor === 0n, "something can be split only by a positive weight");
  if (weightTotal === 0n) return weights.map(() => zero(amount.currency));

  const parts = weights.map((weight, index) => {
    const share = amount.minor * weight;
    return { index, minor: share / weightTotal, remainder: share % weightTotal };
  });
  const given = parts.reduce((total, part) => total + part.minor, 0n);
  const byRemainder = [...parts].sort((a, b) => descending(a.remainder, b.remainder) || a.index - b.index);
  // Fewer units are left than parts have a remainder, so that this number is small and exact.
  for (const part of byRemainder.slice(0, Number(amount.minor - given))) part.minor += 1n;
  return parts.map((part) => money(part.minor, amount.currency));
}

/** For people, in their locale. The formatter is fed with exact text; at no point is there a float. */
export function formatMoney(amount: Money, locale: string): string {
  // The library's type asks for a numeric literal, which exact decimal text is.
  return formatter(locale, amount.currency).format(toDecimal(amount) as `${number}`);
}

/** Exact and plain, with a point and all digits of the currency: "-12.30", "1200", "0.005". For machines and form fields. */
export function toDecimal(amount: Money): string {
  const { exponent } = currencies[amount.currency];
  const sign = amount.minor < 0n ? "-" : "";
  const digits = (amount.minor < 0n ? -amount.minor : amount.minor).toString().padStart(exponent + 1, "0");
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

export type MoneyRefusal =
  | { readonly code: "amount_missing" }
  | { readonly code: "amount_malformed" }
  | { readonly code: "amount_negative" }
  | { readonly code: "amount_ambiguous" }
  | { readonly code: "amount_too_precise"; readonly decimals: number }
  | { readonly code: "amount_too_large"; readonly limit: Money };

/** A quadrillion minor units less one: below 2^53, so that the amount survives every JSON number it may have to be. */
export const minorMax = 999_999_999_999_999n;

/**
 * What a person typed as an amount, whatever their locale: digits, then at most one point or comma, which always
 * separates decimals ("12", "12.3", "12,30"). There is no grouping: "1,234" is refused, as too precise for dollars
 * and as ambiguous for dinars, rather than read as either a thousandth or a thousand of what was meant.
 * Spaces around are ignored. Refused: signs, exponents, symbols, markup, digits other than ASCII, absurd length.
 */
export function parseMoney(text: string, currency: Currency): Result<Money, MoneyRefusal> {
  const trimmed = text.length <= 64 ? text.trim() : text;
  if (trimmed === "") return refuse({ code: "amount_missing" });
  if (trimmed.length > 40) return refuse({ code: "amount_malformed" });
  const match = /^(?<sign>[-\u2212]?)(?<whole>[0-9]+)(?:(?<separator>[.,])(?<decimals>[0-9]+))?$/.exec(
    trimmed,
  );
  if (!match?.groups) return refuse({ code: "amount_malformed" });

  const { sign = "", whole = "", separator = "", decimals = "" } = match.groups;
  const { exponent } = currencies[currency];
  if (sign !== "") return refuse({ code: "amount_negative" });
  if (decimals.length > exponent) return refuse({ code: "amount_too_precise", decimals: exponent });
  if (separator === "," && decimals.length === 3) return refuse({ code: "amount_ambiguous" });
  const minor = BigInt(whole + decimals.padEnd(exponent, "0"));
  if (minor > minorMax) return refuse({ code: "amount_too_large", limit: money(minorMax, currency) });
  return ok(money(minor, currency));
}

function sameCurrency(a: Money, b: Money): Money {
  assert(a.currency === b.currency, `amounts in ${a.currency} and ${b.currency} do not mix`);
  return b;
}

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend % divisor;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  const away = twice > divisor || (twice === divisor && quotient % 2n !== 0n);
  if (!away) return quotient;
  return dividend < 0n ? quotient - 1n : quotient + 1n;
}

function descending(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}

const formatters = new Map<string, Intl.NumberFormat>();

/** Making a formatter costs far more than using it. Bounded, in case a caller passes locales from outside. */
function formatter(locale: string, currency: Currency): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  const known = formatters.get(key);
  if (known) return known;
  const { exponent } = currencies[currency];
  const made = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  });
  if (formatters.size >= 256) formatters.clear();
  formatters.set(key, made);
  return made;
}
