import type { ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import { chargeable } from "@/lib/gateway/port";
import { calendarDay } from "@/lib/kernel/calendar";
import { type CustomerId, type InvoiceId, newId, type PaymentId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { autoChargeCard } from "../card/auto-charge-card";
import { Decision, remainingMinor } from "../decision";
import { isAutoRenew } from "../payment/balance-payment";
import { usedItsDay } from "../payment/charge-size";
import { contentHash } from "../payment/content-hash";
import { readDebt } from "../payment/debt";
import { addExternalPayment } from "../payment/external-payment";
import { seeInvoices } from "../payment/settle-what-waits";
import { write } from "../payment/write";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { type AutoTopUpAttempt, isTopUpDue } from "./top-up-rule";

export interface AutoTopUpWish {
  customerId: CustomerId;
  currency: Currency;
  /** The renewals that are short, for which it is tried before auto-pay; null: because little is available. */
  invoiceIds: readonly InvoiceId[] | null;
}

/**
 * Stores an automatic top-up if one is due, under lock (see isTopUpDue); null if none is. It holds and claims nothing, and is
 * settled as every top-up: begun from the renewals that were short, it pays them first.
 */
export function startAutoTopUp(world: World, wish: AutoTopUpWish): Promise<PaymentId | null> {
  return transact(world.jobs, { customerId: wish.customerId }, (tx) => startLocked(world, tx, wish));
}

async function startLocked(
  world: World,
  tx: Transaction,
  { customerId, currency, invoiceIds }: AutoTopUpWish,
): Promise<PaymentId | null> {
  const { clock, timeZone } = world;
  const now = clock.now();
  const [balances, [customer], [settings], auto, attempts, debtMinor] = await Promise.all([
    lockBalances(tx.sql, customerId),
    tx.sql`select stripe_customer_id, locale from customers where id = ${customerId} and closed_at is null`,
    tx.sql`
      select threshold_minor, amount_minor, monthly_cap_minor from auto_top_ups
      where customer_id = ${customerId} and currency = ${currency} and is_on`,
    autoChargeCard(tx.sql, customerId, { now, timeZone }),
    attemptsOf(tx.sql, customerId, currency, now, timeZone),
    readDebt(tx.sql, customerId, currency),
  ]);
  if (!customer?.stripe_customer_id || !settings || !auto) return null;
  const context = { customerId, now, clock, timeZone, actor: "system" as const, userId: null };
  const decision = new Decision(context, balances);
  await seeInvoices(tx, decision, invoiceIds ?? []);
  const { availableMinor } = decision.book(currency);
  const short = (invoiceIds ?? []).filter((id) => {
    const invoice = decision.invoice(id);
    return invoice && !invoice.claimedBy && decision.isPayable(id) && isAutoRenew(decision, id);
  });
  const owedMinor = decision
    .allInvoices()
    .filter(({ id }) => short.includes(id))
    .reduce((total, invoice) => total + remainingMinor(invoice), 0n);
  const rule = {
    thresholdMinor: settings.threshold_minor as bigint,
    // A small sum is raised to what Stripe charges, as the customer agreed; the cap holds for what is charged.
    amountMinor: chargeable(settings.amount_minor as bigint, world.gateway.chargeLimits(currency)),
    monthlyCapMinor: settings.monthly_cap_minor as bigint,
  };
  // Whatever arrives pays debt first, so that what is short is that much more.
  const shortMinor = invoiceIds ? debtMinor + owedMinor - availableMinor : null;
  // What is held is there still: a payment that is open, a refund or a dispute is no low balance.
  const postedMinor = balances.find((balance) => balance.currency === currency)?.postedMinor ?? 0n;
  const need = { postedMinor, shortMinor };
  if (!isTopUpDue(rule, need, attempts, now)) return null;

  const paymentId = newId<PaymentId>(clock);
  const amounts = {
    funding: "card" as const,
    balanceMinor: 0n,
    cardMinor: rule.amountMinor,
    excessMinor: 0n,
  };
  addExternalPayment(world, decision, {
    id: paymentId,
    kind: "top_up",
    origin: "auto",
    currency,
    amounts,
    contentHash: contentHash({
      kind: "top_up",
      invoiceIds: short,
      way: { by: "card", cardId: auto.card.id },
      ...amounts,
    }),
    way: { by: "card", card: auto.card },
    stripeCustomerId: customer.stripe_customer_id,
    locale: customer.locale,
    description: customer.locale.startsWith("zh") ? "账户充值" : "Account balance",
  });
  for (const invoiceId of short) {
    decision.changes.payment_shares.push({
      payment_id: paymentId,
      invoice_id: invoiceId,
      balance_minor: 0n,
      card_minor: 0n,
      bank_minor: 0n,
    });
    decision.record({
      subject: "invoice",
      subjectId: invoiceId,
      verb: "top_up_started",
      detail: { paymentId },
    });
  }
  write(tx, customerId, decision);
  return paymentId;
}

async function attemptsOf(
  sql: ReservedSql,
  customerId: CustomerId,
  currency: Currency,
  now: Date,
  timeZone: string,
): Promise<AutoTopUpAttempt[]> {
  const rows = await sql`
    select created_at, state, card_minor, ended_at from payments p
    where customer_id = ${customerId} and kind = 'top_up' and origin = 'auto' and currency = ${currency}
      and (created_at > ${new Date(now.getTime() - 32 * 86_400_000)} or ended_at is null) and ${usedItsDay(sql)}`;
  const month = (at: Date) => calendarDay(at, timeZone).slice(0, 7);
  return rows.map((row) => ({
    at: row.created_at,
    state: row.ended_at === null ? "open" : row.state === "succeeded" ? "succeeded" : "failed",
    amountMinor: row.card_minor,
    isOfThisMonth: month(row.created_at) === month(now),
  }));
}
