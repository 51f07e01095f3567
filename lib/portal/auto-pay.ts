import { type AutoPayRefusal, switchAutoPay as change } from "@/lib/billing/auto-pay/switch-auto-pay";
import { isExpired } from "@/lib/billing/card/chosen-card";
import { isOffered } from "@/lib/billing/reminder/announce-cards";
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

interface NamedCard {
  id: PaymentMethodId;
  brand: string;
  last4: string;
}

export interface AutoPayView {
  isOn: boolean;
  /** The card that is charged; null where none was chosen. */
  card: NamedCard | null;
  /** Why it is on and yet charges nothing. */
  pausedBy: "card_refused" | "card_removed" | "card_expired" | null;
  /** The last day on which the card can be charged, where that is near; null else. */
  lastDay: CalendarDay | null;
  /** The default card, where the other one is charged no more or soon not: the customer may move to it, and nobody else. */
  offered: NamedCard | null;
}

/** Whether auto-pay is on, and which card it charges. */
export function showAutoPay(actor: CustomerActor, world: World = portalWorld()): Promise<AutoPayView> {
  const { clock, timeZone } = world;
  const now = clock.now();
  return readAs(world, actor, async (sql) => {
    const [row] = await sql`
      select a.pays_invoices, a.stopped_at, m.id, m.brand, m.last4, m.detached_at, m.exp_month, m.exp_year,
        d.id as other_id, d.brand as other_brand, d.last4 as other_last4 from auto_charges a
      join payment_methods m on m.customer_id = a.customer_id and m.id = a.payment_method_id
      left join payment_methods d on ${isOffered(sql, now, timeZone)}
      where a.customer_id = ${actor.customerId}`;
    if (!row) return { isOn: false, card: null, pausedBy: null, lastDay: null, offered: null };
    const expiry = { expMonth: row.exp_month, expYear: row.exp_year };
    const pausedBy = pausedByOf(row, isExpired(expiry, { now, timeZone }));
    const isEnding = pausedBy === null && isExpiring(expiry, calendarDay(now, timeZone));
    return {
      isOn: row.pays_invoices,
      card: { id: row.id, brand: row.brand, last4: row.last4 },
      pausedBy,
      lastDay: isEnding ? lastDayOf(expiry) : null,
      offered:
        row.other_id && (pausedBy || isEnding)
          ? { id: row.other_id, brand: row.other_brand, last4: row.other_last4 }
          : null,
    };
  });
}

function pausedByOf(row: Record<string, unknown>, isOver: boolean): AutoPayView["pausedBy"] {
  if (row.detached_at) return "card_removed";
  if (isOver) return "card_expired";
  return row.stopped_at ? "card_refused" : null;
}

/** Turns auto-pay on with a saved card, or off (`cardId` null), for members who may change cards. */
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
