import type { ReservedSql } from "@/db/client";
import { makeMailedPayLink } from "@/lib/billing/payment/mailed-pay-link";
import type { World } from "@/lib/billing/world";
import type { CustomerId, InvoiceId, UserId } from "@/lib/kernel/id";
import { type Currency, money } from "@/lib/kernel/money";
import { payingRoles } from "@/lib/kernel/paying-roles";
import type { PayLinkLine } from "@/lib/mail/layout";

/** Names the mail that a link stands in. */
export interface MailRef {
  customerId: CustomerId;
  /** Of its row in the outbox. */
  id: string;
}

/**
 * What the buttons of a mail pay: all of these invoices on which something is due, one link for each currency, first due
 * first. The mail's own link may use the balance if the mail goes to an owner or billing member; a copy's never does.
 */
export async function openPayLinks(
  world: World,
  sql: ReservedSql,
  { customerId, id: outboxId }: MailRef,
  invoiceIds: readonly string[],
): Promise<PayLinkLine[]> {
  const [rows, [payer], balances] = await Promise.all([
    sql`
      select i.id, i.currency, i.total_minor - i.amount_paid_minor - i.amount_credited_minor as remaining_minor
      from invoices i
      where i.customer_id = ${customerId} and i.id = any(${[...invoiceIds]}::uuid[]) and i.state = 'open'
      order by i.due_on, i.number`,
    sql`
      select m.user_id from customers c
      join users u on u.email = lower(c.email) and u.disabled_at is null
      join memberships m on m.customer_id = c.id and m.user_id = u.id and m.role = any(${[...payingRoles]}::text[])
      where c.id = ${customerId}`,
    sql`
      select currency, posted_minor - held_minor as available_minor from balances where customer_id = ${customerId}`,
  ]);
  const userId = (payer?.user_id as UserId | undefined) ?? null;
  const links: PayLinkLine[] = [];
  for (const currency of new Set(rows.map((row) => row.currency as Currency))) {
    const due = rows.filter((row) => row.currency === currency);
    const wish = { customerId, outboxId, currency, invoiceIds: due.map((row) => row.id as InvoiceId) };
    const totalMinor = due.reduce((total, row) => total + (row.remaining_minor as bigint), 0n);
    const available = balances.find((row) => row.currency === currency)?.available_minor ?? 0n;
    links.push({
      amount: money(totalMinor, currency),
      url: await makeMailedPayLink(world, sql, { ...wish, userId }),
      copyUrl: await makeMailedPayLink(world, sql, { ...wish, userId: null }),
      isFromBalance: userId !== null && available >= totalMinor,
    });
  }
  return links;
}
