import type { ReservedSql } from "@/db/client";
import { addDays } from "@/lib/kernel/calendar";
import type { CustomerId, ServiceId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { isUnderWay } from "../invoice/invoice-status";
import { type PutOffBy, suspendsAt, suspensionPutOffBy, terminatesAt } from "./decide-stop";
import { nextTerms } from "./next-terms";

/** A service that is about to be stopped, or is suspended: what happens when, and what mends it. */
export interface Suspension {
  serviceId: ServiceId;
  label: string;
  /** Suspended at that instant if nothing happens, or terminated where it is suspended already. */
  at: Date;
  isSuspended: boolean;
  /** Who put its suspension off; null where nobody did. */
  putOffBy: PutOffBy | null;
  /** Of an invoice that is being paid, a payment is under way at Stripe or the bank. */
  invoice: { number: string; remaining: Money; isBeingPaid: boolean } | null;
  /** The days by which the customer may delay it now; null where their plan has none left. */
  ownGraceDays: number | null;
}

/** How far ahead a suspension is shown, in days. */
const shownDaysAhead = 7;

/** What of a customer's is suspended, and what will be within a week, soonest first. */
export async function readSuspensions(
  sql: ReservedSql,
  customerId: CustomerId,
  { now, timeZone }: { now: Date; timeZone: string },
): Promise<Suspension[]> {
  const until = addDays(now, shownDaysAhead, timeZone);
  const rows = await sql`
    select s.id, p.own_grace_days from services s join plans p on p.id = s.plan_id
    where s.customer_id = ${customerId} and (s.state = 'suspended' or (s.state = 'active' and s.expires_at <= ${until}))
    order by s.expires_at, s.id limit 100`;
  const terms = await nextTerms(
    sql,
    rows.map((row) => ({ customerId, serviceId: row.id })),
  );
  const ids = terms.flatMap(({ invoiceId }) => invoiceId ?? []);
  const invoices = await sql`
    select id, number, currency, total_minor - amount_paid_minor - amount_credited_minor as remaining_minor,
      exists (select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id
        and ${isUnderWay(sql)}) as is_being_paid
    from invoices i where customer_id = ${customerId} and id = any(${ids}::uuid[]) and state = 'open'`;
  const isAnySuspended = terms.some(({ facts }) => facts.state === "suspended");
  return terms
    .flatMap((term): Suspension[] => {
      const { facts, service } = term;
      const isSuspended = facts.state === "suspended";
      const at = isSuspended ? terminatesAt(facts, timeZone) : suspendsAt(facts, timeZone);
      if (!at || (!isSuspended && (at > until || facts.expiresAt > now))) return [];
      const invoice = invoices.find((row) => row.id === term.invoiceId);
      const days = rows.find((row) => row.id === service.id)?.own_grace_days as number;
      const mayTake = !isAnySuspended && invoice && facts.renewal?.ownGraceDays === 0 && days > 0;
      return [
        {
          serviceId: service.id,
          label: service.label,
          at,
          isSuspended,
          putOffBy: suspensionPutOffBy(facts, timeZone),
          invoice: invoice
            ? {
                number: invoice.number,
                remaining: money(invoice.remaining_minor, invoice.currency),
                isBeingPaid: invoice.is_being_paid,
              }
            : null,
          ownGraceDays: mayTake ? days : null,
        },
      ];
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}
