import { isHardDecline, nextChargeAt } from "@/lib/billing/auto-pay/schedule";
import type { World } from "@/lib/billing/world";
import type { Decline } from "@/lib/gateway/port";
import type { CalendarDay } from "@/lib/kernel/calendar";
import type { AutoChargeFailed } from "@/lib/mail/auto-pay-mail";

/** Why a charge failed that nobody was there for, and when it is tried again: by the first due of its invoices. */
export function autoChargeNews(
  world: World,
  decline: Decline,
  firstDueOn: CalendarDay | null,
): Pick<AutoChargeFailed, "why" | "nextAt"> {
  if (isHardDecline(decline)) return { why: "hard", nextAt: null };
  const { clock, timeZone } = world;
  const nextAt = firstDueOn && nextChargeAt(firstDueOn, clock.now(), timeZone);
  return { why: decline.code === "authentication_required" ? "authentication" : "declined", nextAt };
}
