import { transact } from "@/db/transaction";
import type { Charge } from "@/lib/gateway/port";
import type { ChargeId, CustomerId } from "@/lib/kernel/id";
import { postBooks } from "@/lib/ledger/post-book";
import { Decision } from "../decision";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { bookFee } from "./decide-success";

interface DueCharge {
  customerId: CustomerId;
  id: ChargeId;
  stripeChargeId: string;
  currency: string;
  amountMinor: bigint;
}

/**
 * Books the fees that Stripe had not said yet when their charge was booked. Returns how many are booked now. One that
 * cannot be booked does not stop the others; its fault is thrown when all had their turn.
 */
export async function pollFees(world: World, most = 50): Promise<number> {
  const now = world.clock.now();
  const later = new Date(now.getTime() + 30 * 60_000);
  const due = await transact(
    world.jobs,
    {},
    ({ sql }) => sql`
      update charges set next_poll_at = ${later} where (customer_id, id) in (
        select customer_id, id from charges where next_poll_at <= ${now} order by next_poll_at
        limit ${most} for update skip locked)
      returning customer_id, id, stripe_charge_id, currency, amount_minor`,
  );
  let booked = 0;
  const faults: unknown[] = [];
  for (const row of due) {
    try {
      booked += await pollFee(world, {
        customerId: row.customer_id,
        id: row.id,
        stripeChargeId: row.stripe_charge_id,
        currency: row.currency,
        amountMinor: row.amount_minor,
      });
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} fees could not be booked`);
  return booked;
}

async function pollFee(world: World, due: DueCharge): Promise<number> {
  const { customerId, id, stripeChargeId, currency, amountMinor } = due;
  const fee = await world.gateway.readFee(stripeChargeId);
  if (fee.outcome !== "succeeded" || !fee.value) return 0;
  return bookLateFee(world, customerId, id, { id: stripeChargeId, amountMinor, currency, fee: fee.value });
}

/**
 * Books the fee of a charge that was booked before Stripe had said it, once, whoever learns of it. Returns how many are
 * booked now.
 */
export function bookLateFee(
  world: World,
  customerId: CustomerId,
  chargeId: ChargeId,
  charge: Charge,
): Promise<number> {
  return transact(world.jobs, { customerId }, async (tx) => {
    const { fee } = charge;
    const balances = await lockBalances(tx.sql, customerId);
    const [row] = await tx.sql`
      update charges set stripe_balance_transaction_id = ${fee?.balanceTransactionId ?? null},
        fee_minor = ${(fee?.feeMinor ?? 0n).toString()}, fee_currency = ${fee?.currency ?? null}, next_poll_at = null
      where customer_id = ${customerId} and id = ${chargeId} and fee_minor is null returning 1`;
    if (!row) return 0;
    const { clock, timeZone } = world;
    const decision = new Decision(
      { customerId, now: clock.now(), clock, timeZone, actor: "system", userId: null },
      balances,
    );
    bookFee(decision, charge, chargeId);
    const { books } = decision.result();
    if (books.length > 0) tx.write(postBooks(tx.sql, books));
    return 1;
  });
}
