import type { ReservedSql } from "@/db/client";
import type { CustomerId, PaymentMethodId } from "@/lib/kernel/id";
import { type ChosenCard, chosenCard } from "./chosen-card";

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
 * A card was saved: where the one that was charged by itself was stopped or removed, the new one takes its place; saved
 * again it stays the same card, stopped if it was.
 */
export async function takeUpAutoCharges(
  sql: ReservedSql,
  customerId: CustomerId,
  cardId: PaymentMethodId,
  twins: readonly PaymentMethodId[],
): Promise<void> {
  await sql`
    update auto_charges a set payment_method_id = ${cardId},
      stopped_at = case when a.payment_method_id = any(${[...twins]}::uuid[]) then a.stopped_at end,
      stopped_code = case when a.payment_method_id = any(${[...twins]}::uuid[]) then a.stopped_code end
    where a.customer_id = ${customerId} and (a.stopped_at is not null or exists (
      select from payment_methods m where m.customer_id = a.customer_id and m.id = a.payment_method_id
        and m.detached_at is not null))`;
}
