import type { ReservedSql } from "@/db/client";
import type { CustomerId, PaymentId, PaymentMethodId } from "@/lib/kernel/id";
import type { Decision } from "../decision";
import { type ChosenCard, chosenCard, isExpired } from "./chosen-card";
import { setDefaultCard } from "./default-card";

/** The card that may be charged while the customer is away, and what it may be charged for. */
export interface AutoChargeCard {
  card: ChosenCard;
  paysInvoices: boolean;
}

/** Null where the customer has turned nothing on, a hard decline stopped it, or the card was removed or has expired. */
export async function autoChargeCard(
  sql: ReservedSql,
  customerId: CustomerId,
  today: { now: Date; timeZone: string },
): Promise<AutoChargeCard | null> {
  const [row] = await sql`
    select payment_method_id, pays_invoices from auto_charges
    where customer_id = ${customerId} and stopped_at is null`;
  if (!row) return null;
  const found = await chosenCard(sql, customerId, row.payment_method_id as PaymentMethodId, today);
  return found.ok ? { card: found.card, paysInvoices: row.pays_invoices } : null;
}

/** A hard decline: the card is not charged again by itself until there is another. */
export function stopAutoCharges(
  sql: ReservedSql,
  {
    customerId,
    cardId,
    code,
    now,
  }: { customerId: CustomerId; cardId: PaymentMethodId; code: string; now: Date },
) {
  return sql`
    update auto_charges set stopped_at = ${now}, stopped_code = ${code}
    where customer_id = ${customerId} and payment_method_id = ${cardId} and stopped_at is null`;
}

/** Written to `stopped_code` where the card's holder disputes a charge: only the customer lets a card be charged again. */
export const cardDisputed = "disputed";

/**
 * A charge of that payment is disputed: its card, or one of which nobody knows that it is another, is charged no more until
 * the customer says so. They are told.
 */
export async function stopDisputedCard(
  sql: ReservedSql,
  decision: Decision,
  paymentId: PaymentId,
): Promise<void> {
  const { customerId, now } = decision.context;
  const [stopped] = await sql`
    update auto_charges a set stopped_at = ${now}, stopped_code = ${cardDisputed}
    from payment_methods m, payments p
    left join payment_methods used on used.customer_id = p.customer_id and used.id = p.payment_method_id
    where a.customer_id = ${customerId} and a.stopped_at is null
      and m.customer_id = a.customer_id and m.id = a.payment_method_id
      and p.customer_id = a.customer_id and p.id = ${paymentId}
      and (used.id is null or used.id = m.id or used.fingerprint = m.fingerprint)
    returning a.payment_method_id, a.pays_invoices or exists (
      select from auto_top_ups t where t.customer_id = a.customer_id and t.is_on) as is_used`;
  if (!stopped?.is_used) return;
  decision.record({ subject: "customer", subjectId: customerId, verb: "auto_charges_stopped" });
  decision.tell("autopay.stopped", { cardId: stopped.payment_method_id, why: cardDisputed });
}

/** The bank gave the card that is charged by itself a later expiry: had it been stopped as expired, it goes on. */
export async function resumeRenewedCard(
  sql: ReservedSql,
  customerId: CustomerId,
  cardId: PaymentMethodId,
): Promise<void> {
  await sql`
    update auto_charges set stopped_at = null, stopped_code = null
    where customer_id = ${customerId} and payment_method_id = ${cardId} and stopped_code = 'expired_card'`;
}

/**
 * A card was saved. The same card saved again takes its older self's place, stopped if that was. Where the card that is
 * charged was refused by its bank, removed or has expired, the new one becomes the default and is charged instead, as its
 * customer agreed when they turned that on. Not after a dispute: then they turn it on again themselves.
 */
export async function takeUpAutoCharges(
  sql: ReservedSql,
  saved: { customerId: CustomerId; cardId: PaymentMethodId; twins: readonly PaymentMethodId[] },
  today: { now: Date; timeZone: string },
): Promise<void> {
  const { customerId, cardId, twins } = saved;
  const [row] = await sql`
    select a.payment_method_id, a.stopped_at, a.stopped_code, m.exp_month, m.exp_year, a.pays_invoices or exists (
      select from auto_top_ups t where t.customer_id = a.customer_id and t.is_on) as is_used
    from auto_charges a join payment_methods m on m.customer_id = a.customer_id and m.id = a.payment_method_id
    where a.customer_id = ${customerId} for no key update of a`;
  if (!row) return;
  if (twins.includes(row.payment_method_id)) {
    await sql`update auto_charges set payment_method_id = ${cardId} where customer_id = ${customerId}`;
    return;
  }
  const isOver = isExpired({ expMonth: row.exp_month, expYear: row.exp_year }, today);
  if (!row.is_used || !(row.stopped_at || isOver) || row.stopped_code === cardDisputed) return;
  await setDefaultCard(sql, customerId, cardId);
  await sql`
    update auto_charges set payment_method_id = ${cardId}, stopped_at = null, stopped_code = null
    where customer_id = ${customerId}`;
}
