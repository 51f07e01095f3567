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
import { add, type Currency, type Money, money, sum } from "@/lib/kernel/money";
import { taxLines, timesQuantity } from "./tax";
import { ratePpmOf, type TaxRule } from "./tax-rule";

/** A line as it is asked for. */
export interface LineDraft {
  kind: "order" | "renewal" | "other";
  description: string;
  /** How many, a decimal such as "2.5". */
  quantity: number | string;
  unit: Money;
  /** The unit price has its tax in it. */
  includesTax?: boolean;
  /** If it is not the rate of the customer's country at its tax point. Parts per million. */
  taxRatePpm?: number;
  service?: { id: ServiceId; planId: PlanId; term: TermLength };
  renewal?: { id: RenewalId; startsAt: Date; endsAt: Date };
  /** Of a line that is no renewal, the time that it is about. */
  period?: { startsAt: Date; endsAt: Date };
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

/**
 * Prices a draft, as an invoice, a quote or a forecast of it: the rate of each line by its own period, tax for each rate
 * rounded once (domain.md, A2). Pure but for the ids.
 */
export function priceInvoice(
  draft: InvoiceDraft,
  rule: TaxRule,
  { clock, now }: { clock: Clock; now: Date },
): PricedInvoice {
  const { currency } = draft;
  assert(draft.lines.length > 0, "an invoice is about something");
  const taxable = draft.lines.map((line) => ({
    amountMinor: timesQuantity(line.unit.minor, line.quantity),
    ratePpm: line.taxRatePpm ?? ratePpmOf(rule, periodOf(line), now),
    includesTax: line.includesTax === true,
  }));
  const taxed = taxLines(taxable);
  const lines = draft.lines.map((line, index): PricedLine => {
    const { netMinor = 0n, taxMinor = 0n } = taxed[index] ?? {};
    const taxRatePpm = taxable[index]?.ratePpm ?? 0;
    const [net, tax] = [money(netMinor, currency), money(taxMinor, currency)];
    return { ...line, id: newId<InvoiceLineId>(clock), net, taxRatePpm, tax };
  });
  const net = sum(
    currency,
    lines.map((line) => line.net),
  );
  const tax = sum(
    currency,
    lines.map((line) => line.tax),
  );
  return { ...draft, lines, net, tax, total: add(net, tax) };
}

/** Null where a line has none: of what is sold once, and of an order, whose term begins when it is paid. */
export function periodOf({ renewal, period }: LineDraft): { startsAt: Date; endsAt: Date } | null {
  return renewal ?? period ?? null;
}
