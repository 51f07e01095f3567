import type { ReservedSql, Sql } from "@/db/client";
import type { CustomerId, InvoiceId, RenewalId, ServiceId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { mailHourSql } from "../reminder/mail-hour";
import { begunServiceOf, type ServiceRecord } from "../scene";
import type { NextTermFacts } from "./decide-stop";

/** A service that may be stopped, with all that decides it. */
export interface NextTerm {
  customerId: CustomerId;
  service: ServiceRecord;
  currency: Currency;
  renewalId: RenewalId | null;
  invoiceId: InvoiceId | null;
  facts: NextTermFacts;
}

/** Names services, of one customer or of many. */
export interface ServiceRef {
  customerId: CustomerId;
  serviceId: ServiceId;
}

/** As they stand now, in the order of customers and services; those that neither run nor are suspended are left out. */
export function nextTerms(sql: Sql | ReservedSql, refs: readonly ServiceRef[]): Promise<NextTerm[]> {
  return read(sql, refs, "");
}

/** The same, with the services locked. The caller holds the locks of the customer's balances and invoices. */
export function lockNextTerms(sql: ReservedSql, refs: readonly ServiceRef[]): Promise<NextTerm[]> {
  return read(sql, refs, "for update of s");
}

async function read(
  sql: Sql | ReservedSql,
  refs: readonly ServiceRef[],
  lock: "" | "for update of s",
): Promise<NextTerm[]> {
  const named = JSON.stringify(
    refs.map(({ customerId, serviceId }) => ({ customer_id: customerId, id: serviceId })),
  );
  const rows = await sql.unsafe(`${text} ${lock}`, [named]);
  return rows.map((row) => ({
    customerId: row.customer_id,
    service: begunServiceOf(row),
    currency: row.currency,
    renewalId: row.renewal_id,
    invoiceId: row.invoice_id,
    facts: {
      state: row.state,
      expiresAt: row.expires_at,
      suspendedAt: row.suspended_at,
      holdUntil: row.suspension_hold_until,
      isToEnd: row.cancel_requested_at !== null,
      renewal: row.renewal_id && {
        state: row.renewal_state,
        ownGraceDays: row.own_grace_days,
        deferredUntil: row.deferred_until,
      },
      invoice: row.invoice_state && { state: row.invoice_state, dueOn: row.due_on },
      plan: { graceDays: row.grace_days, terminateDays: row.terminate_days },
      mailHour: row.mail_hour,
      announcedAt: { suspension: row.suspension_announced_at, termination: row.termination_announced_at },
      paying: row.is_unsure ? "unsure" : row.has_page ? "page" : "nothing",
    },
  }));
}

/**
 * A stage counts once its mail was taken, or recorded as undeliverable: it stands in the inbox since `created_at`. What was
 * announced before the term was billed anew named another day.
 */
const announcedAt = (kind: string) => `(
  select min(n.created_at) from reminders m
  join notices n on n.customer_id = m.customer_id and n.id = m.outbox_id and n.state in ('sent', 'bounced', 'undeliverable')
  where m.customer_id = s.customer_id and m.kind = '${kind}' and m.subject_id = r.id
    and (i.id is null or m.created_at > i.issued_at))`;

/**
 * What may pay is the payment that claims the invoice, or a top-up. Only Stripe knows of one that was just sent off, of a
 * delayed method and of a card that is being charged; a page waits for its customer.
 */
const text = `
  select s.customer_id, s.id, s.plan_id, s.label, s.state, s.currency, s.is_auto_renew, s.anchor_day, s.expires_at,
    s.suspended_at, s.suspension_hold_until, s.cancel_requested_at, p.grace_days, p.terminate_days, ${mailHourSql} as mail_hour,
    r.id as renewal_id, r.state as renewal_state, r.own_grace_days, r.deferred_until, i.id as invoice_id,
    i.state as invoice_state, i.due_on, ${announcedAt("suspension_ahead")} as suspension_announced_at,
    ${announcedAt("termination_ahead")} as termination_announced_at,
    exists (
      select from payments y where y.customer_id = s.customer_id and y.currency = s.currency and y.ended_at is null
        and (y.state in ('created', 'processing', 'unknown') or (y.state = 'sent' and y.payment_method_id is not null))
        and (y.kind = 'top_up' or exists (select from invoice_claims c where c.customer_id = y.customer_id
          and c.payment_id = y.id and c.invoice_id = r.invoice_id))) as is_unsure,
    exists (
      select from payments y join payment_shares h on h.customer_id = y.customer_id and h.payment_id = y.id
      where h.customer_id = s.customer_id and h.invoice_id = r.invoice_id and y.ended_at is null) as has_page
  from json_to_recordset($1::text::json) as t(customer_id uuid, id uuid)
  join services s on s.customer_id = t.customer_id and s.id = t.id and s.state in ('active', 'suspended')
  join plans p on p.id = s.plan_id
  left join renewals r on r.customer_id = s.customer_id and r.service_id = s.id and r.term_starts_at = s.expires_at
  left join invoices i on i.customer_id = r.customer_id and i.id = r.invoice_id and r.state = 'invoiced'
  order by s.customer_id, s.id`;
