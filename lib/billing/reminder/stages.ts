/** Days from due at which an open invoice is reminded of, where neither the host nor the plan says others (domain.md, Reminding). */
export const dueStages: readonly number[] = [-7, -3, -1, 0, 1, 3];

/**
 * Of an invoice's days those on which one is told that the balance should pay it and does not reach for it: up to the day on
 * which it is due, but for the first, which is when that is found.
 */
export function lowStagesOf(stages: readonly number[]): number[] {
  return stages.filter((day) => day <= 0).slice(1);
}

export const lowStages = lowStagesOf(dueStages);

export type ReminderKind = "invoice_due" | "balance_low";

/** What is known of an open invoice that nobody is paying. Stages in days from due. */
export interface Remindable {
  daysFromDue: number;
  /** It has only renewals of services that renew by themselves. */
  isAutoRenew: boolean;
  /** A card will be charged for it before it is due. */
  isCharged?: boolean;
  /** The latest stage that went out of each kind; null if none did. */
  lastDue: number | null;
  lastLow: number | null;
  /** Its days, ascending; the usual ones where it says none. */
  stages?: readonly number[];
}

/**
 * The stage that an invoice is at and that was not sent: of what was missed only the latest. While it can still renew
 * by itself it is reminded of as "balance too low"; once it is overdue, as every other. Null where there is nothing to send:
 * a card that will be charged is not announced as a debt.
 */
export function stageToSend(invoice: Remindable): { kind: ReminderKind; stage: number } | null {
  const { daysFromDue, isAutoRenew, lastDue, lastLow, stages = dueStages } = invoice;
  if (invoice.isCharged) return null;
  const isLow = isAutoRenew && daysFromDue <= 0;
  // Once it is overdue, the days before are over: on those it was to renew by itself.
  const due = isAutoRenew ? stages.filter((day) => day > 0) : stages;
  const stage = latestReached(isLow ? lowStagesOf(stages) : due, daysFromDue);
  const last = isLow ? lastLow : lastDue;
  if (stage === null || (last !== null && last >= stage)) return null;
  // An invoice that was reminded of as low is not told of again for a day that lies behind.
  if (!isLow && lastLow !== null && lastLow >= stage) return null;
  return { kind: isLow ? "balance_low" : "invoice_due", stage };
}

function latestReached(stages: readonly number[], daysFromDue: number): number | null {
  return stages.findLast((stage) => stage <= daysFromDue) ?? null;
}
