import type { ReservedSql } from "@/db/client";
import type { CustomerId, PaymentMethodId } from "@/lib/kernel/id";

/** One at a time changes which card is the default; taken last of all locks. */
export async function lockCards(sql: ReservedSql, customerId: CustomerId): Promise<void> {
  await sql`select 1 from customers where id = ${customerId} for no key update`;
}

/** The card that is offered first, and charged where its customer turned that on; null where none is saved. */
export async function defaultCard(sql: ReservedSql, customerId: CustomerId): Promise<PaymentMethodId | null> {
  const [card] = await sql`select id from payment_methods where customer_id = ${customerId} and is_default`;
  return card?.id ?? null;
}

/**
 * Makes a card the default, under the lock of cards. What is charged automatically moves in the same transaction: the
 * database refuses a default that differs from it.
 */
export async function setDefaultCard(
  sql: ReservedSql,
  customerId: CustomerId,
  cardId: PaymentMethodId,
): Promise<void> {
  await sql`
    update payment_methods set is_default = false
    where customer_id = ${customerId} and is_default and id <> ${cardId}`;
  await sql`
    update payment_methods set is_default = true
    where customer_id = ${customerId} and id = ${cardId} and not is_default`;
}

/** Where no card is the default any more, the newest that is left becomes it: offered first, and charged for nothing yet. */
export async function passDefaultOn(sql: ReservedSql, customerId: CustomerId): Promise<void> {
  await sql`
    update payment_methods m set is_default = true where m.customer_id = ${customerId} and m.id = (
        select id from payment_methods where customer_id = ${customerId} and detached_at is null
        order by created_at desc, id desc limit 1)
      and not exists (select 1 from payment_methods d where d.customer_id = ${customerId} and d.is_default)`;
}
