/**
 * Days from due on which an open invoice is reminded of, where neither the host nor the plan says others (domain.md, A5).
 * What is stopped is announced beside them.
 */
export const dueStages: readonly number[] = [-3, 0];

/** What is known of an open invoice that nobody is paying. Stages in days from due. */
export interface Remindable {
  daysFromDue: number;
  /** A card will be charged for it before it is due. */
  isCharged?: boolean;
  /** On which day the customer was told that it was issued; null if they were not. */
  issueTold: number | null;
  /** The latest stage that went out; null if none did. */
  lastDue: number | null;
  /** Its days, ascending; the usual ones where it says none. */
  stages?: readonly number[];
}

/** What there is to tell of it now: that it was issued, and the stage that it has reached. */
export interface ToTell {
  isIssue: boolean;
  stage: number | null;
}

/**
 * What was not told yet: of the stages that were missed only the latest, and none of a day before the invoice was told of
 * at all. A card that will be charged is told of with the issue, and is not announced as a debt.
 */
export function toTell(invoice: Remindable): ToTell {
  const { daysFromDue, isCharged, issueTold, lastDue, stages = dueStages } = invoice;
  const stage = isCharged ? null : (stages.findLast((day) => day <= daysFromDue) ?? null);
  const isTold = stage !== null && [issueTold, lastDue].some((day) => day !== null && day >= stage);
  return { isIssue: issueTold === null, stage: isTold ? null : stage };
}
