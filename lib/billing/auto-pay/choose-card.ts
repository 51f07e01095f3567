import type { ReservedSql } from "@/db/client";
import type { CustomerId, PaymentMethodId, UserId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { type CardRefusal, type ChosenCard, chosenCard } from "../card/chosen-card";
import { lockCards, setDefaultCard } from "../card/default-card";
import type { World } from "../world";
import { keepConsent } from "./charge-consent";

export interface CardChoice {
  customerId: CustomerId;
  userId: UserId;
  cardId: PaymentMethodId;
  /** The network address that it came from; kept with what was agreed to. */
  address: string | null;
  /** What the customer turns on with it; null: nothing, they only choose the card. */
  turnsOn: "renewals" | { topUp: Currency } | null;
}

/**
 * Makes a card the default: the one that Autopay and auto top-up charge. What a refusal or a removal had stopped goes on,
 * and each thing that this card may be charged for from now on is kept as agreed to. The caller has looked for permission.
 */
export async function chooseCard(
  sql: ReservedSql,
  { clock, timeZone }: Pick<World, "clock" | "timeZone">,
  choice: CardChoice,
): Promise<{ ok: true; card: ChosenCard } | { ok: false; refusal: CardRefusal }> {
  const { customerId, userId, cardId, turnsOn } = choice;
  const now = clock.now();
  await lockCards(sql, customerId);
  const found = await chosenCard(sql, customerId, cardId, { now, timeZone });
  if (!found.ok) return found;
  await setDefaultCard(sql, customerId, cardId);
  const [before] = await sql`
    select payment_method_id, stopped_at from auto_charges where customer_id = ${customerId} for update`;
  if (!before && !turnsOn) return found;
  const [after] = await sql`
    insert into auto_charges (customer_id, payment_method_id, pays_invoices, user_id, changed_at)
    values (${customerId}, ${cardId}, ${turnsOn === "renewals"}, ${userId}, ${now})
    on conflict (customer_id) do update set payment_method_id = excluded.payment_method_id,
      pays_invoices = auto_charges.pays_invoices or excluded.pays_invoices,
      stopped_at = null, stopped_code = null, user_id = excluded.user_id, changed_at = excluded.changed_at
    returning pays_invoices`;
  const isNew = before?.payment_method_id !== cardId || before.stopped_at !== null;
  const agreed = { customerId, userId, cardId, address: choice.address };
  if (turnsOn === "renewals" || (isNew && after?.pays_invoices)) {
    await keepConsent(sql, clock, { ...agreed, purposes: ["renewals"], capMinor: null });
  }
  const topUps = await sql`
    select currency, monthly_cap_minor from auto_top_ups where customer_id = ${customerId} and is_on
    order by currency`;
  for (const { currency, monthly_cap_minor: capMinor } of topUps) {
    const isTurnedOn = turnsOn !== null && turnsOn !== "renewals" && turnsOn.topUp === currency;
    if (!isNew && !isTurnedOn) continue;
    await keepConsent(sql, clock, { ...agreed, purposes: ["top_up"], capMinor, currency });
  }
  return found;
}
