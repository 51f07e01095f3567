import type { ListedMovement } from "@/lib/gateway/port";
import { type CalendarDay, calendarDay } from "@/lib/kernel/calendar";
import type { PaymentRef } from "../payment/settle";
import type { World } from "../world";
import { chargesHere, takenHere } from "./charges-here";
import { DayTotals } from "./day-totals";
import type { Difference } from "./difference-tasks";
import { followVerdict } from "./follow-verdict";
import { judgeCharge, type TakenCharge } from "./judge-charge";
import { eachPage, type Reconciled } from "./reconciled";
import { isStrangers } from "./strangers";

/** What a pass learned of the charges in Stripe's list of what moved. */
export interface ChargesLearned {
  /** The charges that fit, with their payments: what staff were asked of them is over. */
  readonly fitting: Map<string, PaymentRef>;
  /** What staff are to look at. */
  readonly differences: Difference[];
  /** What moved that is no charge. */
  readonly others: ListedMovement[];
  /** Whether the days were added up: not while Stripe did not say all, or a charge waits. */
  isSummed: boolean;
}

/**
 * Goes through what came in at Stripe since the instant, which begins a day, beside our payments. A charge of ours that no
 * event, poller or person has brought here is settled as its event would have settled it; what differs, belongs to no
 * payment of ours or cannot be settled is learned for staff, and so are the days on which the sums differ. Each charge
 * stands for itself: one that is poisoned does not stop the others.
 */
export async function reconcileCharges(
  world: World,
  done: Reconciled,
  since: Date,
  most: number,
): Promise<ChargesLearned> {
  const learned: ChargesLearned = { fitting: new Map(), differences: [], others: [], isSummed: false };
  const totals = new DayTotals(world.timeZone);
  const seen = new Set<string>();
  const startedAt = world.clock.now();
  await eachPage(
    (from) => world.gateway.listMovements(since, { ...from, most }),
    async (rows) => {
      // What is listed while new ones come in may be met on two pages.
      const charges = rows.filter(isCharge).filter(({ source }) => !seen.has(source.charge.id));
      for (const { source } of charges) seen.add(source.charge.id);
      learned.others.push(...rows.filter((row) => !isCharge(row)));
      await takeIn(world, done, learned, charges);
      // What is others' counts on no day of ours.
      const others = new Set(learned.differences.filter(isStrangers).map(({ subjectId }) => subjectId));
      await addUp(
        world,
        totals,
        charges.filter(({ source }) => !others.has(source.charge.id)),
      );
    },
    done,
  );
  if (!done.isWhole) return learned;
  await findMissing(world, done, { learned, totals, seen, since, startedAt });
  // A charge that waits makes its day differ, and it is not the books that are wrong.
  learned.isSummed = done.isWhole && done.waiting.length + done.faults.length === 0;
  const today = calendarDay(startedAt, world.timeZone);
  if (learned.isSummed) learned.differences.push(...daysOf(totals, today));
  return learned;
}

function isCharge(movement: ListedMovement): movement is TakenCharge {
  return movement.source.kind === "charge";
}

async function takeIn(
  world: World,
  done: Reconciled,
  learned: ChargesLearned,
  charges: readonly TakenCharge[],
): Promise<void> {
  const here = await chargesHere(
    world,
    charges.map(({ source }) => source.charge),
  );
  for (const said of charges) {
    const { id } = said.source.charge;
    const known = here.get(id) ?? { booked: null, payment: null };
    try {
      const followed = await followVerdict(world, said, judgeCharge(said, known));
      if (followed.isFound) done.found += 1;
      if (followed.kind === "waits") done.waiting.push(id);
      if (followed.kind === "fits") learned.fitting.set(id, followed.payment);
      if (followed.kind === "shown" || followed.kind === "differs") done.differing += 1;
      if (followed.kind === "differs") learned.differences.push(followed.difference);
    } catch (error) {
      done.faults.push({ id, error });
    }
  }
}

async function addUp(world: World, totals: DayTotals, charges: readonly TakenCharge[]): Promise<void> {
  const taken = await takenHere(
    world,
    charges.map(({ source }) => source.charge.id),
  );
  for (const { at, currency, settledMinor, feeMinor, source } of charges) {
    totals.addSaid(at, currency, { takenMinor: settledMinor, feeMinor });
    for (const booked of taken.get(source.charge.id) ?? []) totals.addBooked(at, booked.currency, booked);
  }
}

/** So many are looked up one by one in a night; the rest waits for the next. */
const missingMost = 100;

interface Pass {
  learned: ChargesLearned;
  totals: DayTotals;
  seen: ReadonlySet<string>;
  since: Date;
  startedAt: Date;
}

/** What is booked here of that time and stands in no list: nearly always it was taken before, and booked late. */
async function findMissing(world: World, done: Reconciled, pass: Pass): Promise<void> {
  const { learned, totals, seen, since, startedAt } = pass;
  const rows = await world.jobs.sql`
    select customer_id, stripe_charge_id, currency, amount_minor, booked_at from charges
    where booked_at >= ${since} and booked_at <= ${startedAt} order by booked_at`;
  const unseen = rows.filter((row) => !seen.has(row.stripe_charge_id));
  if (unseen.length > missingMost) done.isWhole = false;
  for (const row of unseen.slice(0, missingMost)) {
    const read = await world.gateway.readFee(row.stripe_charge_id);
    if (read.outcome === "succeeded") continue;
    if (read.outcome === "unknown" || read.code !== "resource_missing") {
      done.isWhole = false;
      continue;
    }
    done.differing += 1;
    learned.differences.push({
      kind: "charge_not_at_stripe",
      customerId: row.customer_id,
      subject: "stripe_object",
      subjectId: row.stripe_charge_id,
      detail: { amountMinor: row.amount_minor.toString(), currency: row.currency },
    });
    const taken = await takenHere(world, [row.stripe_charge_id]);
    for (const booked of taken.get(row.stripe_charge_id) ?? []) {
      totals.addBooked(row.booked_at, booked.currency, booked);
    }
  }
}

function daysOf(totals: DayTotals, today: CalendarDay): Difference[] {
  return totals.differences(today).map(({ day, currency, stripe, books }) => ({
    kind: "day_differs",
    customerId: null,
    subject: "stripe_day",
    subjectId: `${day} ${currency}`,
    detail: {
      day,
      currency,
      stripeMinor: stripe.takenMinor.toString(),
      stripeFeeMinor: stripe.feeMinor.toString(),
      booksMinor: books.takenMinor.toString(),
      booksFeeMinor: books.feeMinor.toString(),
    },
  }));
}
