import type { Database } from "@/db/client";
import { transact } from "@/db/transaction";
import type { CustomerId, DisputeId, UserId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { Decision } from "../decision";
import { write } from "../payment/write";
import { lockBalances } from "../scene";
import type { World } from "../world";

export type AgreeLossRefusal =
  | { code: "dispute_not_found" }
  /** It is over, or nothing of it is with the bank (any more). */
  | { code: "dispute_not_waiting" };

/**
 * Staff say that what a bank keeps of a dispute is lost, where Stripe's word alone does not decide it: a debit that came back,
 * or one that was won in part. What follows is booked by settleDispute. Said again it stays said.
 */
export async function agreeLoss(
  world: World,
  database: Database,
  {
    customerId,
    disputeId,
    userId,
    reason,
  }: { customerId: CustomerId; disputeId: DisputeId; userId: UserId; reason: string },
): Promise<Result<{ stripeDisputeId: string }, AgreeLossRefusal>> {
  type Answer = Result<{ stripeDisputeId: string }, AgreeLossRefusal>;
  return transact(database, { customerId }, async (tx): Promise<Answer> => {
    const { clock, timeZone } = world;
    const balances = await lockBalances(tx.sql, customerId);
    const [row] = await tx.sql`
      select d.stripe_dispute_id, d.state, d.currency, d.loss_agreed_at, c.payment_id, (
          select coalesce(sum(-m.amount_minor), 0)::bigint from dispute_movements m
          where m.customer_id = d.customer_id and m.dispute_id = d.id) as out
      from disputes d join charges c on c.customer_id = d.customer_id and c.id = d.charge_id
      where d.customer_id = ${customerId} and d.id = ${disputeId}`;
    if (!row) return refuse({ code: "dispute_not_found" });
    if (row.state !== "open" || row.out <= 0n) return refuse({ code: "dispute_not_waiting" });
    const answer: Answer = ok({ stripeDisputeId: row.stripe_dispute_id });
    if (row.loss_agreed_at) return answer;
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "staff" as const, userId };
    const decision = new Decision(context, balances);
    await tx.sql`
      update disputes set loss_agreed_at = ${context.now} where customer_id = ${customerId} and id = ${disputeId}`;
    decision.finishTask("dispute_quarantined", disputeId);
    decision.record({
      subject: "payment",
      subjectId: row.payment_id,
      verb: "dispute_loss_agreed",
      detail: { disputeId, amountMinor: row.out.toString(), currency: row.currency, reason },
      isVisible: false,
    });
    write(tx, customerId, decision);
    return answer;
  });
}
