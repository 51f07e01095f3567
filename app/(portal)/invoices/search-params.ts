import { type DayRange, parseDayRange } from "@/lib/kernel/calendar";
import { parseId, type ServiceId } from "@/lib/kernel/id";
import type { InvoiceFilter, InvoiceStatus } from "@/lib/portal/shapes";

/** Amounts of a list in several currencies, as plain decimal text with a point: no Money yet. */
interface AmountRange {
  from: string | null;
  to: string | null;
}

export type RawSearchParams = Record<string, string | string[] | undefined>;

const statuses = {
  open: true,
  past_due: true,
  partly_paid: true,
  in_progress: true,
  paid: true,
  void: true,
  written_off: true,
} as const satisfies Record<InvoiceStatus, true>;

/** The list that an address asks for. What is not understood is left out, so that an old or mangled link shows more, never an error. */
export function parseInvoiceFilter(raw: RawSearchParams): InvoiceFilter {
  const { from, to } = daysIn(raw);
  const amounts = amountsIn(raw);
  return {
    status: [...new Set(all(raw.status).filter(isStatus))],
    issuedFrom: from,
    issuedTo: to,
    amountFrom: amounts.from,
    amountTo: amounts.to,
    serviceId: parseId<ServiceId>(one(raw.service)),
    text: one(raw.q).trim().slice(0, 100) || null,
    sort: one(raw.sort) === "due" ? "due" : "issued",
    cursor: one(raw.cursor) || null,
  };
}

/** Days of issue that end before they begin: the list leaves them out, its form says so. */
export function refusedDays(raw: RawSearchParams): DayRange | null {
  return daysIn(raw).refused;
}

/** Amounts of which the least is above the most: left out likewise. */
export function refusedAmounts(raw: RawSearchParams): AmountRange | null {
  return amountsIn(raw).refused;
}

/** As pages get it: a name that comes several times has all its values. */
export function queryOf(params: URLSearchParams): RawSearchParams {
  return Object.fromEntries([...new Set(params.keys())].map((name) => [name, params.getAll(name)]));
}

/** The address of a list, or of what is made of it; the same filter has one spelling. */
export function invoicesHref(filter: InvoiceFilter, path = "/invoices"): string {
  const params = new URLSearchParams();
  for (const status of filter.status) params.append("status", status);
  const rest = {
    from: filter.issuedFrom,
    to: filter.issuedTo,
    min: filter.amountFrom,
    max: filter.amountTo,
    service: filter.serviceId,
    q: filter.text,
    sort: filter.sort === "issued" ? null : filter.sort,
    cursor: filter.cursor,
  };
  for (const [name, value] of Object.entries(rest)) if (value !== null) params.set(name, value);
  const query = params.toString();
  return query ? `${path}?${query}` : path;
}

function isStatus(text: string): text is InvoiceStatus {
  return Object.hasOwn(statuses, text);
}

function all(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}

function one(value: string | string[] | undefined): string {
  return all(value)[0] ?? "";
}

function daysIn(raw: RawSearchParams) {
  return parseDayRange(one(raw.from), one(raw.to));
}

function amountsIn(raw: RawSearchParams): AmountRange & { refused: AmountRange | null } {
  const range = { from: amountIn(raw.min), to: amountIn(raw.max) };
  if (range.from === null || range.to === null || thousandths(range.from) <= thousandths(range.to)) {
    return { ...range, refused: null };
  }
  return { from: null, to: null, refused: range };
}

function amountIn(value: string | string[] | undefined): string | null {
  const text = one(value).trim().replace(",", ".");
  return /^[0-9]{1,12}(\.[0-9]{1,3})?$/.test(text) ? text : null;
}

function thousandths(text: string): bigint {
  const [whole = "0", part = ""] = text.split(".");
  return BigInt(whole + part.padEnd(3, "0"));
}
