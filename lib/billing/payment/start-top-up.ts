import type { ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import type { CustomerId, InvoiceId, PaymentId, UserId } from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";
import type { CardRefusal } from "../card/chosen-card";
import { Decision } from "../decision";
import type { InvoiceState } from "../invoice/states";
import { lockBalances, lockInvoices, lockPayments, type PaymentRecord } from "../scene";
import type { World } from "../world";
import { type ChargeWay, findWay } from "./charge-way";
import { contentHash } from "./content-hash";
import { addExternalPayment } from "./external-payment";
import { topUpMostMinor } from "./top-up-amount";
import { type TooManyUnfinished, tooManyUnfinished } from "./unfinished-payments";
import { write } from "./write";

export interface TopUpInput {
  customerId: CustomerId;
  userId: UserId;
  paymentId: PaymentId;
  amount: Money;
  /** Absent: on Stripe's page. */
  way?: ChargeWay | undefined;
  /** The invoice from which it was begun: settled first, whatever its auto-renew. */
  invoiceId: InvoiceId | null;
  permit: (sql: ReservedSql) => Promise<boolean>;
}

export type TopUpStartRefusal =
  | { code: "not_allowed" }
  | { code: "invoice_not_found" }
  | { code: "invoice_not_open"; number: string; state: InvoiceState }
  | { code: "currencies_differ" }
  | { code: "top_up_too_small"; least: Money }
  | { code: "top_up_too_large"; most: Money }
  | { code: "top_up_uneven"; step: Money }
  | { code: "payment_id_used" }
  /** So many others of the customer wait to be paid. */
  | { code: "too_many_top_ups"; most: number }
  | TooManyUnfinished
  | CardRefusal;

/** How many pages for topping up one customer may have open. Each is a session at Stripe that the poller asks about. */
export const openTopUpsMost = 5;

export type TopUpStarted =
  | { kind: "refused"; refusal: TopUpStartRefusal }
  | { kind: "stored" }
  | { kind: "repeated"; payment: PaymentRecord }
  | { kind: "unknown_to_stripe" };

/** Stores a top-up for Stripe: it holds and claims nothing, and is settled as every external payment is. */
export function startTopUp(world: World, input: TopUpInput): Promise<TopUpStarted> {
  const scope = { customerId: input.customerId, userId: input.userId };
  return transact(world.app, scope, (tx) => startLocked(world, input, tx));
}

async function startLocked(world: World, input: TopUpInput, tx: Transaction): Promise<TopUpStarted> {
  const { customerId, paymentId, amount, invoiceId } = input;
  const ids = invoiceId ? [invoiceId] : [];
  const [isPermitted, [customer], found, balances, [repeated], invoices, [open], tooMany] = await Promise.all(
    [
      input.permit(tx.sql),
      tx.sql`select stripe_customer_id, locale from customers where id = ${customerId}`,
      findWay(world, tx.sql, customerId, input.way),
      lockBalances(tx.sql, customerId),
      lockPayments(tx.sql, customerId, [paymentId]),
      lockInvoices(tx.sql, customerId, ids),
      tx.sql<{ count: number }[]>`
      select count(*)::int as count from payments where customer_id = ${customerId} and kind = 'top_up'
        and origin = 'customer' and state in ('created', 'sent', 'requires_action', 'unknown')`,
      tooManyUnfinished(tx.sql, world.clock, customerId),
    ],
  );
  if (!isPermitted) return refused({ code: "not_allowed" });
  const hash = contentHash({
    kind: "top_up",
    invoiceIds: ids,
    balanceMinor: 0n,
    cardMinor: amount.minor,
    excessMinor: 0n,
    way: input.way,
  });
  if (repeated) {
    const isSame = repeated.contentHash === hash && repeated.currency === amount.currency;
    return isSame ? { kind: "repeated", payment: repeated } : refused({ code: "payment_id_used" });
  }
  const [invoice] = invoices;
  if (invoiceId && !invoice) return refused({ code: "invoice_not_found" });
  if (invoice && invoice.state !== "open") {
    return refused({ code: "invoice_not_open", number: invoice.number, state: invoice.state });
  }
  if (invoice && invoice.currency !== amount.currency) return refused({ code: "currencies_differ" });
  if (!found.ok) return refused(found.refusal);
  const refusal = amountRefusal(world, amount);
  if (refusal) return refused(refusal);
  if ((open?.count ?? 0) >= openTopUpsMost)
    return refused({ code: "too_many_top_ups", most: openTopUpsMost });
  if (tooMany) return refused(tooMany);
  if (!customer?.stripe_customer_id) return { kind: "unknown_to_stripe" };

  const { clock, timeZone } = world;
  const context = {
    customerId,
    now: clock.now(),
    clock,
    timeZone,
    actor: "customer" as const,
    userId: input.userId,
  };
  const decision = new Decision(context, balances);
  addExternalPayment(world, decision, {
    id: paymentId,
    kind: "top_up",
    origin: "customer",
    currency: amount.currency,
    amounts: { funding: "card", balanceMinor: 0n, cardMinor: amount.minor, excessMinor: 0n },
    contentHash: hash,
    way: found.way,
    stripeCustomerId: customer.stripe_customer_id,
    locale: customer.locale,
    description: customer.locale.startsWith("zh") ? "账户充值" : "Account balance",
  });
  for (const id of ids) {
    decision.changes.payment_shares.push({
      payment_id: paymentId,
      invoice_id: id,
      balance_minor: 0n,
      card_minor: 0n,
      bank_minor: 0n,
    });
    decision.record({ subject: "invoice", subjectId: id, verb: "top_up_started", detail: { paymentId } });
  }
  write(tx, customerId, decision);
  return { kind: "stored" };
}

function amountRefusal(world: World, amount: Money): TopUpStartRefusal | null {
  const { minimumMinor, stepMinor } = world.gateway.chargeLimits(amount.currency);
  const of = (minor: bigint, currency: Currency = amount.currency) => money(minor, currency);
  if (amount.minor < minimumMinor) return { code: "top_up_too_small", least: of(minimumMinor) };
  if (amount.minor > topUpMostMinor) return { code: "top_up_too_large", most: of(topUpMostMinor) };
  return amount.minor % stepMinor === 0n ? null : { code: "top_up_uneven", step: of(stepMinor) };
}

function refused(refusal: TopUpStartRefusal): TopUpStarted {
  return { kind: "refused", refusal };
}
