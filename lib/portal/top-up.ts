import { ensureStripeCustomer } from "@/lib/billing/payment/ensure-stripe-customer";
import { sendPayment } from "@/lib/billing/payment/reach-payment";
import { readPayment } from "@/lib/billing/payment/settle";
import { startTopUp, type TopUpInput, type TopUpStartRefusal } from "@/lib/billing/payment/start-top-up";
import type { World } from "@/lib/billing/world";
import { type InvoiceId, isUuid, type PaymentId } from "@/lib/kernel/id";
import { isCurrency, type MoneyRefusal, parseMoney } from "@/lib/kernel/money";
import { type Result, refuse } from "@/lib/kernel/result";
import { type ChargeChoice, wayOf } from "./charge-choice";
import { goOn, lead } from "./lead";
import { may } from "./permit";
import type { CustomerActor, PayOutcome, PayRefusal } from "./shapes";
import { portalWorld } from "./world";

export interface TopUpWish extends ChargeChoice {
  /** Made once for each form shown: a double click or a reload is the same payment. */
  paymentId: string;
  currency: string;
  /** As a person types it: "20", "12.50". */
  amount: string;
  /** The invoice from which it was begun, which it settles first. */
  invoiceId?: string | null;
}

export type TopUpRefusal = TopUpStartRefusal | MoneyRefusal | PayRefusal;

/**
 * Raises the balance through Stripe. When the money has arrived it settles what waits for it, in the same transaction:
 * first the invoice it was begun from, then open auto-renew invoices (domain.md, Renewing).
 */
export async function topUp(
  actor: CustomerActor,
  wish: TopUpWish,
  world: World = portalWorld(),
): Promise<Result<PayOutcome, TopUpRefusal>> {
  if (!isCurrency(wish.currency)) return refuse({ code: "currencies_differ" });
  const amount = parseMoney(wish.amount, wish.currency);
  if (!amount.ok) return amount;
  if (!isUuid(wish.paymentId)) return refuse({ code: "payment_id_used" });
  if (wish.invoiceId && !isUuid(wish.invoiceId)) return refuse({ code: "invoice_not_found" });
  const way = wayOf(wish);
  if (!way.ok) return way;
  const { customerId, userId } = actor;
  const input: TopUpInput = {
    customerId,
    userId,
    paymentId: wish.paymentId as PaymentId,
    amount: amount.value,
    way: way.value,
    invoiceId: (wish.invoiceId ?? null) as InvoiceId | null,
    permit: (sql) => may(sql, actor, "balance.top_up"),
  };
  let started = await startTopUp(world, input);
  if (started.kind === "unknown_to_stripe") {
    const stripe = await ensureStripeCustomer(world, customerId, input.permit);
    if (stripe.kind === "not_allowed") return refuse({ code: "not_allowed" });
    if (stripe.kind === "refused") return refuse({ code: "gateway_refused" });
    if (stripe.kind === "unknown") return refuse({ code: "gateway_unreachable" });
    started = await startTopUp(world, input);
  }
  switch (started.kind) {
    case "refused":
      return refuse(started.refusal);
    case "repeated":
      return goOn(world, started.payment);
    case "unknown_to_stripe":
      return refuse({ code: "gateway_unreachable" });
    case "stored": {
      const payment = await readPayment(world, { customerId, paymentId: input.paymentId });
      if (!payment) throw new Error("a payment that was stored is there");
      return lead(world, payment, await sendPayment(world, payment));
    }
  }
}
