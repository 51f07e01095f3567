import { transact } from "@/db/transaction";
import { payLinkOf } from "@/lib/billing/payment/pay-link";
import { type RevokeRefusal, revokePayLinks } from "@/lib/billing/payment/revoke-pay-links";
import type { World } from "@/lib/billing/world";
import { type InvoiceId, isUuid } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type PayLinkRefusal = RevokeRefusal;

/** The pay link of one's own open invoice, to hand to whoever shall pay it. For roles that may pay themselves. */
export async function invoicePayLink(
  actor: CustomerActor,
  { invoiceId }: { invoiceId: string },
  world: World = portalWorld(),
): Promise<Result<{ url: string }, PayLinkRefusal>> {
  if (!isUuid(invoiceId)) return refuse({ code: "invoice_not_found" });
  const { customerId } = actor;
  return transact(world.app, actor, async ({ sql }) => {
    const [isPermitted, [invoice], url] = await Promise.all([
      may(sql, actor, "pay_link.share"),
      sql`select number, state from invoices where customer_id = ${customerId} and id = ${invoiceId}`,
      payLinkOf(world, sql, { customerId, invoiceId: invoiceId as InvoiceId }),
    ]);
    if (!isPermitted) return refuse({ code: "not_allowed" });
    if (!invoice) return refuse({ code: "invoice_not_found" });
    if (invoice.state !== "open") return refuse({ code: "invoice_not_open", number: invoice.number });
    return ok({ url });
  });
}

/** Ends the pay links of one's own open invoice, and makes a new one. For roles that may pay themselves. */
export async function renewPayLink(
  actor: CustomerActor,
  { invoiceId }: { invoiceId: string },
  world: World = portalWorld(),
): Promise<Result<{ url: string }, PayLinkRefusal>> {
  if (!isUuid(invoiceId)) return refuse({ code: "invoice_not_found" });
  const { customerId, userId } = actor;
  const revoked = await revokePayLinks(world, world.app, {
    customerId,
    invoiceId: invoiceId as InvoiceId,
    actor: "customer",
    userId,
    permit: (sql) => may(sql, actor, "pay_link.share"),
  });
  return revoked.kind === "refused" ? refuse(revoked.refusal) : ok({ url: revoked.url });
}
