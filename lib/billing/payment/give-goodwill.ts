import type { Database, ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { assert } from "@/lib/kernel/assert";
import type { CustomerId, UserId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { LockedBalance } from "@/lib/ledger/book";
import { Decision } from "../decision";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { readGoodwill } from "./may-leave";
import { settleWhatWaits } from "./settle-what-waits";
import { write } from "./write";

interface Goodwill {
  customerId: CustomerId;
  amount: Money;
  reason: string;
  /** Made once for each form shown: the same amount sent twice is one gift, or one taken back. */
  changeId?: string;
}

/**
 * Gives a customer money of the host's own, with a reason. It is money arriving: what waits for it is settled in the
 * same transaction (domain.md, Renewing). Says how much of the balance that took, in minor units; nothing for a gift sent again.
 */
export async function giveGoodwill(
  world: World,
  database: Database,
  gift: Goodwill & { userId?: UserId | null },
): Promise<{ spentMinor: bigint }> {
  const { customerId, amount, reason, changeId, userId = null } = gift;
  assert(amount.minor > 0n, "goodwill gives something");
  return transact(database, { customerId }, async (tx) => {
    const { sql } = tx;
    const { clock, timeZone } = world;
    const [balances, isDone] = await lockedFor(sql, "goodwill_given", gift);
    if (isDone) return { spentMinor: 0n };
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "staff" as const, userId };
    const decision = new Decision(context, balances);
    const book = decision.book(amount.currency);
    book.transfer({
      debit: "goodwill",
      credit: "customer_balance",
      amountMinor: amount.minor,
      reason: "goodwill",
    });
    decision.record({
      subject: "balance",
      subjectId: customerId,
      verb: "goodwill_given",
      detail: {
        amountMinor: amount.minor.toString(),
        currency: amount.currency,
        reason,
        ...(changeId && { changeId }),
      },
    });
    const beforeMinor = book.availableMinor;
    await settleWhatWaits(tx, decision, amount.currency);
    return { spentMinor: beforeMinor - book.availableMinor };
  });
}

export type TakeGoodwillRefusal =
  | { code: "goodwill_above_available"; available: Money }
  /** More than was ever given, less what was taken back: the rest is the customer's own money. */
  | { code: "goodwill_above_given"; most: Money };

/**
 * Takes goodwill back, at most what is available and what was given: never what an open payment holds, nor what the
 * customer paid in. Refused with what there is.
 */
export async function takeGoodwill(
  world: World,
  database: Database,
  taken: Goodwill & { userId: UserId },
): Promise<Result<undefined, TakeGoodwillRefusal>> {
  const { customerId, amount, reason, changeId, userId } = taken;
  assert(amount.minor > 0n, "goodwill taken back is something");
  return transact(database, { customerId }, async (tx) => {
    const { clock, timeZone } = world;
    const [balances, isDone] = await lockedFor(tx.sql, "goodwill_taken_back", taken);
    if (isDone) return ok();
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "staff" as const, userId };
    const decision = new Decision(context, balances);
    const book = decision.book(amount.currency);
    const givenMinor = await readGoodwill(tx.sql, customerId, amount.currency);
    // The refusal names the least of what bounds it, as the form does.
    if (book.availableMinor < amount.minor && book.availableMinor <= givenMinor) {
      return refuse({
        code: "goodwill_above_available",
        available: money(book.availableMinor, amount.currency),
      });
    }
    if (givenMinor < amount.minor) {
      return refuse({ code: "goodwill_above_given", most: money(givenMinor, amount.currency) });
    }
    book.transfer({
      debit: "customer_balance",
      credit: "goodwill",
      amountMinor: amount.minor,
      reason: "goodwill_taken_back",
    });
    decision.record({
      subject: "balance",
      subjectId: customerId,
      verb: "goodwill_taken_back",
      detail: {
        amountMinor: amount.minor.toString(),
        currency: amount.currency,
        reason,
        ...(changeId && { changeId }),
      },
    });
    write(tx, customerId, decision);
    return ok();
  });
}

/** The balances under lock, and whether this very change was made before. */
function lockedFor(
  sql: ReservedSql,
  verb: "goodwill_given" | "goodwill_taken_back",
  { customerId, amount, changeId }: Goodwill,
): Promise<[LockedBalance[], boolean]> {
  const made = async () => {
    if (!changeId) return false;
    const rows = await sql`
      select 1 from activities where customer_id = ${customerId} and subject_id = ${customerId} and verb = ${verb}
        and detail ->> 'changeId' = ${changeId} and detail ->> 'amountMinor' = ${amount.minor.toString()}`;
    return rows.length > 0;
  };
  return Promise.all([lockBalances(sql, customerId), made()]);
}
