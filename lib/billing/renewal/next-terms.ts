import type { ReservedSql } from "@/db/client";
import { type CalendarDay, type TermLength, termEnd } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId, PlanId, RenewalId, ServiceId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { ServiceState } from "../service/states";
import { type ListPrice, priceOfTerm } from "./term-prices";

/** The most terms that are renewed in one go. */
export const termsMost = 12;

/** A service as it is renewed by hand. Minor units, net. */
export interface RenewableService {
  id: ServiceId;
  planId: PlanId;
  label: string;
  state: ServiceState;
  currency: Currency;
  expiresAt: Date | null;
  anchorDay: number | null;
  /** It ends with its last paid term, on the customer's wish. */
  isEnding: boolean;
  plan: { name: string; term: TermLength };
  prices: readonly ListPrice[];
  /** Of terms that are not paid: what bills them, and open renewals that nothing bills. */
  renewals: readonly {
    id: RenewalId;
    startsAt: Date;
    state: "due" | "invoiced" | "paid" | "declined" | "lapsed";
    dueOn: CalendarDay | null;
    invoice: {
      id: InvoiceId;
      number: string;
      dueOn: CalendarDay;
      remainingMinor: bigint;
      endsAt: Date;
    } | null;
  }[];
}

/** A term that is renewed: by an invoice that is open already, or one to be issued. */
export type NextTerm =
  | {
      kind: "open";
      startsAt: Date;
      endsAt: Date;
      invoiceId: InvoiceId;
      number: string;
      remainingMinor: bigint;
    }
  | {
      kind: "new";
      startsAt: Date;
      endsAt: Date;
      /** Net. */
      priceMinor: bigint;
      /** A renewal that is there already: declined, or given back. */
      renewalId: RenewalId | null;
      /** The first due day of one that was declined. */
      dueOn: CalendarDay | null;
    };

/**
 * The next terms of a service, as many as asked for: first those whose invoices are open, then one invoice for each after
 * them (domain.md, Renewing, "Renew now"). Null where the service cannot be renewed: it does not run, it ends on the
 * customer's wish, or a term has no price. Pure.
 */
export function nextTerms(service: RenewableService, count: number, timeZone: string): NextTerm[] | null {
  const { state, expiresAt, anchorDay, isEnding, plan } = service;
  const runs = state === "active" || state === "suspended";
  if (!runs || isEnding || !expiresAt || anchorDay === null) return null;
  const terms: NextTerm[] = [];
  let startsAt = expiresAt;
  while (terms.length < count) {
    const from = startsAt.getTime();
    const renewal = service.renewals.find((one) => one.startsAt.getTime() === from);
    const invoice = renewal?.state === "invoiced" ? renewal.invoice : null;
    if (invoice) {
      const { id: invoiceId, number, remainingMinor, endsAt } = invoice;
      terms.push({ kind: "open", startsAt, endsAt, invoiceId, number, remainingMinor });
      startsAt = endsAt;
      continue;
    }
    // What costs nothing is not renewed ahead of its day.
    const priceMinor = priceOfTerm(service.prices, startsAt)?.priceMinor;
    const isFree = renewal === undefined || renewal.state === "due" || renewal.state === "declined";
    if (!priceMinor || !isFree) return null;
    const endsAt = termEnd(startsAt, plan.term, anchorDay, timeZone);
    terms.push({
      kind: "new",
      startsAt,
      endsAt,
      priceMinor,
      renewalId: renewal?.id ?? null,
      dueOn: renewal?.dueOn ?? null,
    });
    startsAt = endsAt;
  }
  return terms;
}

/**
 * Reads a service as it is renewed by hand, with the plan of its terms to come; null if the customer has none of that id.
 * Without locks.
 */
export async function readRenewable(
  sql: ReservedSql,
  customerId: CustomerId,
  id: ServiceId,
): Promise<RenewableService | null> {
  const [[row], prices, renewals] = await Promise.all([
    sql`
      select s.id, p.id as plan_id, s.label, s.state, s.currency, s.expires_at, s.anchor_day,
        s.cancel_requested_at is not null as is_ending, p.name, p.term_unit, p.term_count
      from services s join plans p on p.id = coalesce(s.next_plan_id, s.plan_id)
      where s.customer_id = ${customerId} and s.id = ${id}`,
    sql`
      select x.valid_from, x.price_minor from plan_prices x
      join services s on coalesce(s.next_plan_id, s.plan_id) = x.plan_id and s.currency = x.currency
      where s.customer_id = ${customerId} and s.id = ${id}`,
    sql`
      select r.id, r.term_starts_at, r.state, r.due_on as first_due_on, i.id as invoice_id, i.number, i.due_on, i.state as invoice_state,
        i.total_minor - i.amount_paid_minor - i.amount_credited_minor as remaining_minor, l.term_ends_at
      from renewals r
      join services s on s.customer_id = r.customer_id and s.id = r.service_id and r.term_starts_at >= s.expires_at
      left join invoices i on i.customer_id = r.customer_id and i.id = r.invoice_id
      left join invoice_lines l on l.customer_id = r.customer_id and l.invoice_id = i.id and l.renewal_id = r.id
      where r.customer_id = ${customerId} and r.service_id = ${id} order by r.term_starts_at`,
  ]);
  if (!row) return null;
  return {
    id: row.id,
    planId: row.plan_id,
    label: row.label,
    state: row.state,
    currency: row.currency,
    expiresAt: row.expires_at,
    anchorDay: row.anchor_day,
    isEnding: row.is_ending,
    plan: { name: row.name, term: { unit: row.term_unit, count: row.term_count } },
    prices: prices.map((price) => ({ validFrom: price.valid_from, priceMinor: price.price_minor })),
    renewals: renewals.map((one) => ({
      id: one.id,
      startsAt: one.term_starts_at,
      state: one.state,
      dueOn: one.first_due_on,
      invoice:
        one.invoice_state === "open"
          ? {
              id: one.invoice_id,
              number: one.number,
              dueOn: one.due_on,
              remainingMinor: one.remaining_minor,
              endsAt: one.term_ends_at,
            }
          : null,
    })),
  };
}
