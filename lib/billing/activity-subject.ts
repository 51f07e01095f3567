import type { Fragment } from "postgres";
import { isCurrency, type Money, money } from "@/lib/kernel/money";

/** What something was done to: an invoice, a service or a payment, under the name that people know it by. */
export type ActivitySubject =
  | { kind: "invoice"; number: string }
  | { kind: "service"; id: string; label: string }
  | { kind: "payment"; id: string };

export interface Subject {
  subject: ActivitySubject | null;
  /** How much it was about; null where it was not about an amount. */
  amount: Money | null;
}

type FragmentMaker = (template: TemplateStringsArray) => Fragment;

/** The joins and columns by which a query over `activities a` tells what each row is about; read by `subjectOf`. */
export function subjectParts(sql: FragmentMaker): { columns: Fragment; joins: Fragment } {
  return {
    columns: sql`
      si.number as subject_number, ss.id as subject_service, ss.label as subject_label, sp.id as subject_payment,
      coalesce(a.detail ->> 'amountMinor', case
        when a.verb in ('invoice_issued', 'invoice_paid', 'invoice_voided', 'invoice_completed_again') then
          si.total_minor::text
        when a.verb in ('payment_started', 'auto_pay_started', 'top_up_started') and si.id is not null then (
          select (h.balance_minor + h.card_minor + h.bank_minor)::text from payment_shares h
          where h.customer_id = a.customer_id and h.payment_id = (a.detail ->> 'paymentId')::uuid and h.invoice_id = si.id)
        else (sp.balance_minor + sp.card_minor + sp.bank_minor)::text end) as subject_minor,
      coalesce(a.detail ->> 'currency', si.currency, sp.currency) as subject_currency`,
    joins: sql`
      left join invoices si on a.subject = 'invoice' and si.customer_id = a.customer_id and si.id = a.subject_id
      left join services ss on a.subject = 'service' and ss.customer_id = a.customer_id and ss.id = a.subject_id
      left join payments sp on sp.customer_id = a.customer_id and sp.id = case when a.subject = 'payment' then a.subject_id
        when starts_with(a.verb, 'payment_ruling_') then (a.detail ->> 'paymentId')::uuid end`,
  };
}

/** A row with the columns of `subjectParts`. */
export function subjectOf(row: Record<string, unknown>): Subject {
  const { subject_minor: minor, subject_currency: currency } = row as Record<string, string | null>;
  const amount = minor && currency && isCurrency(currency) ? money(BigInt(minor), currency) : null;
  if (row.subject_number) {
    return { subject: { kind: "invoice", number: row.subject_number as string }, amount };
  }
  if (row.subject_service) {
    const label = row.subject_label as string;
    return { subject: { kind: "service", id: row.subject_service as string, label }, amount };
  }
  if (row.subject_payment) return { subject: { kind: "payment", id: row.subject_payment as string }, amount };
  return { subject: null, amount };
}
