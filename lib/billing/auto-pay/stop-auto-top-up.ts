import type { ReservedSql } from "@/db/client";
import type { Currency } from "@/lib/kernel/money";
import type { Decision } from "../decision";

/**
 * Staff send balance back to the customer: auto top-up, which would charge their card for it again, is off, and they are
 * told. It is theirs to turn on again.
 */
export async function stopAutoTopUp(sql: ReservedSql, decision: Decision, currency: Currency): Promise<void> {
  const { customerId, now } = decision.context;
  const stopped = await sql`
    update auto_top_ups set is_on = false, changed_at = ${now}
    where customer_id = ${customerId} and currency = ${currency} and is_on returning 1`;
  if (stopped.length === 0) return;
  decision.record({
    subject: "customer",
    subjectId: customerId,
    verb: "auto_top_up_off",
    detail: { currency },
  });
  decision.tell("auto_top_up.stopped", { currency });
}
