import { ApiError, invalidRequest } from "@/lib/sandbox/http/api-error";
import { converted, minimumOf, type SettlesIn, settlementCurrency } from "@/lib/sandbox/objects/settlement";
import type { World } from "@/lib/sandbox/world";

interface CurrencyRule {
  /** Digits after the point. */
  exponent: 0 | 2 | 3;
  /** Amounts are multiples of this. */
  stepMinor: number;
}

const twoDigits: CurrencyRule = { exponent: 2, stepMinor: 1 };
const noDigits: CurrencyRule = { exponent: 0, stepMinor: 1 };
/** The least significant digit is a 0. */
const threeDigits: CurrencyRule = { exponent: 3, stepMinor: 10 };
/** Without decimals, written with two that are 00. */
const hundreds: CurrencyRule = { exponent: 2, stepMinor: 100 };

/** The currencies that can be charged here, and how their amounts are written (docs.stripe.com/currencies). */
export const currencyRules: Readonly<Record<string, CurrencyRule>> = {
  aed: twoDigits,
  aud: twoDigits,
  bhd: threeDigits,
  brl: twoDigits,
  cad: twoDigits,
  chf: twoDigits,
  cny: twoDigits,
  czk: twoDigits,
  dkk: twoDigits,
  eur: twoDigits,
  gbp: twoDigits,
  hkd: twoDigits,
  huf: twoDigits,
  inr: twoDigits,
  isk: hundreds,
  jod: threeDigits,
  jpy: noDigits,
  krw: noDigits,
  kwd: threeDigits,
  mxn: twoDigits,
  myr: twoDigits,
  nok: twoDigits,
  nzd: twoDigits,
  omr: threeDigits,
  pln: twoDigits,
  ron: twoDigits,
  sek: twoDigits,
  sgd: twoDigits,
  thb: twoDigits,
  tnd: threeDigits,
  twd: twoDigits,
  ugx: hundreds,
  usd: twoDigits,
  vnd: noDigits,
  zar: twoDigits,
};

/** Stripe charges at most eight digits; the few currencies that it takes more of only by some cards stay at that here. */
const largestMinor = 99_999_999;

/** Stripe takes any case and answers in lower case. */
export function knownCurrency(currency: string, param: string): string {
  const lower = currency.toLowerCase();
  if (!Object.hasOwn(currencyRules, lower)) {
    const names = Object.keys(currencyRules).join(", ");
    throw invalidRequest(`Invalid currency: ${lower}. Stripe currently supports these currencies: ${names}`, {
      param,
    });
  }
  return lower;
}

function ruleOf(currency: string): CurrencyRule {
  const found = currencyRules[currency];
  if (!found) throw new Error(`A currency without a rule: ${currency}`);
  return found;
}

/**
 * Refuses amounts that Stripe does not charge: too small for the currency that they settle in, too large, not a multiple
 * of the currency's step.
 */
export function checkCharge(
  { settlesIn }: World,
  amountMinor: number,
  currency: string,
  by: "session" | "intent",
): void {
  const settled = settlementCurrency(settlesIn, currency);
  const settledMinor = converted(amountMinor, currency, settled);
  const leastMinor = minimumOf(settled);
  if (settledMinor < leastMinor) {
    const message =
      settled === currency
        ? `${by === "intent" ? "Amount" : "The Checkout Session's total amount due"} must ${
            by === "intent" ? "be" : "add up to"
          } at least ${decimal(leastMinor, settled)} ${settled}`
        : `${by === "intent" ? "Amount" : "The Checkout Session's total amount"} must convert to at least ${leastMinor} ` +
          `in the smallest unit of ${settled}. ${decimal(amountMinor, currency)} ${currency} converts to approximately ` +
          `${decimal(settledMinor, settled)} ${settled}.`;
    throw invalidRequest(message, {
      code: "amount_too_small",
      ...(by === "intent" ? { param: "amount" } : {}),
    });
  }
  const param = by === "intent" ? "amount" : "line_items";
  if (amountMinor > largestMinor) {
    const most = `${decimal(largestMinor, currency)} ${currency}`;
    throw invalidRequest(`Amount must be no more than ${most}`, { code: "amount_too_large", param });
  }
  checkStep(amountMinor, currency, param);
}

/** The smallest charge in a currency that is taken, with its step; for what holds the portal's own limits against it. */
export function leastCharge(
  settlesIn: SettlesIn,
  currency: string,
): { minimumMinor: number; stepMinor: number } {
  const { stepMinor } = ruleOf(currency);
  const settled = settlementCurrency(settlesIn, currency);
  const isEnough = (amountMinor: number) => converted(amountMinor, currency, settled) >= minimumOf(settled);
  let steps = Math.ceil(converted(minimumOf(settled), settled, currency) / stepMinor) + 1;
  while (isEnough((steps - 1) * stepMinor)) steps -= 1;
  while (!isEnough(steps * stepMinor)) steps += 1;
  return { minimumMinor: steps * stepMinor, stepMinor };
}

/** Refuses amounts between two steps of the currency (10.005 KWD). */
export function checkStep(amountMinor: number, currency: string, param: string): void {
  const { stepMinor } = ruleOf(currency);
  if (amountMinor % stepMinor === 0) return;
  throw new ApiError(400, {
    type: "invalid_request_error",
    code: "parameter_invalid_integer",
    message: `Invalid amount: ${currency.toUpperCase()} amounts must be a multiple of ${stepMinor}, got ${amountMinor}.`,
    param,
  });
}

/** 1230 and "usd" → "12.30", exactly. */
export function decimal(amountMinor: number, currency: string): string {
  const { exponent } = ruleOf(currency);
  const sign = amountMinor < 0 ? "-" : "";
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, "0");
  if (exponent === 0) return `${sign}${digits}`;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** What Stripe keeps of a charge: 2.9 % and 30 of the smallest unit, the half rounded up. */
export function feeOf(amountMinor: number): number {
  return Math.min(amountMinor, Math.floor((amountMinor * 29 + 500) / 1000) + 30);
}
