import type { Database, ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import type { CustomerId, PaymentMethodId, UserId } from "@/lib/kernel/id";
import { type CardRefusal, chosenCard } from "../card/chosen-card";
import { Decision } from "../decision";
import { write } from "../payment/write";
import type { World } from "../world";
import { keepConsent } from "./charge-consent";

export interface AutoPayInput {
  customerId: CustomerId;
  userId: UserId;
  /** The card to be charged from now on; null: none, auto-pay is off. */
  cardId: PaymentMethodId | null;
  /** The network address that it came from; kept with what was agreed to. */
  address: string | null;
  permit: (sql: ReservedSql) => Promise<boolean>;
}

export type AutoPayRefusal = { code: "not_allowed" } | CardRefusal;

/**
 * Turns auto-pay on with a card, or off (domain.md, Renewing: off unless turned on). Choosing a card takes up again what a
 * hard decline had stopped. Nothing is charged by it: that is done on the days of the schedule.
 */
export function switchAutoPay(
  world: World,
  database: Database,
  input: AutoPayInput,
): Promise<{ ok: true } | { ok: false; refusal: AutoPayRefusal }> {
  const { customerId, userId, cardId } = input;
  const { clock, timeZone } = world;
  const now = clock.now();
  return transact(database, { customerId, userId }, async (tx) => {
    const { sql } = tx;
    const [isPermitted, found] = await Promise.all([
      input.permit(sql),
      cardId && chosenCard(sql, customerId, cardId, { now, timeZone }),
    ]);
    if (!isPermitted) return { ok: false, refusal: { code: "not_allowed" } };
    if (found && !found.ok) return { ok: false, refusal: found.refusal };
    const changed = cardId
      ? await sql`
          insert into auto_charges (customer_id, payment_method_id, pays_invoices, user_id, changed_at)
          values (${customerId}, ${cardId}, true, ${userId}, ${now})
          on conflict (customer_id) do update set payment_method_id = excluded.payment_method_id, pays_invoices = true,
            stopped_at = null, stopped_code = null, user_id = excluded.user_id, changed_at = excluded.changed_at
          returning 1`
      : await sql`
          update auto_charges set pays_invoices = false, user_id = ${userId}, changed_at = ${now}
          where customer_id = ${customerId} and pays_invoices returning 1`;
    if (changed.length === 0) return { ok: true };
    if (cardId) {
      const purposes = ["renewals"] as const;
      const { address } = input;
      await keepConsent(sql, clock, { customerId, userId, cardId, purposes, capMinor: null, address });
    }
    const decision = new Decision({ customerId, now, clock, timeZone, actor: "customer", userId }, []);
    const verb = cardId ? "auto_pay_on" : "auto_pay_off";
    decision.record({
      subject: "customer",
      subjectId: customerId,
      verb,
      detail: cardId ? { paymentMethodId: cardId } : {},
    });
    write(tx, customerId, decision);
    return { ok: true };
  });
}
