import type { ReservedSql } from "@/db/client";
import type { World } from "@/lib/billing/world";
import { type InvoiceId, isUuid, type PaymentId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { invoicesMost } from "./pay";
import { readAs } from "./scoped";
import type { CustomerActor, InvoiceState, PayPanel, PayRefusal } from "./shapes";
import { payPanel } from "./show-invoice";
import { portalWorld } from "./world";

/** What can be done about several open invoices of one currency, paid together (domain.md, Paying 9). */
export function showPayPanel(
  actor: CustomerActor,
  input: { invoiceIds: readonly string[] },
  world: World = portalWorld(),
): Promise<Result<PayPanel, PayRefusal>> {
  const ids = [...new Set(input.invoiceIds)];
  if (ids.length === 0) return Promise.resolve(refuse({ code: "nothing_chosen" }));
  if (ids.length > invoicesMost) {
    return Promise.resolve(refuse({ code: "too_many_invoices", most: invoicesMost }));
  }
  if (!ids.every(isUuid)) return Promise.resolve(refuse({ code: "invoice_not_found" }));
  return readAs(world, actor, async (sql) => {
    const refusal = await whyNot(sql, actor, ids as InvoiceId[]);
    return refusal ? refuse(refusal) : ok(await payPanel(sql, world, actor, ids as InvoiceId[], null));
  });
}

/** The first reason why these cannot be paid together; null if they can. */
async function whyNot(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  ids: readonly InvoiceId[],
): Promise<PayRefusal | null> {
  const rows = await sql`
    select i.number, i.state, i.currency, c.payment_id
    from invoices i left join invoice_claims c on c.customer_id = i.customer_id and c.invoice_id = i.id
    where i.customer_id = ${customerId} and i.id = any(${[...ids]}::uuid[]) order by i.due_on, i.id`;
  if (rows.length !== ids.length) return { code: "invoice_not_found" };
  const closed = rows.find((row) => row.state !== "open");
  if (closed) return { code: "invoice_not_open", number: closed.number, state: closed.state as InvoiceState };
  if (new Set(rows.map((row) => row.currency)).size > 1) return { code: "currencies_differ" };
  const claimed = rows.find((row) => row.payment_id !== null);
  return claimed ? { code: "payment_in_progress", paymentId: claimed.payment_id as PaymentId } : null;
}
