import type { ReservedSql } from "@/db/client";
import { isExpired } from "@/lib/billing/card/chosen-card";
import type { World } from "@/lib/billing/world";
import type { PaymentMethodId } from "@/lib/kernel/id";
import { mayPay } from "./permit";
import { readAs } from "./scoped";
import type { CardList, CardView, CustomerActor } from "./shapes";
import { portalWorld } from "./world";

/** The customer's saved cards, the default first, then the newest. */
export function listCards(actor: CustomerActor, world: World = portalWorld()): Promise<CardList> {
  return readAs(world, actor, async (sql) => {
    const [cards, canChange] = await Promise.all([readCards(sql, world, actor), mayPay(sql, actor)]);
    return { cards, canChange };
  });
}

/** The same, within a transaction that reads more. */
export async function readCards(
  sql: ReservedSql,
  { clock, timeZone }: World,
  { customerId }: CustomerActor,
): Promise<CardView[]> {
  const rows = await sql`
    select id, brand, last4, exp_month, exp_year, is_default from payment_methods
    where customer_id = ${customerId} and detached_at is null
    order by is_default desc, created_at desc, id desc limit 50`;
  return rows.map((row) => {
    const expiry = { expMonth: row.exp_month as number, expYear: row.exp_year as number };
    return {
      ...expiry,
      id: row.id as PaymentMethodId,
      brand: row.brand as string,
      last4: row.last4 as string,
      isExpired: isExpired(expiry, { now: clock.now(), timeZone }),
      isDefault: row.is_default as boolean,
    };
  });
}
