import { type Transaction, transact } from "@/db/transaction";
import type { Charge, Fee } from "@/lib/gateway/port";
import type { ChargeId, CustomerId } from "@/lib/kernel/id";
import { isCurrency } from "@/lib/kernel/money";
import { postBooks } from "@/lib/ledger/post-book";
import { Decision } from "../decision";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { bookFee } from "./decide-success";
import { reasonOf } from "./reached";
import { write } from "./write";

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

export type SettledFee =
  | { kind: "settled"; isBooked: boolean }
  /** No charge here waits for its fee under that id. */
  | { kind: "not_waiting" }
  | { kind: "unknown"; reason: string };

/** Books the fee of one charge as soon as Stripe tells that it changed; the poller is there for what is not told. */
export async function settleFee(world: World, stripeChargeId: string): Promise<SettledFee> {
  const [row] = await world.jobs.sql`
    select customer_id, id, currency, amount_minor from charges
    where stripe_charge_id = ${stripeChargeId} and fee_minor is null`;
  if (!row) return { kind: "not_waiting" };
  const fee = await world.gateway.readFee(stripeChargeId);
  if (fee.outcome !== "succeeded") return { kind: "unknown", reason: reasonOf(fee) };
  if (!fee.value) return { kind: "settled", isBooked: false };
  const charge = {
    id: stripeChargeId,
    amountMinor: row.amount_minor,
    currency: row.currency,
    fee: fee.value,
  };
  return { kind: "settled", isBooked: (await bookLateFee(world, row.customer_id, row.id, charge)) > 0 };
}

async function pollFee(world: World, due: DueCharge): Promise<number> {
  const { customerId, id, stripeChargeId, currency, amountMinor } = due;
  const fee = await world.gateway.readFee(stripeChargeId);
  if (fee.outcome !== "succeeded" || !fee.value) return 0;
  return bookLateFee(world, customerId, id, { id: stripeChargeId, amountMinor, currency, fee: fee.value });
}

/**
 * Books the fee of a charge that was booked before Stripe had said it, once, whoever learns of it. One in a currency that
 * we do not know is left to staff. Returns how many are booked now.
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
    if (fee && !isCurrency(fee.currency)) {
      await askOfFee(world, tx, customerId, chargeId, fee);
      return 0;
    }
    const [row] = await tx.sql`
      update charges set stripe_balance_transaction_id = ${fee?.balanceTransactionId ?? null},
        fee_minor = ${(fee?.feeMinor ?? 0n).toString()}, fee_currency = ${fee?.currency ?? null}, next_poll_at = null
      where customer_id = ${customerId} and id = ${chargeId} and fee_minor is null returning 1`;
    if (!row) return 0;
    const decision = new Decision(contextOf(world, customerId), balances);
    bookFee(decision, charge, chargeId);
    const { books } = decision.result();
    if (books.length > 0) tx.write(postBooks(tx.sql, books));
    return 1;
  });
}

function contextOf({ clock, timeZone }: World, customerId: CustomerId) {
  return { customerId, now: clock.now(), clock, timeZone, actor: "system" as const, userId: null };
}

async function askOfFee(
  world: World,
  tx: Transaction,
  customerId: CustomerId,
  chargeId: ChargeId,
  { currency, feeMinor }: Fee,
): Promise<void> {
  const kind = "fee_in_unknown_currency";
  const [charge] = await tx.sql`
    select payment_id, exists (
      select from tasks t where t.customer_id = c.customer_id and t.kind = ${kind} and t.subject_id = c.payment_id::text
    ) as is_asked
    from charges c where customer_id = ${customerId} and id = ${chargeId} and fee_minor is null`;
  if (!charge || charge.is_asked) return;
  const decision = new Decision(contextOf(world, customerId), []);
  decision.askStaff(kind, "payment", charge.payment_id, { currency, feeMinor: feeMinor.toString() });
  write(tx, customerId, decision);
}
