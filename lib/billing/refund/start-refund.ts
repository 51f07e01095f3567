import type { Database } from "@/db/client";
import { transact } from "@/db/transaction";
import type { RefundRequest } from "@/lib/gateway/port";
import { assert } from "@/lib/kernel/assert";
import type { ChargeId, UserId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { stopAutoTopUp } from "../auto-pay/stop-auto-top-up";
import { Decision } from "../decision";
import { readCharge, topUpLeftMinor } from "../payment/charge-left";
import { mayLeaveMinor, readGoodwill } from "../payment/may-leave";
import { pollDelayMs } from "../payment/poll-payments";
import { write } from "../payment/write";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { type RefundRef, readRefund } from "./read-refund";

export interface RefundWish extends RefundRef {
  /** `refundId` is made by the form: a double click is the same refund. */
  chargeId: ChargeId;
  amount: Money;
  /** What could be refunded when it was decided on: another amount by now means that somebody was faster. */
  seenMinor: bigint;
  reason: string;
  userId: UserId;
}

export type StartRefundRefusal =
  | { code: "charge_not_found" }
  | { code: "refund_id_used" }
  | { code: "refund_changed"; most: Money }
  | { code: "refund_too_large"; most: Money }
  | { code: "refund_uneven"; step: Money };

/**
 * Stores a refund of a top-up and holds its amount: at most what that charge has left (the charge less what was refunded,
 * is disputed or is on invoices) and at most what is available and no goodwill. Stripe is called after this, by settleRefund (domain.md,
 * The ledger). Repeated with the same content it is the same refund.
 */
export async function startRefund(
  world: World,
  database: Database,
  wish: RefundWish,
): Promise<Result<RefundRef, StartRefundRefusal>> {
  const { customerId, refundId, chargeId, amount, seenMinor, reason, userId } = wish;
  assert(amount.minor > 0n, "a refund is something");
  return transact(database, { customerId }, async (tx): Promise<Result<RefundRef, StartRefundRefusal>> => {
    const { clock, timeZone } = world;
    const balances = await lockBalances(tx.sql, customerId);
    const [repeated, charge, goodwillMinor] = await Promise.all([
      readRefund(tx.sql, wish),
      readCharge(tx.sql, customerId, chargeId),
      readGoodwill(tx.sql, customerId, amount.currency),
    ]);
    if (!charge || charge.currency !== amount.currency) return refuse({ code: "charge_not_found" });
    if (repeated) {
      const isSame = repeated.chargeId === chargeId && repeated.amountMinor === amount.minor;
      return isSame ? ok({ customerId, refundId }) : refuse({ code: "refund_id_used" });
    }
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "staff" as const, userId };
    const decision = new Decision(context, balances);
    const book = decision.book(amount.currency);
    const leftMinor = topUpLeftMinor(charge);
    const leavesMinor = mayLeaveMinor({ availableMinor: book.availableMinor, goodwillMinor });
    const mostMinor = leftMinor < leavesMinor ? leftMinor : leavesMinor;
    const most = money(mostMinor, amount.currency);
    if (mostMinor !== seenMinor) return refuse({ code: "refund_changed", most });
    if (amount.minor > mostMinor) return refuse({ code: "refund_too_large", most });
    const { stepMinor } = world.gateway.chargeLimits(amount.currency);
    if (amount.minor % stepMinor !== 0n) {
      return refuse({ code: "refund_uneven", step: money(stepMinor, amount.currency) });
    }
    book.hold({ refundId, amountMinor: amount.minor });
    decision.changes.refunds.push({
      id: refundId,
      charge_id: chargeId,
      origin: "staff",
      state: "created",
      currency: amount.currency,
      amount_minor: amount.minor,
      note: reason,
      user_id: userId,
      request_key: `${world.environment}/${refundId}/refund`,
      request: requestOf(wish, charge.stripeChargeId),
      send_count: 1,
      first_sent_at: context.now,
      next_poll_at: new Date(context.now.getTime() + pollDelayMs(0)),
      created_at: context.now,
    });
    decision.record({
      subject: "payment",
      subjectId: charge.paymentId,
      verb: "refund_started",
      detail: { refundId, amountMinor: amount.minor.toString(), currency: amount.currency, reason },
      isVisible: false,
    });
    await stopAutoTopUp(tx.sql, decision, amount.currency);
    write(tx, customerId, decision);
    return ok({ customerId, refundId });
  });
}

function requestOf({ refundId, customerId, amount }: RefundWish, stripeChargeId: string): RefundRequest {
  return { stripeChargeId, refundId, customerId, amountMinor: amount.minor.toString() };
}
