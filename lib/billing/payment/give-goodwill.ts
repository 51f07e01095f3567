import type { Database } from "@/db/client";
import { transact } from "@/db/transaction";
import { assert } from "@/lib/kernel/assert";
import type { CustomerId } from "@/lib/kernel/id";
import type { Money } from "@/lib/kernel/money";
import { Decision } from "../decision";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { settleWhatWaits } from "./settle-what-waits";

/**
 * Gives a customer money of the host's own, with a reason. It is money arriving: what waits for it is settled in the
 * same transaction (domain.md, Renewing).
 */
export async function giveGoodwill(
  world: World,
  database: Database,
  gift: { customerId: CustomerId; amount: Money; reason: string },
): Promise<void> {
  const { customerId, amount, reason } = gift;
  assert(amount.minor > 0n, "goodwill gives something");
  await transact(database, { customerId }, async (tx) => {
    const { sql } = tx;
    const { clock, timeZone } = world;
    const balances = await lockBalances(sql, customerId);
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "staff" as const, userId: null };
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
