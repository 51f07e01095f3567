import type { Transaction } from "@/db/transaction";
import type { Decision } from "./decision";

interface Quarantine {
  kind: "payment_quarantined" | "refund_quarantined" | "dispute_quarantined";
  subject: "payment" | "refund" | "dispute";
  subjectId: string;
  reason: string;
  /** The object of Stripe's that it is about, where that is not the one of the row. */
  stripeId?: string | undefined;
  /** Amounts that people need to judge it. */
  detail?: Record<string, string> | undefined;
}

/**
 * Puts what Stripe says and the books cannot take on staff's desk, once: not while it is open, and what they have dealt
 * with is not asked again each night for the same reason and amounts. Other amounts are another question. Returns whether it was put there. The caller writes the decision.
 */
export async function askStaffOnce(
  { sql }: Transaction,
  decision: Decision,
  { kind, subject, subjectId, reason, stripeId, detail }: Quarantine,
): Promise<boolean> {
  const asks = { ...detail, reason, ...(stripeId && { stripeId }) };
  const known = await sql`
    select 1 from tasks where customer_id = ${decision.context.customerId} and kind = ${kind}
      and subject_id = ${subjectId} and (done_at is null or detail = ${sql.json(asks)})`;
  if (known.length > 0) return false;
  decision.askStaff(kind, subject, subjectId, asks);
  return true;
}
