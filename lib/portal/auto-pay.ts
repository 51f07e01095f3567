import { type AutoPayRefusal, switchAutoPay as change } from "@/lib/billing/auto-pay/switch-auto-pay";
import { cardDisputed } from "@/lib/billing/card/auto-charge-card";
import { isExpired } from "@/lib/billing/card/chosen-card";
import { isExpiring, lastDayOf } from "@/lib/billing/reminder/card-expiry";
import type { World } from "@/lib/billing/world";
import { type CalendarDay, calendarDay } from "@/lib/kernel/calendar";
import { isUuid, type PaymentMethodId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { may } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type { AutoPayRefusal };

export interface AutoPayView {
  isOn: boolean;
  /** Whether auto top-up is on, in any currency: it charges the same card. */
  topsUp: boolean;
  /** The card that is charged, which is the default, or was until it was paused; null where nothing was ever turned on. */
  card: { id: PaymentMethodId; brand: string; last4: string } | null;
  /** Why nothing is charged, though it is on. */
  pausedBy: "card_refused" | "card_disputed" | "card_removed" | "card_expired" | null;
  /** The last day on which the card can be charged, where that is near; null else. */
  lastDay: CalendarDay | null;
}

/** Whether Autopay is on, and which card is charged. */
export function showAutoPay(actor: CustomerActor, world: World = portalWorld()): Promise<AutoPayView> {
  const { clock, timeZone } = world;
  const now = clock.now();
  return readAs(world, actor, async (sql) => {
    const [row] = await sql`
      select a.pays_invoices, a.stopped_at, a.stopped_code, m.id, m.brand, m.last4, m.detached_at, m.exp_month, m.exp_year,
        exists (select from auto_top_ups t where t.customer_id = a.customer_id and t.is_on) as tops_up
      from auto_charges a
      join payment_methods m on m.customer_id = a.customer_id and m.id = a.payment_method_id
      where a.customer_id = ${actor.customerId}`;
    if (!row) return { isOn: false, topsUp: false, card: null, pausedBy: null, lastDay: null };
    const expiry = { expMonth: row.exp_month, expYear: row.exp_year };
    const pausedBy = pausedByOf(row, isExpired(expiry, { now, timeZone }));
    const isEnding = pausedBy === null && isExpiring(expiry, calendarDay(now, timeZone));
    return {
      isOn: row.pays_invoices,
      topsUp: row.tops_up,
      card: { id: row.id, brand: row.brand, last4: row.last4 },
      pausedBy,
      lastDay: isEnding ? lastDayOf(expiry) : null,
    };
  });
}

function pausedByOf(row: Record<string, unknown>, isOver: boolean): AutoPayView["pausedBy"] {
  if (row.detached_at) return "card_removed";
  if (row.stopped_code === cardDisputed) return "card_disputed";
  if (isOver) return "card_expired";
  return row.stopped_at ? "card_refused" : null;
}

/** Turns Autopay on with a saved card, which becomes the default, or off (`cardId` null), for members who may change cards. */
export async function switchAutoPay(
  actor: CustomerActor,
  { cardId, address = null }: { cardId: string | null; address?: string | null },
  world: World = portalWorld(),
): Promise<Result<null, AutoPayRefusal>> {
  if (cardId !== null && !isUuid(cardId)) return refuse({ code: "card_not_found" });
  const { customerId, userId } = actor;
  const switched = await change(world, world.app, {
    customerId,
    userId,
    cardId: cardId as PaymentMethodId | null,
    address,
    permit: (sql) => may(sql, actor, "cards.change"),
  });
  return switched.ok ? ok(null) : refuse(switched.refusal);
}
