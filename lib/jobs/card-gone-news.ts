import { transact } from "@/db/transaction";
import { offeredCard } from "@/lib/billing/reminder/announce-cards";
import type { World } from "@/lib/billing/world";
import { cardGoneMail } from "@/lib/mail/card-mail";
import type { Mail } from "@/lib/mail/mailer";
import type { OutboxRow } from "./notices";

/** Says that autopay stopped because its card is gone; null where the customer has chosen another since. */
export async function mailOfStoppedAutopay(
  { world, host }: { world: World; host: { name: string; url: string } },
  { customerId, payload }: OutboxRow,
): Promise<Mail | null> {
  const [found] = await transact(
    world.jobs,
    { customerId },
    ({ sql }) => sql`
      select c.name, c.email, c.locale, m.last4,
        ${offeredCard(sql, world.clock.now(), world.timeZone)} as other_last4 from auto_charges a
      join customers c on c.id = a.customer_id
      join payment_methods m on m.customer_id = a.customer_id and m.id = a.payment_method_id
      where a.customer_id = ${customerId} and m.id = ${payload.cardId ?? null} and a.stopped_at is not null`,
  );
  if (!found) return null;
  const { name, email, locale, last4, other_last4: otherLast4 } = found;
  return cardGoneMail(
    { locale, recipient: { name, email }, host, timeZone: world.timeZone },
    { last4, otherLast4 },
  );
}
