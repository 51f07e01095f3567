import type { CustomerId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { accountStanding } from "../card/stripe-account";
import { usedItsDay } from "../payment/charge-size";
import { isNotParked, orPark } from "../renewal/park-customer";
import type { World } from "../world";
import { chargeStarted } from "./charge";
import { startAutoTopUp } from "./start-auto-top-up";

/**
 * Tops up, for customers who turned it on, what fell below their threshold. Nobody under keys of
 * another account than ours. Returns how many cards were charged.
 */
export async function topUpLow(world: World, most = 500): Promise<number> {
  if ((await accountStanding(world)) === "other") return 0;
  let charged = 0;
  let after: Low | null = null;
  for (;;) {
    const low: Low[] = await lowBalances(world, after, most);
    for (const one of low) {
      if ((await orPark(world, one.customerId, () => topUpOne(world, one))) === "charged") charged += 1;
      after = one;
    }
    if (low.length < most) return charged;
  }
}

interface Low {
  customerId: CustomerId;
  currency: Currency;
}

/** The next balances below their threshold; what is held is there still. Some stay there, where the month's cap is reached: they are gone past. */
async function lowBalances(world: World, after: Low | null, most: number): Promise<Low[]> {
  const { sql } = world.jobs;
  const rows = await sql`
    select t.customer_id, t.currency from auto_top_ups t
    join auto_charges a on a.customer_id = t.customer_id and a.stopped_at is null
    join customers c on c.id = t.customer_id and c.closed_at is null
    left join balances b on b.customer_id = t.customer_id and b.currency = t.currency
    where t.is_on and coalesce(b.posted_minor, 0) < t.threshold_minor
      and not exists (select from payments p where p.customer_id = t.customer_id and p.kind = 'top_up'
        and p.origin = 'auto' and p.currency = t.currency
        and (p.ended_at is null or (p.state <> 'succeeded' and p.created_at > ${anHourAgo(world)} and ${usedItsDay(sql)})))
      and ${isNotParked(sql, "t.customer_id")}
      ${after ? sql`and (t.customer_id, t.currency) > (${after.customerId}, ${after.currency})` : sql``}
    order by t.customer_id, t.currency limit ${most}`;
  return rows.map((row) => ({ customerId: row.customer_id, currency: row.currency }));
}

async function topUpOne(world: World, { customerId, currency }: Low): Promise<"charged" | null> {
  const charged = await chargeStarted(world, async () => {
    const paymentId = await startAutoTopUp(world, { customerId, currency, invoiceIds: null });
    return paymentId && { customerId, paymentId };
  });
  return charged && "charged";
}

function anHourAgo({ clock }: World): Date {
  return new Date(clock.now().getTime() - 3_600_000);
}
