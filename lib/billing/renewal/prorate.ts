import { assert } from "@/lib/kernel/assert";
import { calendarDay, daysBetween } from "@/lib/kernel/calendar";
import type { InvoiceId, TermId } from "@/lib/kernel/id";
import { type Currency, type Money, money, multiply } from "@/lib/kernel/money";
import { creditByNet } from "../invoice/tax";

/** A paid term whose rest a change of plan is about. Net, minor units, of the whole term. */
export interface ProratedTerm {
  readonly termId: TermId;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** What the whole term costs as it stands: its line's, or what the last change of it left. */
  readonly oldNetMinor: bigint;
  /** The new plan's price at the start of the term. */
  readonly newNetMinor: bigint;
}

/** What a change costs for the rest of one term. */
export interface TermChange {
  readonly term: ProratedTerm;
  /** Whole days of the billing time zone from the day of the change on, which is the first of them. */
  readonly remainingDays: number;
  readonly termDays: number;
  readonly credited: Money;
  readonly charged: Money;
}

/**
 * A change of plan at once: the rest of each paid term is credited at the old price and charged at the new one, each ×
 * remaining ÷ days of the term, rounded half-even (domain.md, Renewing); the tax is that of the invoice or credit note. Terms that are over are left out.
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
      const [credited, charged] = [restOf(term.oldNetMinor), restOf(term.newNetMinor)];
      return { term, remainingDays, termDays, credited, charged };
    });
}

/** What the change of one term comes to, before tax; below zero where the customer gets something back. */
export function netOf(change: TermChange): bigint {
  return change.charged.minor - change.credited.minor;
}

/** An invoice that paid for a term, and what of it is not credited yet. Minor units. */
export interface CreditSource {
  readonly invoiceId: InvoiceId;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  /** At which it billed the term: what is given back of it bears the same tax. */
  readonly ratePpm: number;
}

/** What is given back of one invoice. Minor units. */
export interface CreditPart {
  readonly invoiceId: InvoiceId;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
}

/**
 * From which invoices a net is given back: from the first as far as it goes, then from the next, each with the tax that goes
 * with it (domain.md, A2). Null if all of them together do not reach. Pure.
 */
export function creditParts(netMinor: bigint, sources: readonly CreditSource[]): CreditPart[] | null {
  let netLeft = netMinor;
  const parts: CreditPart[] = [];
  for (const source of sources) {
    const net = netLeft < source.netMinor ? netLeft : source.netMinor;
    if (net === 0n) continue;
    parts.push({ invoiceId: source.invoiceId, ...creditByNet(source, net) });
    netLeft -= net;
  }
  return netLeft === 0n ? parts : null;
}
