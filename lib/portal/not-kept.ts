import type { ReservedSql } from "@/db/client";
import type { World } from "@/lib/billing/world";
import type { CustomerId, PaymentId } from "@/lib/kernel/id";
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

/** So long a customer may wonder where what they wanted to keep is. */
const toldForDays = 30;

/**
 * What a payment was made with, in Stripe's word, where its customer had ticked that their card be kept and Stripe's page
 * took something else, as Link: it cannot be kept here. Null where that is not so.
 */
export async function readNotKept(
  sql: ReservedSql,
  customerId: CustomerId,
  paymentId: PaymentId,
): Promise<string | null> {
  const [row] = await sql`
    select c.method_type from payments p join charges c on c.customer_id = p.customer_id and c.payment_id = p.id
    where p.customer_id = ${customerId} and p.id = ${paymentId} and p.request->>'savesCard' = 'true'
      and c.method_type <> 'card' limit 1`;
  return (row?.method_type as string | undefined) ?? null;
}

/** The same of the last of a customer's payments that was to keep a card, until they have saved one since. */
export function lastNotKept(actor: CustomerActor, world: World = portalWorld()): Promise<string | null> {
  const { customerId } = actor;
  const since = new Date(world.clock.now().getTime() - toldForDays * 86_400_000);
  return readAs(world, actor, async (sql) => {
    const [last] = await sql`
      select p.id from payments p
      where p.customer_id = ${customerId} and p.request->>'savesCard' = 'true' and p.state = 'succeeded'
        and p.created_at >= ${since} and not exists (
          select from payment_methods m where m.customer_id = p.customer_id and m.created_at >= p.created_at)
      order by p.created_at desc limit 1`;
    return last ? readNotKept(sql, customerId, last.id) : null;
  });
}

/** Whether a card was saved of late, for the page to which Stripe leads back from saving one. */
export function hasSavedLately(actor: CustomerActor, world: World = portalWorld()): Promise<boolean> {
  const since = new Date(world.clock.now().getTime() - 3_600_000);
  return readAs(world, actor, async (sql) => {
    const rows = await sql`
      select 1 from payment_methods
      where customer_id = ${actor.customerId} and detached_at is null and created_at >= ${since} limit 1`;
    return rows.length > 0;
  });
}
