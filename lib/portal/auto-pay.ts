import { type AutoPayRefusal, switchAutoPay as change } from "@/lib/billing/auto-pay/switch-auto-pay";
import type { World } from "@/lib/billing/world";
import { isUuid, type PaymentMethodId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { may } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type { AutoPayRefusal };

export interface AutoPayView {
  isOn: boolean;
  /** The card that is charged; null where none was chosen. */
  card: { id: PaymentMethodId; brand: string; last4: string } | null;
  /** Why it is on and yet charges nothing. */
  pausedBy: "card_refused" | "card_removed" | null;
}

/** Whether auto-pay is on, and which card it charges. */
export function showAutoPay(actor: CustomerActor, world: World = portalWorld()): Promise<AutoPayView> {
  return readAs(world, actor, async (sql) => {
    const [row] = await sql`
      select a.pays_invoices, a.stopped_at, m.id, m.brand, m.last4, m.detached_at from auto_charges a
      join payment_methods m on m.customer_id = a.customer_id and m.id = a.payment_method_id
      where a.customer_id = ${actor.customerId}`;
    if (!row) return { isOn: false, card: null, pausedBy: null };
    const pausedBy = row.detached_at ? "card_removed" : row.stopped_at ? "card_refused" : null;
    return {
      isOn: row.pays_invoices,
      card: { id: row.id, brand: row.brand, last4: row.last4 },
      pausedBy,
    };
  });
}

/** Turns auto-pay on with a saved card, or off (`cardId` null), for members who may change cards. */
export async function switchAutoPay(
  actor: CustomerActor,
  { cardId }: { cardId: string | null },
  world: World = portalWorld(),
): Promise<Result<null, AutoPayRefusal>> {
  if (cardId !== null && !isUuid(cardId)) return refuse({ code: "card_not_found" });
  const { customerId, userId } = actor;
  const switched = await change(world, world.app, {
    customerId,
    userId,
    cardId: cardId as PaymentMethodId | null,
    permit: (sql) => may(sql, actor, "cards.change"),
  });
  return switched.ok ? ok(null) : refuse(switched.refusal);
}
