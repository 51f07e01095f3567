import type { ReservedSql } from "@/db/client";
import type { Card } from "@/lib/gateway/port";
import type { Clock } from "@/lib/kernel/clock";
import { type CustomerId, newId, type PaymentMethodId, uuidv7 } from "@/lib/kernel/id";
import type { World } from "../world";
import { resumeRenewedCard, takeUpAutoCharges } from "./auto-charge-card";
import { lockCards, passDefaultOn } from "./default-card";

/**
 * Keeps a card as Stripe describes it: a new one, or what changed of one that is known. The first card of a customer
 * becomes the default; the same card saved again takes the place of the older one. A card that was removed stays so; one
 * that was only lost with its customer at Stripe is there again.
 */
export async function storeCard(
  sql: ReservedSql,
  customerId: CustomerId,
  card: Card,
  { clock, timeZone }: Pick<World, "clock" | "timeZone">,
): Promise<void> {
  const id = newId<PaymentMethodId>(clock);
  await lockCards(sql, customerId);
  const [known] = await sql`
    select exp_month, exp_year, lost_with_customer is not null as is_lost from payment_methods
    where customer_id = ${customerId} and stripe_payment_method_id = ${card.id}`;
  const [stored] = await sql`
    insert into payment_methods (customer_id, id, stripe_payment_method_id, fingerprint, brand, last4, exp_month,
      exp_year, is_default, created_at)
    values (${customerId}, ${id}, ${card.id}, ${card.fingerprint}, ${card.brand}, ${card.last4}, ${card.expMonth},
      ${card.expYear}, false, ${clock.now()})
    on conflict (customer_id, stripe_payment_method_id) do update
      set fingerprint = excluded.fingerprint, brand = excluded.brand, last4 = excluded.last4,
        exp_month = excluded.exp_month, exp_year = excluded.exp_year
    returning id`;
  if (stored?.id !== id) {
    const isLater = card.expYear * 12 + card.expMonth > known?.exp_year * 12 + known?.exp_month;
    if (isLater) await resumeRenewedCard(sql, customerId, stored?.id);
    if (known?.is_lost) await putBackCard(sql, customerId, stored?.id);
    return;
  }
  await sql`
    insert into stripe_objects (id, kind, customer_id, row_id)
    values (${card.id}, 'payment_method', ${customerId}, ${id}) on conflict (id) do nothing`;
  const twins = await sql`
    select id, is_default from payment_methods where customer_id = ${customerId} and id <> ${id}
      and fingerprint = ${card.fingerprint} and detached_at is null`;
  for (const twin of twins) {
    await sql`
      update payment_methods set detached_at = ${clock.now()}, is_default = false
      where customer_id = ${customerId} and id = ${twin.id}`;
  }
  const twinIds = twins.map((twin) => twin.id as PaymentMethodId);
  const saved = { customerId, cardId: id, twins: twinIds };
  await takeUpAutoCharges(sql, saved, { now: clock.now(), timeZone });
  await makeFirstDefault(sql, customerId, id);
}

async function makeFirstDefault(
  sql: ReservedSql,
  customerId: CustomerId,
  id: PaymentMethodId,
): Promise<void> {
  await sql`
    update payment_methods m set is_default = true where m.customer_id = ${customerId} and m.id = ${id} and not exists (
      select 1 from payment_methods d where d.customer_id = ${customerId} and d.is_default)`;
}

/** Not where the same card was saved once more since then. What it was charged for stays stopped: its customer was told so. */
async function putBackCard(sql: ReservedSql, customerId: CustomerId, id: PaymentMethodId): Promise<void> {
  const back = await sql`
    update payment_methods m set detached_at = null, lost_with_customer = null
    where m.customer_id = ${customerId} and m.id = ${id} and not exists (
      select from payment_methods t where t.customer_id = m.customer_id and t.fingerprint = m.fingerprint
        and t.detached_at is null)
    returning 1`;
  if (back.length > 0) await makeFirstDefault(sql, customerId, id);
}

/**
 * A card that Stripe no longer has leaves the list. Where it was charged while its customer is away, that stops, and they
 * are told: nobody but them can choose another.
 */
export async function loseCard(
  sql: ReservedSql,
  customerId: CustomerId,
  stripePaymentMethodId: string,
  clock: Clock,
): Promise<void> {
  const now = clock.now();
  const stopped = await markDetached(sql, customerId, stripePaymentMethodId, now);
  if (!stopped) return;
  await sql`
    insert into outbox (customer_id, id, topic, payload, created_at)
    values (${customerId}, ${uuidv7(clock)}, 'autopay.stopped', ${sql.json({ cardId: stopped })}, ${now})`;
}

/**
 * A card that is detached at Stripe can never be charged again. The newest that is left becomes the default, but what the
 * removed one was charged for stops until the customer chooses: nobody agreed to another card. Returns the card if it was
 * charged automatically until now.
 */
export async function markDetached(
  sql: ReservedSql,
  customerId: CustomerId,
  stripePaymentMethodId: string,
  now: Date,
): Promise<PaymentMethodId | null> {
  await lockCards(sql, customerId);
  const [card] = await sql`
    update payment_methods set detached_at = ${now}, is_default = false
    where customer_id = ${customerId} and stripe_payment_method_id = ${stripePaymentMethodId}
      and detached_at is null returning id`;
  if (!card) return null;
  const [charged] = await sql`
    select a.stopped_at is null and (a.pays_invoices or exists (
      select from auto_top_ups t where t.customer_id = a.customer_id and t.is_on)) as is_running
    from auto_charges a where a.customer_id = ${customerId} and a.payment_method_id = ${card.id} for no key update of a`;
  if (charged) {
    await sql`
      update auto_charges set stopped_at = coalesce(stopped_at, ${now}), stopped_code = 'card_removed'
      where customer_id = ${customerId}`;
  }
  await passDefaultOn(sql, customerId);
  return charged?.is_running ? card.id : null;
}
