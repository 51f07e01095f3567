import type { ReservedSql } from "@/db/client";
import { announcedFor, suspendsAt, terminatesAt } from "@/lib/billing/suspension/decide-stop";
import { type NextTerm, nextTerms } from "@/lib/billing/suspension/next-terms";
import type { World } from "@/lib/billing/world";
import type { CustomerId, ServiceId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import type { StopNews } from "@/lib/mail/stop-mail";
import type { OutboxRow } from "./notices";
import { type MailRef, openPayLinks } from "./pay-links";

/**
 * What an announcement has to say now. Null if there is nothing to say any more: it was paid or cancelled meanwhile, is
 * being paid by something of which only Stripe knows, or another worker tells it.
 */
export async function stopAheadNews(
  world: World,
  sql: ReservedSql,
  mail: MailRef,
  what: "suspensionAhead" | "terminationAhead",
  renewalIds: readonly string[],
): Promise<StopNews | null> {
  const { customerId } = mail;
  const rows = await sql`
    select service_id from renewals where customer_id = ${customerId} and id = any(${[...renewalIds]}::uuid[])`;
  const terms = await termsOf(
    sql,
    customerId,
    rows.map((row) => row.service_id),
  );
  const isTold = ({ renewalId, facts }: NextTerm) =>
    renewalId !== null && renewalIds.includes(renewalId) && facts.paying !== "unsure";
  const now = world.clock.now();
  const whenOf = ({ facts }: NextTerm) => {
    const at = (what === "suspensionAhead" ? suspendsAt : terminatesAt)(facts, world.timeZone);
    return at && announcedFor(at, facts, now);
  };
  return newsOf(world, sql, mail, what, terms.filter(isTold), whenOf);
}

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
  if (what === "suspended") {
    const terms = await termsOf(sql, customerId, ids);
    return newsOf(world, sql, { customerId, id }, what, terms, ({ facts }) => facts.suspendedAt);
  }
  const ended = await sql`
    select label from services
    where customer_id = ${customerId} and id = any(${ids}::uuid[]) and state = 'terminated' order by label`;
  const services = ended.map(({ label }) => ({ label, at: rows[0]?.created_at as Date, invoice: null }));
  return services.length > 0 ? { what, services, payLinks: [] } : null;
}

function termsOf(
  sql: ReservedSql,
  customerId: CustomerId,
  serviceIds: readonly ServiceId[],
): Promise<NextTerm[]> {
  return nextTerms(
    sql,
    [...new Set(serviceIds)].map((serviceId) => ({ customerId, serviceId })),
  );
}

async function newsOf(
  world: World,
  sql: ReservedSql,
  mail: MailRef,
  what: StopNews["what"],
  terms: readonly NextTerm[],
  whenOf: (term: NextTerm) => Date | null,
): Promise<StopNews | null> {
  const { customerId } = mail;
  const ids = terms.flatMap(({ invoiceId }) => invoiceId ?? []);
  const invoices = await sql`
    select id, number, currency, total_minor - amount_paid_minor - amount_credited_minor as remaining_minor from invoices
    where customer_id = ${customerId} and id = any(${ids}::uuid[]) and state = 'open'`;
  const services = terms
    .flatMap((term) => {
      const at = whenOf(term);
      const invoice = invoices.find((row) => row.id === term.invoiceId);
      const due = invoice && {
        number: invoice.number as string,
        amount: money(invoice.remaining_minor, invoice.currency),
      };
      return at ? [{ label: term.service.label, at, invoice: due ?? null }] : [];
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  if (services.length === 0) return null;
  return { what, services, payLinks: await openPayLinks(world, sql, mail, ids) };
}
