import { closePayment } from "@/lib/billing/payment/close-payment";
import { isFinal } from "@/lib/billing/payment/states";
import { type VoidInput, type VoidRefusal, voidInvoice } from "@/lib/billing/payment/void-invoice";
import type { World } from "@/lib/billing/world";
import { type InvoiceId, isUuid, type PaymentId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { mayPay } from "./permit";
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

export type CancelRefusal =
  | VoidRefusal
  /** Stripe took the payment that was under way before it could be closed: the invoice is paid. */
  | { code: "paid_meanwhile" }
  /** Stripe cannot say yet what becomes of the payment under way. */
  | { code: "payment_in_progress"; paymentId: PaymentId };

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
  const input: VoidInput = {
    customerId,
    invoiceId: invoiceId as InvoiceId,
    actor: "customer",
    userId,
    reason: "canceled",
    note: "",
    permit: (sql) => mayPay(sql, actor),
  };
  let voided = await voidInvoice(world, world.app, input);
  if (voided.kind === "claimed") {
    for (const paymentId of voided.by) {
      const closed = await closePayment(world, { customerId, paymentId });
      if (closed.kind !== "settled" || !isFinal(closed.state)) {
        return refuse({ code: "payment_in_progress", paymentId });
      }
      if (closed.state === "succeeded") return refuse({ code: "paid_meanwhile" });
    }
    voided = await voidInvoice(world, world.app, input);
  }
  switch (voided.kind) {
    case "refused":
      return refuse(voided.refusal);
    case "claimed":
      return refuse({ code: "payment_in_progress", paymentId: voided.by[0] as PaymentId });
    case "voided": {
      const { number, also, returnedMinor, currency, isRenewal } = voided;
      return ok({ number, also, returned: money(returnedMinor, currency), isRenewal });
    }
  }
}
