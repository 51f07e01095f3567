import type { ReservedSql } from "@/db/client";
import { terminatesAt } from "@/lib/billing/suspension/decide-stop";
import { nextTerms } from "@/lib/billing/suspension/next-terms";
import type { World } from "@/lib/billing/world";
import { calendarDay } from "@/lib/kernel/calendar";
import type { ServiceId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import type { StopNews } from "@/lib/mail/stop-mail";
import type { OutboxRow } from "./notices";
import { type MailRef, openPayLinks } from "./pay-links";

const whatOf: Record<string, "suspended" | "terminated"> = {
  "service.suspended": "suspended",
  "service.terminated": "terminated",
};

/** Whether a row of the outbox says that a service was stopped. */
export function isAboutStop(row: OutboxRow): boolean {
  return row.topic in whatOf;
}

/**
 * What there is to say of services that were stopped: all that were in one moment, in the mail of the first of them. Null
 * for the others, and where they are taken up again.
 */
export async function stoppedNews(
  world: World,
  sql: ReservedSql,
  { customerId, id, topic }: OutboxRow,
): Promise<StopNews | null> {
  const rows = await sql`
    select o.id, o.payload->>'serviceId' as service_id, o.created_at from outbox o
    join outbox this on this.customer_id = o.customer_id and this.id = ${id}
    where o.customer_id = ${customerId} and o.topic = ${topic} and o.created_at = this.created_at order by o.id`;
  const what = whatOf[topic];
  if (rows[0]?.id !== id || !what) return null;
  const ids = rows.map((row) => row.service_id as ServiceId);
  if (what === "suspended") return suspendedNews(world, sql, { customerId, id }, ids);
  const ended = await sql`
    select label from services
    where customer_id = ${customerId} and id = any(${ids}::uuid[]) and state = 'terminated' order by label`;
  const on = calendarDay(rows[0]?.created_at, world.timeZone);
  const services = ended.map(({ label }) => ({ label, on, invoice: null, terminatesOn: null }));
  return services.length > 0 ? { what, services, payLinks: [] } : null;
}

async function suspendedNews(
  world: World,
  sql: ReservedSql,
  mail: MailRef,
  serviceIds: readonly ServiceId[],
): Promise<StopNews | null> {
  const { customerId } = mail;
  const { timeZone } = world;
  const terms = await nextTerms(
    sql,
    [...new Set(serviceIds)].map((serviceId) => ({ customerId, serviceId })),
  );
  const ids = terms.flatMap(({ invoiceId }) => invoiceId ?? []);
  const invoices = await sql`
    select id, number, currency, total_minor - amount_paid_minor - amount_credited_minor as remaining_minor from invoices
    where customer_id = ${customerId} and id = any(${ids}::uuid[]) and state = 'open'`;
  const services = terms
    .flatMap(({ service, invoiceId, facts }) => {
      if (!facts.suspendedAt) return [];
      const invoice = invoices.find((row) => row.id === invoiceId);
      const terminates = terminatesAt(facts, timeZone);
      return [
        {
          label: service.label,
          on: calendarDay(facts.suspendedAt, timeZone),
          invoice: invoice
            ? { number: invoice.number as string, amount: money(invoice.remaining_minor, invoice.currency) }
            : null,
          terminatesOn: terminates && calendarDay(terminates, timeZone),
        },
      ];
    })
    .sort((a, b) => (a.on < b.on ? -1 : 1));
  if (services.length === 0) return null;
  return { what: "suspended", services, payLinks: await openPayLinks(world, sql, mail, ids) };
}
