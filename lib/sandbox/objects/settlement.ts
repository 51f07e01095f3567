import { invalidRequest } from "@/lib/sandbox/http/api-error";

/**
 * The currencies that Stripe settles in (a bank account of the host can be in them), each with its smallest charge in
 * minor units: docs.stripe.com/currencies, "Minimum and maximum charge amounts".
 */
const minimums: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  aud: 50,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
};

/** What a US dollar costs, in ten-thousandths of the currency's unit, about as in late 2026. */
const dollarCosts: Readonly<Record<string, number>> = {
  aed: 36_725,
  aud: 15_200,
  bhd: 3_760,
  brl: 54_000,
  cad: 13_900,
  chf: 8_050,
  cny: 71_200,
  czk: 210_000,
  dkk: 64_300,
  eur: 8_620,
  gbp: 7_500,
  hkd: 77_800,
  huf: 3_350_000,
  inr: 885_000,
  isk: 1_250_000,
  jod: 7_090,
  jpy: 1_520_000,
  krw: 13_850_000,
  kwd: 3_070,
  mxn: 184_000,
  myr: 42_000,
  nok: 101_000,
  nzd: 17_400,
  omr: 3_845,
  pln: 36_500,
  ron: 43_800,
  sek: 94_500,
  sgd: 13_000,
  thb: 325_000,
  tnd: 29_500,
  twd: 310_000,
  ugx: 35_500_000,
  usd: 10_000,
  vnd: 263_000_000,
  zar: 173_000,
};

/** Minor units in the ten-thousandths above: a fils is a tenth of a cent, a yen is a hundred. */
const minorUnits: Readonly<Record<string, bigint>> = {
  bhd: 1000n,
  jod: 1000n,
  kwd: 1000n,
  omr: 1000n,
  tnd: 1000n,
  jpy: 1n,
  krw: 1n,
  vnd: 1n,
};

/** The host's bank accounts: what is charged in none of their currencies is converted into the first one's. */
export type SettlesIn = readonly [string, ...string[]];

/** An account in each currency that Stripe settles in, in US dollars by default: what can stay as it is, does. */
export const inEachCurrency: SettlesIn = ["usd", ...Object.keys(minimums).filter((each) => each !== "usd")];

/** `eur` or `usd, jpy`; refused where Stripe has no bank accounts in it. */
export function settlesInOf(currencies: string): SettlesIn {
  const [first, ...others] = currencies
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  if (first === undefined)
    throw invalidRequest("Name a currency to settle in, as eur, or several, as usd,eur.");
  for (const each of [first, ...others]) {
    if (!Object.hasOwn(minimums, each))
      throw invalidRequest(`Stripe settles in ${Object.keys(minimums).join(", ")}; not in ${each}.`);
  }
  return [first, ...others];
}

export function settlementCurrency(settlesIn: SettlesIn, currency: string): string {
  return settlesIn.includes(currency) ? currency : settlesIn[0];
}

export function minimumOf(settlementCurrency: string): number {
  return rateOf(minimums, settlementCurrency);
}

/** The smallest part of a currency is its hundredth or thousandth, or the unit. */
function unitsOf(currency: string): bigint {
  return minorUnits[currency] ?? 100n;
}

/**
 * The same amount in another currency, the half rounded away from zero. Rates move by some thousandths from day to day
 * (`onDay`, days since 1970): what goes back is never quite what came. Without a day, the middle.
 */
export function converted(amountMinor: number, from: string, to: string, onDay?: number): number {
  if (from === to) return amountMinor;
  const drift = onDay === undefined ? 0 : ((onDay * 37) % 61) - 30;
  const above = BigInt(amountMinor) * BigInt(rateOf(dollarCosts, to)) * unitsOf(to) * BigInt(10_000 + drift);
  const below = BigInt(rateOf(dollarCosts, from)) * unitsOf(from) * 10_000n;
  const half = above < 0n ? -below : below;
  return Number((2n * above + half) / (2n * below));
}

/** What a unit of one currency is in the other, as Stripe says it: 10.00 EUR that became 12.34 USD were at 1.234. */
export function exchangeRate(fromMinor: number, from: string, toMinor: number, to: string): number | null {
  if (from === to || fromMinor === 0) return null;
  const rate = ((toMinor / Number(unitsOf(to))) * Number(unitsOf(from))) / fromMinor;
  return Number(rate.toPrecision(6));
}

function rateOf(table: Readonly<Record<string, number>>, currency: string): number {
  const found = table[currency];
  if (found === undefined) throw new Error(`A currency without a rate: ${currency}`);
  return found;
}
