import type { ReservedSql } from "@/db/client";
import type { RestoredNews } from "@/lib/mail/restored-mail";
import type { OutboxRow } from "./notices";
import { isToBeTold } from "./told-together";

/** Whether a row of the outbox says that a suspended service runs again. */
export function isAboutRestored({ topic }: Pick<OutboxRow, "topic">): boolean {
  return topic === "service.resumed";
}

/**
 * All services of a customer that run again and of which nobody has told yet, in the mail of the first. Null where none of
 * them runs any more. One that staff send again tells what it told before.
 */
export async function restoredNews(
  sql: ReservedSql,
  { customerId, id }: Pick<OutboxRow, "customerId" | "id">,
): Promise<{ restored: RestoredNews; alsoTold: string[] } | "elsewhere" | null> {
  const rows = await sql`
    select o.id, o.handled_at is null as is_waiting, o.payload->>'serviceId' as service_id from outbox o
    where o.customer_id = ${customerId} and o.topic = 'service.resumed' and ${isToBeTold(sql)} order by o.id`;
  if (rows.find((row) => row.is_waiting)?.id !== id) return "elsewhere";
  const services = await sql<{ label: string; expiresAt: Date }[]>`
    select label, expires_at as "expiresAt" from services
    where customer_id = ${customerId} and id = any(${rows.map((row) => row.service_id)}::uuid[])
      and state = 'active' order by label, id`;
  if (services.length === 0) return null;
  const alsoTold = rows.map((row) => row.id as string).filter((other) => other !== id);
  return { restored: { services }, alsoTold };
}
