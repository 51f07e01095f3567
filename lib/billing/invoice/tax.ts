import { assert } from "@/lib/kernel/assert";

const million = 1_000_000n;

/** What is billed at one rate. Amounts in minor units; a discount is below zero. */
export interface Taxable {
  /** Net, or with its tax where the price includes that. */
  amountMinor: bigint;
  ratePpm: number;
  includesTax: boolean;
}

export interface Taxed {
  netMinor: bigint;
  taxMinor: bigint;
}

/**
 * Net and tax of each line of an invoice (domain.md, A2): for each rate the tax is rounded once, half up, over the sum of
 * its lines, and what a line shows is its exact part of that, by largest remainder. Of prices with tax the net is rounded,
 * and the tax is what is left. Pure.
 */
export function taxLines(lines: readonly Taxable[]): Taxed[] {
  const groups = new Map<string, { line: Taxable; at: number }[]>();
  for (const [at, line] of lines.entries()) {
    const key = `${line.ratePpm} ${line.includesTax}`;
    const group = groups.get(key);
    if (group) group.push({ line, at });
    else groups.set(key, [{ line, at }]);
  }
  const taxed = lines.map((): Taxed => ({ netMinor: 0n, taxMinor: 0n }));
  for (const group of groups.values()) {
    const parts = partsOf(group.map(({ line }) => line));
    for (const [index, { at }] of group.entries()) {
      const part = parts[index];
      if (part) taxed[at] = part;
    }
  }
  return taxed;
}

/** Of lines at one rate, whose prices all have their tax in them or none has. */
function partsOf(lines: readonly Taxable[]): Taxed[] {
  const rate = BigInt(lines[0]?.ratePpm ?? 0);
  const amounts = lines.map(({ amountMinor }) => amountMinor);
  if (lines[0]?.includesTax) {
    const nets = share(amounts, million, million + rate);
    return nets.map((netMinor, index) => ({ netMinor, taxMinor: (amounts[index] ?? 0n) - netMinor }));
  }
  const taxes = share(amounts, rate, million);
  return taxes.map((taxMinor, index) => ({ netMinor: amounts[index] ?? 0n, taxMinor }));
}

/** (Σ amounts) × numerator ÷ denominator, rounded half up, in exact parts: the largest remainders are rounded up, the earlier first. */
function share(amounts: readonly bigint[], numerator: bigint, denominator: bigint): bigint[] {
  const exact = amounts.map((amount) => amount * numerator);
  const total = halfUp(
    exact.reduce((sum, one) => sum + one, 0n),
    denominator,
  );
  const parts = exact.map((one) => floor(one, denominator));
  const remainders = exact.map((one, index) => one - (parts[index] ?? 0n) * denominator);
  const left = total - parts.reduce((sum, one) => sum + one, 0n);
  const byRemainder = [...parts.keys()].sort((a, b) => {
    const [one, other] = [remainders[a] ?? 0n, remainders[b] ?? 0n];
    return one === other ? a - b : one > other ? -1 : 1;
  });
  for (const index of byRemainder.slice(0, Number(left))) parts[index] = (parts[index] ?? 0n) + 1n;
  return parts;
}

/** What is left of an invoice at one rate, after what was credited. Minor units. */
export interface TaxLeft extends Taxed {
  ratePpm: number;
}

/**
 * What a credit note of that net gives back: the tax that is left, less that of the net that stays (domain.md, A2). So parts
 * add up to the whole, in whatever order they are given. Pure.
 */
export function creditByNet(left: TaxLeft, netMinor: bigint): Taxed {
  assert(netMinor >= 0n && netMinor <= left.netMinor, "no more is credited than is left");
  const stays = halfUp((left.netMinor - netMinor) * BigInt(left.ratePpm), million);
  return { netMinor, taxMinor: within(left.taxMinor - stays, left.taxMinor) };
}

/** Exact: unit × quantity, a decimal such as "2.5", rounded half up. Minor units. */
export function timesQuantity(unitMinor: bigint, quantity: string | number): bigint {
  const [, whole = "", decimals = ""] = /^(\d+)(?:\.(\d+))?$/.exec(String(quantity)) ?? [];
  assert(whole !== "", "a quantity is a decimal number");
  return halfUp(unitMinor * BigInt(whole + decimals), 10n ** BigInt(decimals.length));
}

/** Half a unit goes away from zero, so that what is taken back mirrors what was billed. */
function halfUp(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * size + divisor) / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}

function floor(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}

function within(minor: bigint, most: bigint): bigint {
  return minor < 0n ? 0n : minor > most ? most : minor;
}
