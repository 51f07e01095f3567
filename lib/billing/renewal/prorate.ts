import { assert } from "@/lib/kernel/assert";
import { calendarDay, daysBetween } from "@/lib/kernel/calendar";
import type { InvoiceId, TermId } from "@/lib/kernel/id";
import { type Currency, type Money, money, multiply } from "@/lib/kernel/money";

/** A paid term whose rest a change of plan is about. Net, minor units, of the whole term. */
export interface ProratedTerm {
  readonly termId: TermId;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** What the whole term costs as it stands: its line's, or what the last change of it left. */
  readonly oldNetMinor: bigint;
  /** The new plan's price at the start of the term. */
  readonly newNetMinor: bigint;
  /** As printed on the term's line: what is given back and what is charged bear the same tax. */
  readonly taxRatePpm: number;
}

/** What a change costs for the rest of one term. */
export interface TermChange {
  readonly term: ProratedTerm;
  /** Whole days of the billing time zone from the day of the change on, which is the first of them. */
  readonly remainingDays: number;
  readonly termDays: number;
  readonly credited: Money;
  readonly charged: Money;
  readonly creditedTax: Money;
  readonly chargedTax: Money;
}

/**
 * A change of plan at once: the rest of each paid term is credited at the old price and charged at the new one, each ×
 * remaining ÷ days of the term, rounded half-even, then taxed (domain.md, Renewing). Terms that are over are left out.
 * Pure.
 */
export function prorate(
  terms: readonly ProratedTerm[],
  currency: Currency,
  now: Date,
  timeZone: string,
): TermChange[] {
  const today = calendarDay(now, timeZone);
  return terms
    .filter(({ endsAt }) => endsAt > now)
    .map((term) => {
      const [startDay, endDay] = [calendarDay(term.startsAt, timeZone), calendarDay(term.endsAt, timeZone)];
      const termDays = daysBetween(startDay, endDay);
      assert(termDays > 0, "a term has days");
      const remainingDays = Math.max(0, daysBetween(today > startDay ? today : startDay, endDay));
      const restOf = (minor: bigint) =>
        multiply(money(minor, currency), BigInt(remainingDays), BigInt(termDays));
      const taxOf = (net: Money) => multiply(net, BigInt(term.taxRatePpm), 1_000_000n);
      const [credited, charged] = [restOf(term.oldNetMinor), restOf(term.newNetMinor)];
      return {
        ...{ term, remainingDays, termDays, credited, charged },
        creditedTax: taxOf(credited),
        chargedTax: taxOf(charged),
      };
    });
}

/** What the change of one term comes to: net and tax, both below zero where the customer gets something back. */
export function sumOf(change: TermChange): { netMinor: bigint; taxMinor: bigint } {
  return {
    netMinor: change.charged.minor - change.credited.minor,
    taxMinor: change.chargedTax.minor - change.creditedTax.minor,
  };
}

/** An invoice that paid for a term, and what of it is not credited yet. Minor units. */
export interface CreditSource {
  readonly invoiceId: InvoiceId;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
}

/**
 * From which invoices something is given back: from the first as far as it goes, then from the next. Null if all of
 * them together do not reach. Pure.
 */
export function creditParts(
  netMinor: bigint,
  taxMinor: bigint,
  sources: readonly CreditSource[],
): CreditSource[] | null {
  let [netLeft, taxLeft] = [netMinor, taxMinor];
  const parts: CreditSource[] = [];
  for (const source of sources) {
    const net = netLeft < source.netMinor ? netLeft : source.netMinor;
    const wanted = net === netLeft ? taxLeft : netMinor === 0n ? 0n : (taxMinor * net) / netMinor;
    const tax = wanted < source.taxMinor ? wanted : source.taxMinor;
    if (net + tax === 0n) continue;
    parts.push({ invoiceId: source.invoiceId, netMinor: net, taxMinor: tax });
    netLeft -= net;
    taxLeft -= tax;
  }
  return netLeft === 0n && taxLeft === 0n ? parts : null;
}
