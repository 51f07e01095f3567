/** What a customer let be topped up by itself. Minor units of one currency. */
export interface AutoTopUpSettings {
  thresholdMinor: bigint;
  amountMinor: bigint;
  monthlyCapMinor: bigint;
}

/** A top-up that was tried by itself. */
export interface AutoTopUpAttempt {
  at: Date;
  state: "open" | "succeeded" | "failed";
  amountMinor: bigint;
  /** In the same calendar month of the billing time zone as now. */
  isOfThisMonth: boolean;
}

const attemptsWindowMs = 10 * 60_000;
const attemptsMost = 2;
const afterFailureMs = 3_600_000;

/**
 * Whether a top-up is tried now (domain.md, Renewing; issue: at most 2 attempts in 10 minutes and 1 failure an hour): not while one
 * is under way, and not above the cap of a calendar month. With a shortfall, only if it covers that; else when less is on
 * the balance than the threshold. Pure.
 */
export function isTopUpDue(
  settings: AutoTopUpSettings,
  need: { postedMinor: bigint; shortMinor: bigint | null },
  attempts: readonly AutoTopUpAttempt[],
  now: Date,
): boolean {
  if (attempts.some(({ state }) => state === "open")) return false;
  const since = (ms: number) => attempts.filter(({ at }) => now.getTime() - at.getTime() < ms);
  if (since(attemptsWindowMs).length >= attemptsMost) return false;
  if (since(afterFailureMs).some(({ state }) => state === "failed")) return false;
  const spentMinor = attempts
    .filter(({ state, isOfThisMonth }) => state === "succeeded" && isOfThisMonth)
    .reduce((total, { amountMinor }) => total + amountMinor, 0n);
  if (spentMinor + settings.amountMinor > settings.monthlyCapMinor) return false;
  return need.shortMinor === null
    ? need.postedMinor < settings.thresholdMinor
    : need.shortMinor > 0n && settings.amountMinor >= need.shortMinor;
}
