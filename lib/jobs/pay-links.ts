import type { ReservedSql } from "@/db/client";
import { payLinkUrl } from "@/lib/billing/payment/pay-link";
import type { World } from "@/lib/billing/world";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import type { PayLinkLine } from "@/lib/mail/layout";

/** The pay links of those invoices on which something is still due, first due first. */
export async function openPayLinks(
  world: World,
  sql: ReservedSql,
  customerId: CustomerId,
  invoiceIds: readonly string[],
): Promise<PayLinkLine[]> {
  const rows = await sql`
    select i.id, i.number, coalesce(k.generation, 0)::int as generation from invoices i
    left join pay_links k on k.customer_id = i.customer_id and k.invoice_id = i.id
    where i.customer_id = ${customerId} and i.id = any(${[...invoiceIds]}::uuid[]) and i.state = 'open'
    order by i.due_at, i.number`;
  return rows.map(({ id, number, generation }) => ({
    number,
    url: payLinkUrl(world, { customerId, invoiceId: id as InvoiceId, generation }),
  }));
}
