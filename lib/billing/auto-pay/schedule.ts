import type { Decline } from "@/lib/gateway/port";
import { addCalendarDays, type CalendarDay, startOfDay } from "@/lib/kernel/calendar";
import { daysFromDue } from "../invoice/days-from-due";
import { cardGone } from "../payment/reached";

/** Days from due on which a card is charged, once each, as long as the invoice is not paid (domain.md, Renewing). */
export const attemptDays = [-1, 1, 2, 3, 5, 7] as const;

/**
 * Whether a card is to be charged now: the latest day of the schedule that was reached had no attempt since. After a pause
 * there is one, not all that were missed. `attempts` are those of auto-pay alone: a customer's own never use up the
 * schedule. All in days from due. Pure.
 */
export function isAttemptDue(daysFromDue: number, attempts: readonly number[]): boolean {
  const reached = attemptDays.findLast((day) => day <= daysFromDue);
  return reached !== undefined && !attempts.some((day) => day >= reached);
}

/** The day of the next attempt after today; null when there is none any more. In days from due. */
export function nextAttemptDay(daysFromDue: number): number | null {
  return attemptDays.find((day) => day > daysFromDue) ?? null;
}

/** The instant of the next attempt after today, by the day that an unpaid renewal is due; null when there is none any more. */
export function nextChargeAt(dueOn: CalendarDay, now: Date, timeZone: string): Date | null {
  const day = nextAttemptDay(daysFromDue(dueOn, now, timeZone));
  return day === null ? null : startOfDay(addCalendarDays(dueOn, day), timeZone);
}

/** The same of the first attempt, for a renewal that is not issued before an instant. */
export function firstChargeAt(dueOn: CalendarDay, issuedAt: Date, timeZone: string): Date | null {
  const isAtOnce = isAttemptDue(daysFromDue(dueOn, issuedAt, timeZone), []);
  return isAtOnce ? issuedAt : nextChargeAt(dueOn, issuedAt, timeZone);
}

/**
 * Whether the answer says that asking again is of no use: the card is not charged again until there is another. Stripe's
 * own rules against fraud (Radar), its advice, the network's code or the decline code may each say so (docs.stripe.com/declines/codes;
 * docs.stripe.com/billing/revenue-recovery/smart-retries, "hard declines").
 */
export function isHardDecline({ code, advice, networkCode, isBlocked }: Decline): boolean {
  if (isBlocked || advice === "do_not_try_again") return true;
  return hardDeclines.has(code) || (networkCode !== null && hardNetworkCodes.has(networkCode));
}

/** Those that networks forbid to be sent again: Visa's category 1, which others read alike. */
const hardNetworkCodes = new Set(["04", "07", "12", "14", "15", "41", "43", "46", "57", "R0", "R1", "R3"]);

const hardDeclines = new Set([
  cardGone,
  "card_not_supported",
  "currency_not_supported",
  "expired_card",
  "highest_risk_level",
  "incorrect_number",
  "invalid_account",
  "invalid_number",
  "lost_card",
  "payment_method_unexpected_state",
  "pickup_card",
  "restricted_card",
  "revocation_of_all_authorizations",
  "revocation_of_authorization",
  "stolen_card",
  "stop_payment_order",
  "transaction_not_allowed",
]);
