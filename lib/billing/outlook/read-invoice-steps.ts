import type { ReservedSql, Sql } from "@/db/client";
import type { CustomerId, InvoiceId, ServiceId } from "@/lib/kernel/id";
import { hasAutoPay, renewsByItself, willBeCharged } from "../auto-pay/will-be-charged";
import { daysFromDue } from "../invoice/days-from-due";
import { readMailHour } from "../reminder/mail-hour";
import { hostReminderDays, planReminderDays } from "../reminder/reminder-days";
import { suspendsAt, suspensionPutOffBy, terminatesAt } from "../suspension/decide-stop";
import { nextTerms } from "../suspension/next-terms";
import { dayBefore } from "../suspension/stop-days";
import type { World } from "../world";
import { type InvoiceStep, nextInvoiceSteps } from "./next-invoice-steps";

/**
 * What happens to an invoice next, as it stands now; nothing for one that is not open, or that a payment is paying. Without
 * locks: to show.
 */
export async function readInvoiceSteps(
  sql: Sql | ReservedSql,
  { clock, timeZone }: Pick<World, "clock" | "timeZone">,
  { customerId, invoiceId }: { customerId: CustomerId; invoiceId: InvoiceId },
): Promise<InvoiceStep[]> {
  const now = clock.now();
  const last = (kind: string) => sql`(
    select max(stage) from reminders r
    where r.customer_id = i.customer_id and r.kind = ${kind} and r.subject_id = i.id)`;
  const [ofHost, mailHour] = [await hostReminderDays(sql), await readMailHour(sql)];
  const [row] = await sql`
    select i.origin, i.due_on, ${willBeCharged(sql, now, timeZone)} as is_charged, ${last("invoice_due")} as last_due,
      (select min(r.created_at) from reminders r where r.customer_id = i.customer_id and r.kind = 'invoice_issued'
        and r.subject_id = i.id) as issue_told_at,
      ${renewsByItself(sql)} as is_auto_renew,
      ${hasAutoPay(sql, sql`i.customer_id`, now, timeZone)} as has_auto_pay, ${planReminderDays(sql)} as days, array(select distinct l.service_id from invoice_lines l where l.customer_id = i.customer_id
        and l.invoice_id = i.id and l.kind = 'renewal') as service_ids
    from invoices i where i.customer_id = ${customerId} and i.id = ${invoiceId} and i.state = 'open'
      and not exists (select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id)`;
  if (!row) return [];
  const terms = await nextTerms(
    sql,
    (row.service_ids as ServiceId[]).map((serviceId) => ({ customerId, serviceId })),
  );
  const own = terms.filter((term) => term.invoiceId === invoiceId);
  const stops = own
    .flatMap(({ facts }) => {
      const at = suspendsAt(facts, timeZone);
      return at ? [{ at, putOffBy: suspensionPutOffBy(facts, timeZone) }] : [];
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const ends = own
    .flatMap(({ facts }) => {
      const suspendedAt = facts.suspendedAt ?? suspendsAt(facts, timeZone);
      return (suspendedAt && terminatesAt({ ...facts, state: "suspended", suspendedAt }, timeZone)) || [];
    })
    .sort((a, b) => a.getTime() - b.getTime());
  const invoice = {
    origin: row.origin,
    dueOn: row.due_on,
    hasAutoPay: row.has_auto_pay && row.is_auto_renew,
    isCharged: row.is_charged,
    lastDue: row.last_due,
    issueTold: row.issue_told_at && daysFromDue(row.due_on, row.issue_told_at, timeZone),
    mailHour,
    stages: row.days ?? ofHost,
    payBy: stops[0] ? dayBefore(stops[0].at, timeZone) : null,
    suspendsAt: stops[0]?.at ?? null,
    terminatesAt: ends[0] ?? null,
    putOffBy: stops[0]?.putOffBy ?? null,
  };
  return nextInvoiceSteps(invoice, now, timeZone);
}
