import type { ReservedSql } from "@/db/client";
import type { CustomerId } from "@/lib/kernel/id";
import { firstChargeAt, nextChargeAt } from "../auto-pay/schedule";
import { autoChargeCard } from "../card/auto-charge-card";
import type { ForecastEvent } from "../renewal/forecast";
import type { PlannedCharge } from "../renewal/next-steps";

/**
 * Which card auto-pay charges next for a renewal that the forecast sees, and when; null where it charges none: the balance
 * reaches, auto-pay is off or stopped, or its days are over. Without locks: to show.
 */
export async function readChargeOf(
  sql: ReservedSql,
  customerId: CustomerId,
  today: { now: Date; timeZone: string },
): Promise<(event: ForecastEvent) => PlannedCharge | null> {
  const { now, timeZone } = today;
  const found = await autoChargeCard(sql, customerId, today);
  return ({ isCovered, invoiceId, at: issuedAt, dueOn }) => {
    if (!found?.paysInvoices || isCovered) return null;
    const at = invoiceId ? nextChargeAt(dueOn, now, timeZone) : firstChargeAt(dueOn, issuedAt, timeZone);
    const { brand, last4 } = found.card;
    return at && { at, card: { brand, last4 } };
  };
}
