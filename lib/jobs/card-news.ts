import type { ReservedSql } from "@/db/client";
import { isChargedByItself, offeredCard } from "@/lib/billing/reminder/announce-cards";
import { isOver, lastDayOf } from "@/lib/billing/reminder/card-expiry";
import type { World } from "@/lib/billing/world";
import { calendarDay, startOfDay } from "@/lib/kernel/calendar";
import type { CustomerId } from "@/lib/kernel/id";
import type { CardExpiring } from "@/lib/mail/card-mail";
import type { ToldStage } from "./told-stage";

/**
 * What there is to say of a card's expiry now. Null if there is nothing to say any more: it was removed, renewed by its
 * bank, is charged by nothing, or another worker tells it.
 */
export async function expiringCard(
  world: World,
  sql: ReservedSql,
  customerId: CustomerId,
  told: readonly ToldStage[],
): Promise<CardExpiring | null> {
  const rows = await sql`
    select m.id, m.last4, m.exp_month, m.exp_year,
      ${offeredCard(sql, world.clock.now(), world.timeZone)} as other_last4
    from payment_methods m join auto_charges a on a.customer_id = m.customer_id
    where m.customer_id = ${customerId} and m.id = any(${told.map(({ subjectId }) => subjectId)}::uuid[])
      and ${isChargedByItself(sql)}`;
  const [card] = rows
    .map((row) => ({
      id: row.id as string,
      last4: row.last4 as string,
      expMonth: row.exp_month as number,
      expYear: row.exp_year as number,
      otherLast4: row.other_last4 as string | null,
    }))
    .filter((card) => told.some(({ subjectId, day }) => subjectId === card.id && day === lastDayOf(card)));
  if (!card) return null;
  const lastDay = lastDayOf(card);
  return {
    last4: card.last4,
    lastDay: startOfDay(lastDay, world.timeZone),
    isOver: isOver(card, calendarDay(world.clock.now(), world.timeZone)),
    otherLast4: card.otherLast4,
  };
}
