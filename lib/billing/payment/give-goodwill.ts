import type { Database } from "@/db/client";
import { transact } from "@/db/transaction";
import { assert } from "@/lib/kernel/assert";
import type { CustomerId, UserId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { Decision } from "../decision";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { settleWhatWaits } from "./settle-what-waits";
import { write } from "./write";

/**
 * Gives a customer money of the host's own, with a reason. It is money arriving: what waits for it is settled in the
 * same transaction (domain.md, Renewing).
 */
export async function giveGoodwill(
  world: World,
  database: Database,
  gift: { customerId: CustomerId; amount: Money; reason: string; userId?: UserId | null },
): Promise<void> {
  const { customerId, amount, reason, userId = null } = gift;
  assert(amount.minor > 0n, "goodwill gives something");
  await transact(database, { customerId }, async (tx) => {
    const { sql } = tx;
    const { clock, timeZone } = world;
    const balances = await lockBalances(sql, customerId);
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "staff" as const, userId };
    const decision = new Decision(context, balances);
    decision.book(amount.currency).transfer({
      debit: "goodwill",
      credit: "customer_balance",
      amountMinor: amount.minor,
      reason: "goodwill",
    });
    decision.record({
      subject: "balance",
      subjectId: customerId,
      verb: "goodwill_given",
      detail: { amountMinor: amount.minor.toString(), currency: amount.currency, reason },
    });
    await settleWhatWaits(tx, decision, amount.currency);
  });
}

/** Takes goodwill back, at most what is available: never what an open payment holds. Refused with what there is. */
export async function takeGoodwill(
  world: World,
  database: Database,
  taken: { customerId: CustomerId; amount: Money; reason: string; userId: UserId },
): Promise<Result<undefined, { code: "goodwill_above_available"; available: Money }>> {
  const { customerId, amount, reason, userId } = taken;
  assert(amount.minor > 0n, "goodwill taken back is something");
  return transact(database, { customerId }, async (tx) => {
    const { clock, timeZone } = world;
    const balances = await lockBalances(tx.sql, customerId);
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "staff" as const, userId };
    const decision = new Decision(context, balances);
    const book = decision.book(amount.currency);
    if (book.availableMinor < amount.minor) {
      return refuse({
        code: "goodwill_above_available",
        available: money(book.availableMinor, amount.currency),
      });
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
      detail: { amountMinor: amount.minor.toString(), currency: amount.currency, reason },
    });
    write(tx, customerId, decision);
    return ok();
  });
}
