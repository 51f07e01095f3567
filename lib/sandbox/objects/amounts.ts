import { ApiError, invalidRequest } from "@/lib/sandbox/http/api-error";

interface CurrencyRule {
  /** Digits after the point. */
  exponent: 0 | 2 | 3;
  /** The smallest charge, in minor units. */
  minimumMinor: number;
  /** Amounts are multiples of this. */
  stepMinor: number;
}

const rule = (exponent: CurrencyRule["exponent"], minimumMinor: number, stepMinor = 1): CurrencyRule => ({
  exponent,
  minimumMinor,
  stepMinor,
});

/**
 * Stripe's minimum charges (docs.stripe.com/currencies). Stripe publishes them for the currencies it settles in;
 * for the others an amount must convert to at least the minimum of the settlement currency, 0.50 US dollars here:
 * those marked "converted" are about that at the rates of late 2026. Three-decimal currencies end in 0, ISK and UGX in 00.
 */
export const currencyRules: Readonly<Record<string, CurrencyRule>> = {
  aed: rule(2, 200),
  aud: rule(2, 50),
  bhd: rule(3, 200, 10), // converted
  brl: rule(2, 50),
  cad: rule(2, 50),
  chf: rule(2, 50),
  cny: rule(2, 400), // converted
  czk: rule(2, 1500),
  dkk: rule(2, 250),
  eur: rule(2, 50),
  gbp: rule(2, 30),
  hkd: rule(2, 400),
  huf: rule(2, 17500),
  inr: rule(2, 50),
  isk: rule(2, 7000, 100), // converted
  jod: rule(3, 360, 10), // converted
  jpy: rule(0, 50),
  krw: rule(0, 700), // converted
  kwd: rule(3, 160, 10), // converted
  mxn: rule(2, 1000),
  myr: rule(2, 200),
  nok: rule(2, 300),
  nzd: rule(2, 50),
  omr: rule(3, 200, 10), // converted
  pln: rule(2, 200),
  ron: rule(2, 200),
  sek: rule(2, 300),
  sgd: rule(2, 50),
  thb: rule(2, 1000),
  tnd: rule(3, 1600, 10), // converted
  twd: rule(2, 1700), // converted
  ugx: rule(2, 190000, 100), // converted
  usd: rule(2, 50),
  vnd: rule(0, 13500), // converted
  zar: rule(2, 1000), // converted
};

/** Stripe charges at most eight digits. */
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

/** Refuses amounts that Stripe does not charge: too small, too large, not a multiple of the currency's step. */
export function checkCharge(amountMinor: number, currency: string, by: "session" | "intent"): void {
  const { minimumMinor } = ruleOf(currency);
  const param = by === "intent" ? "amount" : "line_items";
  if (amountMinor < minimumMinor) {
    const least = `${decimal(minimumMinor, currency)} ${currency}`;
    const message =
      by === "intent"
        ? `Amount must be at least ${least}`
        : `The Checkout Session's total amount due must add up to at least ${least}`;
    throw invalidRequest(message, { code: "amount_too_small", param });
  }
  if (amountMinor > largestMinor) {
    const most = `${decimal(largestMinor, currency)} ${currency}`;
    throw invalidRequest(`Amount must be no more than ${most}`, { code: "amount_too_large", param });
  }
  checkStep(amountMinor, currency, param);
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
