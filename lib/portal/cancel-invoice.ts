import { type CloseAndVoidRefusal, closeAndVoid } from "@/lib/billing/payment/close-and-void";
import type { World } from "@/lib/billing/world";
import { type InvoiceId, isUuid } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export interface Cancelled {
  number: string;
  /** Later renewals of the same services, cancelled with it. */
  also: string[];
  /** Money that lay on it and is on the balance again. */
  returned: Money;
  /** A renewal: ask whether auto-renew shall be switched off. */
  isRenewal: boolean;
}

export type CancelRefusal = CloseAndVoidRefusal;

/**
 * Cancels a customer's own open invoice of an order, or of a renewal whose term has not begun. An open payment is closed
 * at Stripe first; if it was paid meanwhile, that wins (domain.md, Cancelling; Paying 10).
 */
export async function cancelInvoice(
  actor: CustomerActor,
  { invoiceId }: { invoiceId: string },
  world: World = portalWorld(),
): Promise<Result<Cancelled, CancelRefusal>> {
  if (!isUuid(invoiceId)) return refuse({ code: "invoice_not_found" });
  const { customerId, userId } = actor;
  const voided = await closeAndVoid(world, world.app, {
    customerId,
    invoiceId: invoiceId as InvoiceId,
    actor: "customer",
    userId,
    reason: "canceled",
    note: "",
    permit: (sql) => may(sql, actor, "invoice.cancel"),
  });
  if (voided.kind === "refused") return refuse(voided.refusal);
  const { number, also, returnedMinor, currency, isRenewal } = voided;
  return ok({ number, also, returned: money(returnedMinor, currency), isRenewal });
}
