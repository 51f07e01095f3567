import { transact } from "@/db/transaction";
import { waitAtBank } from "@/lib/billing/payment/reach-intent";
import { receiptOf } from "@/lib/billing/payment/receipt";
import { settle } from "@/lib/billing/payment/settle";
import { isFinal } from "@/lib/billing/payment/states";
import { readStillShort } from "@/lib/billing/payment/still-short";
import type { World } from "@/lib/billing/world";
import { type CustomerId, isUuid, type PaymentId } from "@/lib/kernel/id";
import { type Currency, money } from "@/lib/kernel/money";
import { declineReasonOf } from "./decline-reason";
import { readNotKept } from "./not-kept";
import { maySee } from "./permit";
import type { CustomerActor, PaymentOutcome } from "./shapes";
import { portalWorld } from "./world";

/**
 * What became of a payment, for the page to which Stripe sends people back. It asks Stripe itself and settles, without
 * waiting for the webhook, whoever asks: the payment's id is a secret of the one who paid. What it shows, it shows to
 * members of the payment's customer alone; null for everybody else, and for a payment that does not exist. Where Stripe may
 * not be asked now, it shows what is known, and a payment that is not over as one that is being confirmed.
 */
export async function paymentOutcome(
  actor: CustomerActor | null,
  paymentId: string,
  world: World = portalWorld(),
  mayAskStripe: () => Promise<boolean> = async () => true,
): Promise<PaymentOutcome | null> {
  if (!isUuid(paymentId)) return null;
  const id = paymentId as PaymentId;
  // The id is the browser's choice: another customer's payment may have it too, so the actor's own comes first.
  const [found] = await world.jobs.sql`
    select p.customer_id, p.created_at, p.state from payments p where p.id = ${id}
    order by p.customer_id = ${actor?.customerId ?? null} desc nulls last limit 1`;
  if (!found) return null;
  const customerId = found.customer_id as CustomerId;
  // What was paid is known for good; all else may have changed at Stripe.
  const isAsked = found.state === "succeeded" || (await mayAskStripe());
  const settled = isAsked ? await settle(world, { customerId, paymentId: id }) : null;
  if (!actor || actor.customerId !== customerId) return null;
  const url = settled?.kind === "settled" && settled.state === "requires_action" ? settled.checkoutUrl : null;
  if (url) await waitAtBank(world, { customerId, id }, url);
  return transact(world.app, actor, async ({ sql }) => {
    const [isMember, receipt, [payment], balances] = await Promise.all([
      maySee(sql, actor),
      receiptOf(sql, customerId, id),
      sql`
        select p.kind, p.state, p.currency, p.payment_method_id, p.failure_code, (
          select i.number from payment_shares s join invoices i on i.customer_id = s.customer_id and i.id = s.invoice_id
          where s.customer_id = p.customer_id and s.payment_id = p.id order by i.due_on desc limit 1) as number
        from payments p where p.customer_id = ${customerId} and p.id = ${id}`,
      sql`select currency, posted_minor - held_minor as available_minor from balances where customer_id = ${customerId}`,
    ]);
    if (!isMember || !payment || !receipt) return null;
    const about = {
      invoiceNumber: payment.number as string | null,
      isTopUp: payment.kind === "top_up",
    };
    if (payment.state === "succeeded") {
      const balance = balances.find(({ currency }) => currency === payment.currency);
      const available = money(balance?.available_minor ?? 0n, payment.currency as Currency);
      const stillShort = await readStillShort(sql, customerId, payment.currency);
      const notKept = await readNotKept(sql, customerId, id);
      return { ...about, kind: "paid", receipt, available, stillShort, notKept };
    }
    const isOpenPage =
      settled?.kind === "settled" && (payment.state === "sent" || payment.state === "requires_action");
    if (isFinal(payment.state) || isOpenPage) {
      const resumeUrl = isOpenPage && settled?.kind === "settled" ? settled.checkoutUrl : null;
      const isDeclined = payment.state === "failed" && payment.payment_method_id !== null;
      const declined = isDeclined ? declineReasonOf(payment.failure_code) : null;
      return { ...about, kind: "nothing_taken", state: payment.state, resumeUrl, declined };
    }
    return { ...about, kind: "confirming", since: found.created_at };
  });
}
