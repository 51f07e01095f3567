import type { ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import { type CustomerId, type InvoiceId, newId, type PaymentId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { autoChargeCard } from "../card/auto-charge-card";
import { Decision, remainingMinor } from "../decision";
import { byDue } from "../invoice/days-from-due";
import { isAutoRenew, payFromBalanceNow } from "../payment/balance-payment";
import { contentHash } from "../payment/content-hash";
import { addExternalPayment } from "../payment/external-payment";
import { planPayment } from "../payment/plan";
import { seeInvoices, settleAndTell } from "../payment/settle-what-waits";
import { write } from "../payment/write";
import { type InvoiceRecord, lockBalances } from "../scene";
import type { World } from "../world";

export type AutoPaymentStarted =
  /** Stored, with its holds and claims: now Stripe may be called. */
  | { kind: "stored"; paymentId: PaymentId }
  /** The balance covers it: paid in this very transaction. */
  | { kind: "paid" }
  /** Nothing to charge, or nobody to charge, as things stand under lock. */
  | { kind: "nothing" };

/**
 * Starts a payment of auto-pay: what is available first, the card for the rest (domain.md, Renewing). All that allowed it
 * is looked at again under lock: auto-pay and its card, auto-renew of each service, that nothing else pays the invoices.
 */
export function startAutoPayment(
  world: World,
  wish: { customerId: CustomerId; currency: Currency; invoiceIds: readonly InvoiceId[] },
): Promise<AutoPaymentStarted> {
  const { customerId } = wish;
  return transact(world.jobs, { customerId }, (tx) => startLocked(world, tx, wish));
}

async function startLocked(
  world: World,
  tx: Transaction,
  { customerId, currency, invoiceIds }: Parameters<typeof startAutoPayment>[1],
): Promise<AutoPaymentStarted> {
  const { clock, timeZone } = world;
  const now = clock.now();
  const [balances, [customer], auto, open, topUps] = await Promise.all([
    lockBalances(tx.sql, customerId),
    tx.sql`select stripe_customer_id, locale from customers where id = ${customerId} and closed_at is null`,
    autoChargeCard(tx.sql, customerId, { now, timeZone }),
    tx.sql`
      select id from invoices
      where customer_id = ${customerId} and state = 'open' and origin = 'renewal' and currency = ${currency}`,
    openTopUps(tx.sql, customerId, currency),
  ]);
  if (!customer?.stripe_customer_id || !auto?.paysInvoices) return { kind: "nothing" };
  const context = { customerId, now, clock, timeZone, actor: "system" as const, userId: null };
  const decision = new Decision(context, balances);
  await seeInvoices(
    tx,
    decision,
    open.map((row) => row.id as InvoiceId),
  );
  settleAndTell(decision, currency);
  const invoices = payable(
    decision,
    invoiceIds.filter((id) => !topUps.has(id)),
  );
  if (invoices.length === 0) {
    write(tx, customerId, decision);
    return { kind: decision.invoicesPaid.length > 0 ? "paid" : "nothing" };
  }
  const dues = invoices.map((invoice) => ({ id: invoice.id, remainingMinor: remainingMinor(invoice) }));
  const { availableMinor } = decision.book(currency);
  const limits = world.gateway.chargeLimits(currency);
  const planned = planPayment(dues, availableMinor, "all", limits);
  if (!planned.ok) throw new Error("an open invoice has something due");
  const { plan } = planned;
  if (plan.cardMinor > limits.maximumMinor) {
    await askAboutSize(tx, decision, invoices);
    write(tx, customerId, decision);
    return { kind: "nothing" };
  }
  const paymentId = newId<PaymentId>(clock);
  if (plan.funding === "balance") {
    payFromBalanceNow(decision, { id: paymentId, origin: "auto", currency }, plan.shares);
    decision.tell("renewal.paid", { paymentId });
    write(tx, customerId, decision);
    return { kind: "paid" };
  }
  const way = { by: "card" as const, cardId: auto.card.id };
  const numbers = invoices.map(({ number }) => number);
  addExternalPayment(world, decision, {
    id: paymentId,
    kind: "invoices",
    origin: "auto",
    currency,
    amounts: plan,
    contentHash: contentHash({ kind: "invoices", invoiceIds: dues.map(({ id }) => id), way, ...plan }),
    way: { by: "card", card: auto.card },
    stripeCustomerId: customer.stripe_customer_id,
    locale: customer.locale,
    description:
      numbers.length > 3 ? `${numbers.slice(0, 3).join(", ")} +${numbers.length - 3}` : numbers.join(", "),
  });
  for (const { invoiceId, balanceMinor, cardMinor } of plan.shares) {
    const share = { invoice_id: invoiceId, balance_minor: balanceMinor, card_minor: cardMinor };
    decision.changes.payment_shares.push({ ...share, payment_id: paymentId, bank_minor: 0n });
    decision.changes.claimsAdded.push({
      payment_id: paymentId,
      invoice_id: invoiceId,
      is_issued_for_it: false,
    });
    if (balanceMinor > 0n) {
      decision.book(currency).hold({ paymentId, invoiceId, amountMinor: balanceMinor });
    }
    decision.record({
      subject: "invoice",
      subjectId: invoiceId,
      verb: "auto_pay_started",
      detail: { paymentId },
    });
  }
  write(tx, customerId, decision);
  return { kind: "stored", paymentId };
}

/**
 * Invoices for which an automatic top-up is under way: only if it fails does auto-pay go on (domain.md, Renewing), and while
 * nobody knows what became of it no second charge begins.
 */
async function openTopUps(
  sql: ReservedSql,
  customerId: CustomerId,
  currency: Currency,
): Promise<Set<InvoiceId>> {
  const rows = await sql`
    select distinct h.invoice_id from payments p
    join payment_shares h on h.customer_id = p.customer_id and h.payment_id = p.id
    where p.customer_id = ${customerId} and p.kind = 'top_up' and p.origin = 'auto' and p.currency = ${currency}
      and p.ended_at is null`;
  return new Set(rows.map((row) => row.invoice_id as InvoiceId));
}

/** No card can be charged so much at once, ever: staff are asked, once, to come to terms with the customer. */
async function askAboutSize(
  { sql }: Transaction,
  decision: Decision,
  invoices: readonly InvoiceRecord[],
): Promise<void> {
  for (const { id } of invoices) {
    const known = await sql`
      select from tasks where customer_id = ${decision.context.customerId} and kind = 'charge_too_large'
        and subject_id = ${id}`;
    if (known.length === 0) decision.askStaff("charge_too_large", "invoice", id);
  }
}

/** Those of the wish that can be paid by auto-pay now, in their order, each over what those before it bring. */
function payable(decision: Decision, ids: readonly InvoiceId[]): InvoiceRecord[] {
  const trial = decision.trial();
  return ids
    .flatMap((id) => decision.invoice(id) ?? [])
    .filter(({ id, state, claimedBy }) => state === "open" && !claimedBy && isAutoRenew(decision, id))
    .sort(byDue)
    .filter(({ id }) => trial.complete(id));
}
