import type { ReservedSql } from "@/db/client";
import { calendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, PaymentMethodId } from "@/lib/kernel/id";

/** A saved card that a payment is to charge. */
export interface ChosenCard {
  id: PaymentMethodId;
  stripePaymentMethodId: string;
  /** As Stripe spells it. */
  brand: string;
  last4: string;
}

export type CardRefusal =
  | { code: "card_not_found" }
  /** By the customer, in another tab perhaps, or at Stripe. */
  | { code: "card_removed"; last4: string }
  | { code: "card_expired"; last4: string };

/** The card as it is now, or why it cannot be charged. */
export async function chosenCard(
  sql: ReservedSql,
  customerId: CustomerId,
  id: PaymentMethodId,
  today: { now: Date; timeZone: string },
): Promise<{ ok: true; card: ChosenCard } | { ok: false; refusal: CardRefusal }> {
  const [row] = await sql`
    select stripe_payment_method_id, brand, last4, exp_month, exp_year, detached_at from payment_methods
    where customer_id = ${customerId} and id = ${id}`;
  if (!row) return { ok: false, refusal: { code: "card_not_found" } };
  const last4 = row.last4 as string;
  if (row.detached_at) return { ok: false, refusal: { code: "card_removed", last4 } };
  if (isExpired({ expMonth: row.exp_month, expYear: row.exp_year }, today)) {
    return { ok: false, refusal: { code: "card_expired", last4 } };
  }
  const { stripe_payment_method_id: stripePaymentMethodId, brand } = row;
  return { ok: true, card: { id, stripePaymentMethodId, brand, last4 } };
}

/** A card can be used to the end of the month printed on it. */
export function isExpired(
  { expMonth, expYear }: { expMonth: number; expYear: number },
  { now, timeZone }: { now: Date; timeZone: string },
): boolean {
  const thisMonth = calendarDay(now, timeZone).slice(0, 7);
  return `${expYear}-${String(expMonth).padStart(2, "0")}` < thisMonth;
}
