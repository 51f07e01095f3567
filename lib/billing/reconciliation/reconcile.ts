import { addCalendarDays, type CalendarDay, calendarDay, startOfDay } from "@/lib/kernel/calendar";
import type { CustomerId } from "@/lib/kernel/id";
import type { World } from "../world";
import {
  type Difference,
  endDifference,
  type OpenDifference,
  openDifferences,
  showDifference,
} from "./difference-tasks";
import { type ChargesLearned, reconcileCharges } from "./reconcile-charges";
import { reconcileMoneyBack } from "./reconcile-money-back";
import { lookBackDays, nothingReconciled, type Reconciled } from "./reconciled";
import { isStrangers, tellStrangers } from "./strangers";

/**
 * Each night's comparison with Stripe (stripe.md): what moved on the host's balance there in the last thirty days beside
 * our books, charge by charge and by day and currency, then its refunds and disputes. What no event has brought is
 * settled as its event would have settled it; every other difference is a task of staff's, which is done by them or,
 * when its cause is gone, by a later pass. What is others' on an account that is shared is one task of the night. Safe to run twice, at once and after each other, and to be killed anywhere.
 * `most` is how long the pages are that Stripe is asked for.
 */
export async function reconcile(world: World, most = 100): Promise<Reconciled> {
  const today = calendarDay(world.clock.now(), world.timeZone);
  const since = startOfDay(addCalendarDays(today, -lookBackDays), world.timeZone);
  const charges = nothingReconciled();
  const learned = await reconcileCharges(world, charges, since, most);
  const moneyBack = await reconcileMoneyBack(world, most, learned.others);
  // While a charge of ours may be missing here, what went back of it is not a stranger's for certain.
  const isSure = charges.isWhole && charges.waiting.length + charges.faults.length === 0;
  const strangers = isSure ? moneyBack.ofStrangers : [];
  const differences = learned.differences.filter((difference) => !isStrangers(difference));
  const idsOf = (of: "refund" | "dispute") => strangers.filter(({ kind }) => kind === of).map(({ id }) => id);
  for (const difference of differences) await showDifference(world, difference);
  await tellStrangers(world, {
    charges: learned.differences.filter(isStrangers).map(({ subjectId }) => subjectId),
    refunds: idsOf("refund"),
    disputes: idsOf("dispute"),
  });
  await endWhatIsOver(world, learned, differences, { since, today });
  const days = learned.differences.filter(({ kind }) => kind === "day_differs").length;
  const shown = new Set(strangers.map(({ id }) => id));
  return {
    found: charges.found + moneyBack.found,
    differing: charges.differing + moneyBack.differing + strangers.length + days,
    waiting: [...charges.waiting, ...moneyBack.waiting.filter((id) => !shown.has(id))],
    ofStrangers: moneyBack.ofStrangers,
    faults: [...charges.faults, ...moneyBack.faults],
    isWhole: charges.isWhole && moneyBack.isWhole,
  };
}

/** Tasks of earlier passes whose cause is gone are done: by nobody, and only where this pass has seen that it is so. */
async function endWhatIsOver(
  world: World,
  learned: ChargesLearned,
  differences: readonly Difference[],
  days: { since: Date; today: CalendarDay },
): Promise<void> {
  const open = await openDifferences(world);
  const standing = new Set(differences.map(({ kind, subjectId }) => `${kind} ${subjectId}`));
  const booked = await bookedOf(
    world,
    open.map(({ subjectId }) => subjectId),
  );
  const firstDay = calendarDay(days.since, world.timeZone);
  const isOver = ({ kind, subjectId }: OpenDifference): boolean => {
    if (standing.has(`${kind} ${subjectId}`)) return false;
    if (kind === "day_differs") {
      const day = subjectId.slice(0, 10);
      return learned.isSummed && day >= firstDay && day < days.today;
    }
    const isMissing = kind !== "charge_differs" && kind !== "charge_not_at_stripe";
    return learned.fitting.has(subjectId) || (isMissing && booked.has(subjectId));
  };
  const over = [...open.filter(isOver), ...(await fittingPayments(world, learned))];
  for (const task of over) await endDifference(world, task);
}

/** Of these ids of Stripe's, the charges, refunds and disputes that have a row here. */
async function bookedOf({ jobs }: World, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await jobs.sql`
    select id from stripe_objects where id = any(${[...ids]}) and kind in ('charge', 'refund', 'dispute')`;
  return new Set(rows.map((row) => row.id as string));
}

/** Payments that did not fit once, were shown to staff by whoever settles, and whose charge fits now. */
async function fittingPayments({ jobs }: World, { fitting }: ChargesLearned) {
  const rows = await jobs.sql`
    select t.customer_id, t.id, c.stripe_charge_id from tasks t
    join charges c on c.customer_id = t.customer_id and c.payment_id::text = t.subject_id
    where t.kind = 'payment_quarantined' and t.done_at is null order by t.customer_id, t.id`;
  return rows
    .filter((row) => fitting.has(row.stripe_charge_id))
    .map((row) => ({ customerId: row.customer_id as CustomerId, id: row.id as string }));
}
