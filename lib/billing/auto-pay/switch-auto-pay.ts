import type { Database, ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import type { CustomerId, PaymentMethodId, UserId } from "@/lib/kernel/id";
import type { CardRefusal } from "../card/chosen-card";
import { Decision } from "../decision";
import { write } from "../payment/write";
import type { World } from "../world";
import { chooseCard } from "./choose-card";

export interface AutoPayInput {
  customerId: CustomerId;
  userId: UserId;
  /** The card to be charged from now on; null: none, Autopay is off. */
  cardId: PaymentMethodId | null;
  /** The network address that it came from; kept with what was agreed to. */
  address: string | null;
  permit: (sql: ReservedSql) => Promise<boolean>;
}

export type AutoPayRefusal = { code: "not_allowed" } | CardRefusal;

/**
 * Turns Autopay on with a card, which becomes the default, or off (domain.md, Renewing: off unless turned on). Choosing a
 * card takes up again what a hard decline had stopped. Nothing is charged by it: that is done on the days of the schedule.
 */
export function switchAutoPay(
  world: World,
  database: Database,
  input: AutoPayInput,
): Promise<{ ok: true } | { ok: false; refusal: AutoPayRefusal }> {
  const { customerId, userId, cardId, address } = input;
  const { clock, timeZone } = world;
  const now = clock.now();
  return transact(database, { customerId, userId }, async (tx) => {
    const { sql } = tx;
    if (!(await input.permit(sql))) return { ok: false, refusal: { code: "not_allowed" } };
    if (cardId) {
      const choice = { customerId, userId, cardId, address, turnsOn: "renewals" as const };
      const chosen = await chooseCard(sql, world, choice);
      if (!chosen.ok) return chosen;
    } else {
      const changed = await sql`
        update auto_charges set pays_invoices = false, user_id = ${userId}, changed_at = ${now}
        where customer_id = ${customerId} and pays_invoices returning 1`;
      if (changed.length === 0) return { ok: true };
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
