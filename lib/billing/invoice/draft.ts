import { assert } from "@/lib/kernel/assert";
import type { CalendarDay, TermLength } from "@/lib/kernel/calendar";
import type { Clock } from "@/lib/kernel/clock";
import {
  type InvoiceId,
  type InvoiceLineId,
  newId,
  type PlanId,
  type RenewalId,
  type ServiceId,
} from "@/lib/kernel/id";
import { add, type Currency, type Money, money, multiply, sum } from "@/lib/kernel/money";

/** A line as it is asked for: net price of one, before tax. */
export interface LineDraft {
  kind: "order" | "renewal" | "other";
  description: string;
  quantity: number;
  unit: Money;
  /** If it is not the rate of the customer's country. Parts per million. */
  taxRatePpm?: number;
  service?: { id: ServiceId; planId: PlanId; term: TermLength };
  renewal?: { id: RenewalId; startsAt: Date; endsAt: Date };
}

export interface InvoiceDraft {
  /** If it is known already: of a draft that somebody wrote. */
  id?: InvoiceId;
  origin: "order" | "renewal" | "manual";
  currency: Currency;
  /** What it is for, in one line of a list. */
  summary: string;
  /** Printed below the lines. */
  note?: string;
  lines: readonly LineDraft[];
  dueOn: CalendarDay;
}

export interface PricedLine extends LineDraft {
  id: InvoiceLineId;
  net: Money;
  taxRatePpm: number;
  tax: Money;
}

export interface PricedInvoice extends Omit<InvoiceDraft, "lines" | "id"> {
  lines: PricedLine[];
  net: Money;
  tax: Money;
  total: Money;
}

/** Prices a draft: net = unit × quantity; tax per line, rounded half-even. Pure but for the ids. */
export function priceInvoice(draft: InvoiceDraft, countryRatePpm: number, clock: Clock): PricedInvoice {
  assert(draft.lines.length > 0, "an invoice is about something");
  const lines = draft.lines.map((line): PricedLine => {
    const net = money(line.unit.minor * BigInt(line.quantity), draft.currency);
    const taxRatePpm = line.taxRatePpm ?? countryRatePpm;
    const tax = multiply(net, BigInt(taxRatePpm), 1_000_000n);
    return { ...line, id: newId<InvoiceLineId>(clock), net, taxRatePpm, tax };
  });
  const net = sum(
    draft.currency,
    lines.map((line) => line.net),
  );
  const tax = sum(
    draft.currency,
    lines.map((line) => line.tax),
  );
  return { ...draft, lines, net, tax, total: add(net, tax) };
}
