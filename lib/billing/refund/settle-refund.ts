import { type Transaction, transact } from "@/db/transaction";
import type { Refund } from "@/lib/gateway/port";
import { askStaffOnce } from "../ask-staff-once";
import { Decision } from "../decision";
import { settleWhatWaits } from "../payment/settle-what-waits";
import { write } from "../payment/write";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { decideRefund } from "./decide-refund";
import { judgeRefund, type RefundVerdict } from "./judge-refund";
import { type ReachedRefund, reachRefund } from "./reach-refund";
import { type RefundRef, readRefund, readRefundMoney } from "./read-refund";
import type { RefundState } from "./states";

export type SettledRefund =
  | { kind: "not_found" }
  /** The state the refund is in now; `changed` if this call brought something about. */
  | { kind: "settled"; state: RefundState; changed: boolean; failureCode: string | null }
  /** Stripe does not say: nothing is changed, the poller will ask again. */
  | { kind: "unknown"; reason: string }
  /** Stripe says something that does not fit our row: shown to staff, nothing moved. */
  | { kind: "quarantined"; reason: string };

/**
 * Applies what Stripe says of a refund: the only way in which one is booked, ends or is reversed. Webhook, poller and
 * staff's sync all call this; the first one wins (domain.md, Paying 6). `said` is what was just learned, so that Stripe
 * is not asked twice.
 */
export async function settleRefund(world: World, ref: RefundRef, said?: Refund): Promise<SettledRefund> {
  const refund = await readRefund(world.jobs.sql, ref);
  if (!refund) return { kind: "not_found" };
  const reached: ReachedRefund = said ? { kind: "refund", refund: said } : await reachRefund(world, refund);
  if (reached.kind === "unknown") return reached;
  const verdict: RefundVerdict =
    reached.kind === "nothing"
      ? { kind: "failed", code: reached.code, said: null }
      : judgeRefund(refund, reached.refund);
  return transact(world.jobs, { customerId: ref.customerId }, (tx) => apply(world, ref, tx, verdict));
}

async function apply(
  world: World,
  ref: RefundRef,
  tx: Transaction,
  verdict: RefundVerdict,
): Promise<SettledRefund> {
  const { clock, timeZone } = world;
  const { customerId, refundId } = ref;
  const balances = await lockBalances(tx.sql, customerId);
  await tx.sql`select 1 from refunds where customer_id = ${customerId} and id = ${refundId} for update`;
  const [refund, money] = await Promise.all([readRefund(tx.sql, ref), readRefundMoney(tx.sql, ref)]);
  if (!refund) throw new Error("a refund is never deleted");
  const context = { customerId, now: clock.now(), clock, timeZone, actor: "system" as const, userId: null };
  const decision = new Decision(context, balances);
  if (verdict.kind === "quarantined") return quarantine(tx, ref, decision, verdict.reason);
  const changed = decideRefund(decision, { refund, ...money }, verdict);
  if (!changed) {
    return { kind: "settled", state: refund.state, changed, failureCode: refund.failureCode };
  }
  const after = decision.changes.refundStates.at(-1);
  // What is released or comes back is money arriving.
  await settleWhatWaits(tx, decision, refund.currency);
  return {
    kind: "settled",
    state: after?.state as RefundState,
    changed,
    failureCode: after?.failure_code ?? null,
  };
}

async function quarantine(
  tx: Transaction,
  { customerId, refundId }: RefundRef,
  decision: Decision,
  reason: string,
): Promise<SettledRefund> {
  const about = { kind: "refund_quarantined", subject: "refund", subjectId: refundId, reason } as const;
  if (await askStaffOnce(tx, decision, about)) write(tx, customerId, decision);
  return { kind: "quarantined", reason };
}
