import { transact } from "@/db/transaction";
import { cardDisputed } from "@/lib/billing/card/auto-charge-card";
import { offeredCard } from "@/lib/billing/reminder/announce-cards";
import type { World } from "@/lib/billing/world";
import { autoTopUpOffMail, cardDisputedMail, cardGoneMail } from "@/lib/mail/card-mail";
import type { Mail } from "@/lib/mail/mailer";
import type { OutboxRow } from "./notices";

/** Says that autopay stopped because its card is gone or disputed; null where the customer has chosen another since. */
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
  const about = { locale, recipient: { name, email }, host, timeZone: world.timeZone };
  if (payload.why === cardDisputed) return cardDisputedMail(about, { last4 });
  return cardGoneMail(about, { last4, otherLast4 });
}

/** Says that auto top-up is off since money was sent back; null where the customer has turned it on again since. */
export async function mailOfStoppedTopUp(
  { world, host }: { world: World; host: { name: string; url: string } },
  { customerId, payload: { currency = "" } }: OutboxRow,
): Promise<Mail | null> {
  const [found] = await transact(
    world.jobs,
    { customerId },
    ({ sql }) => sql`
      select c.name, c.email, c.locale from auto_top_ups t join customers c on c.id = t.customer_id
      where t.customer_id = ${customerId} and t.currency = ${currency} and not t.is_on`,
  );
  if (!found) return null;
  const { name, email, locale } = found;
  return autoTopUpOffMail(
    { locale, recipient: { name, email }, host, timeZone: world.timeZone },
    { currency },
  );
}
