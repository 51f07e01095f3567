import type { Database, ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { assert } from "@/lib/kernel/assert";
import type { CustomerId, UserId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { stopAutoTopUp } from "../auto-pay/stop-auto-top-up";
import { Decision } from "../decision";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { mayLeaveMinor, readGoodwill } from "./may-leave";
import { paidOutToday, payoutDayLimit } from "./payout-limit";
import { write } from "./write";

export type PayOutRefusal =
  | { code: "above_available"; available: Money }
  /** Goodwill is not paid out; `most` may leave. */
  | { code: "goodwill_stays"; most: Money }
  /** More than one person may pay out on a day; `most` is what is left of `limit` today. */
  | { code: "payout_above_day"; most: Money; limit: Money }
  | { code: "balance_changed"; available: Money };

/**
 * Books that balance was paid out by bank, at most what is available: never what an open payment holds (domain.md, The
 * ledger), no goodwill (A8), and by one person no more a day than the host has set for the currency. `seenMinor` is what was available when the payout was decided on: if it is another amount by now, somebody
 * was faster, and it is refused with what there is. `payoutId` is made once for each form shown: sent twice it is one payout.
 */
export async function payOutBalance(
  world: World,
  database: Database,
  payout: {
    customerId: CustomerId;
    payoutId: string;
    amount: Money;
    seenMinor: bigint;
    reason: string;
    userId: UserId;
  },
): Promise<Result<undefined, PayOutRefusal>> {
  const { customerId, payoutId, amount, seenMinor, reason, userId } = payout;
  assert(amount.minor > 0n, "a payout is something");
  return transact(database, { customerId }, async (tx) => {
    const { clock, timeZone } = world;
    // Before the balance: what one person pays out is counted over all customers, one payout after the other.
    await tx.sql`select pg_advisory_xact_lock(hashtext('mallard payouts of one person'), hashtext(${userId}))`;
    const balances = await lockBalances(tx.sql, customerId);
    if (await isPaidOut(tx.sql, payout)) return ok();
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "staff" as const, userId };
    const decision = new Decision(context, balances);
    const book = decision.book(amount.currency);
    const available = money(book.availableMinor, amount.currency);
    if (available.minor !== seenMinor) return refuse({ code: "balance_changed", available });
    const [goodwillMinor, limit, doneMinor] = await Promise.all([
      readGoodwill(tx.sql, customerId, amount.currency),
      payoutDayLimit(tx.sql, amount.currency),
      paidOutToday(tx.sql, { userId, currency: amount.currency }, context.now, timeZone),
    ]);
    const leavesMinor = mayLeaveMinor({ availableMinor: available.minor, goodwillMinor });
    const leftMinor = limit.minor > doneMinor ? limit.minor - doneMinor : 0n;
    // The refusal names the least of what bounds it, as the form does.
    if (leftMinor < amount.minor && leftMinor < leavesMinor) {
      return refuse({ code: "payout_above_day", most: money(leftMinor, amount.currency), limit });
    }
    if (leavesMinor < amount.minor) {
      return leavesMinor < available.minor
        ? refuse({ code: "goodwill_stays", most: money(leavesMinor, amount.currency) })
        : refuse({ code: "above_available", available });
    }
    book.transfer({
      debit: "customer_balance",
      credit: "bank",
      amountMinor: amount.minor,
      reason: "balance_paid_out",
    });
    decision.record({
      subject: "balance",
      subjectId: customerId,
      verb: "balance_paid_out",
      detail: { amountMinor: amount.minor.toString(), currency: amount.currency, reason, payoutId },
    });
    await stopAutoTopUp(tx.sql, decision, amount.currency);
    write(tx, customerId, decision);
    return ok();
  });
}

/** Whether this very payout was booked before. */
async function isPaidOut(
  sql: ReservedSql,
  { customerId, payoutId, amount }: { customerId: CustomerId; payoutId: string; amount: Money },
): Promise<boolean> {
  const rows = await sql`
    select 1 from activities where customer_id = ${customerId} and subject_id = ${customerId}
      and verb = 'balance_paid_out' and detail ->> 'payoutId' = ${payoutId}
      and detail ->> 'amountMinor' = ${amount.minor.toString()} and detail ->> 'currency' = ${amount.currency}`;
  return rows.length > 0;
}
