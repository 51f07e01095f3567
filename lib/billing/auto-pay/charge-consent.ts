import type { ReservedSql } from "@/db/client";
import type { Clock } from "@/lib/kernel/clock";
import { type CustomerId, type PaymentMethodId, type UserId, uuidv7 } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";

/**
 * The wording beside what is agreed to: the two switches, the choice of the default card, the box that keeps a card, and the button that adds one. A test
 * (app/messages/consent-words.test.ts) ties it to the sentences: changed ones get a new version; the old ones stay in git.
 */
export const consentTextVersion = "2026-11-30.2";

export interface ChargeConsent {
  customerId: CustomerId;
  userId: UserId;
  /** Null where a card is only to be kept: it is not known yet. */
  cardId: PaymentMethodId | null;
  purposes: readonly ("renewals" | "usage" | "top_up" | "card_on_file")[];
  /** The most in a calendar month; null: none was agreed. */
  capMinor: bigint | null;
  /** Absent: the customer's own. */
  currency?: Currency;
  /** The network address that it came from, as far as it is known. */
  address: string | null;
  /** What was agreed to once is kept once, however often it is sent; absent: a new one. */
  id?: string;
}

/** Keeps what was agreed to, for ever, in the transaction that acts on it (domain.md, A20). */
export async function keepConsent(sql: ReservedSql, clock: Clock, consent: ChargeConsent): Promise<void> {
  const { customerId, userId, cardId, purposes, capMinor, currency, address, id } = consent;
  await sql`
    insert into charge_consents (customer_id, id, payment_method_id, text_version, purposes, cap_minor, currency, user_id,
      address, agreed_at)
    select c.id, ${id ?? uuidv7(clock)}, ${cardId}, ${consentTextVersion}, ${[...purposes]}::text[], ${capMinor},
      coalesce(${currency ?? null}, c.currency), ${userId}, ${address}, ${clock.now()}
    from customers c where c.id = ${customerId} on conflict (customer_id, id) do nothing`;
}
