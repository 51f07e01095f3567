import type { Database } from "@/db/client";
import { transact } from "@/db/transaction";
import type { UserId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { stopAutoTopUp } from "../auto-pay/stop-auto-top-up";
import { Decision } from "../decision";
import { write } from "../payment/write";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { type RefundRef, readRefund, readRefundMoney } from "./read-refund";

export type AttachRefundRefusal =
  | { code: "refund_not_found" }
  /** Nothing of it waits (any more): somebody was faster. */
  | { code: "refund_not_waiting" }
  | { code: "nothing_available" };

/**
 * Takes a refund that was made in Stripe's own dashboard from the customer's balance: all of what waits on suspense, or as
 * much as is available, and the rest goes on waiting. Its task is done when nothing waits (domain.md, The ledger).
 */
export async function attachRefund(
  world: World,
  database: Database,
  { customerId, refundId, userId }: RefundRef & { userId: UserId },
): Promise<Result<{ taken: Money; waiting: Money }, AttachRefundRefusal>> {
  const ref = { customerId, refundId };
  type Answer = Result<{ taken: Money; waiting: Money }, AttachRefundRefusal>;
  return transact(database, { customerId }, async (tx): Promise<Answer> => {
    const { clock, timeZone } = world;
    const balances = await lockBalances(tx.sql, customerId);
    const [refund, found] = await Promise.all([readRefund(tx.sql, ref), readRefundMoney(tx.sql, ref)]);
    if (!refund) return refuse({ code: "refund_not_found" });
    const waitingMinor = found.onSuspenseMinor;
    if (waitingMinor <= 0n) return refuse({ code: "refund_not_waiting" });
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "staff" as const, userId };
    const decision = new Decision(context, balances);
    const book = decision.book(refund.currency);
    const takenMinor = waitingMinor < book.availableMinor ? waitingMinor : book.availableMinor;
    if (takenMinor === 0n) return refuse({ code: "nothing_available" });
    book.transfer({
      debit: "customer_balance",
      credit: "suspense",
      amountMinor: takenMinor,
      reason: "refund_attached",
      refundId,
    });
    if (takenMinor === waitingMinor) decision.finishTask("suspense", refundId);
    decision.record({
      subject: "payment",
      subjectId: refund.paymentId,
      verb: "refund_attached",
      detail: { refundId, amountMinor: takenMinor.toString(), currency: refund.currency },
    });
    await stopAutoTopUp(tx.sql, decision, refund.currency);
    write(tx, customerId, decision);
    const of = (minor: bigint) => money(minor, refund.currency);
    return ok({ taken: of(takenMinor), waiting: of(waitingMinor - takenMinor) });
  });
}
