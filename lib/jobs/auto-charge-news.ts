import { isHardDecline, nextAttemptDay } from "@/lib/billing/auto-pay/schedule";
import { daysFromDue } from "@/lib/billing/invoice/days-from-due";
import type { World } from "@/lib/billing/world";
import type { Decline } from "@/lib/gateway/port";
import { addDays } from "@/lib/kernel/calendar";
import type { AutoChargeFailed } from "@/lib/mail/auto-pay-mail";

/** Why a charge failed that nobody was there for, and when it is tried again: by the first due of its invoices. */
export function autoChargeNews(
  world: World,
  decline: Decline,
  firstDueAt: Date | null,
): Pick<AutoChargeFailed, "why" | "nextAt"> {
  if (isHardDecline(decline)) return { why: "hard", nextAt: null };
  const { clock, timeZone } = world;
  const day = firstDueAt && nextAttemptDay(daysFromDue(firstDueAt, clock.now(), timeZone));
  const nextAt = firstDueAt && day !== null ? addDays(firstDueAt, day, timeZone) : null;
  return { why: decline.code === "authentication_required" ? "authentication" : "declined", nextAt };
}
