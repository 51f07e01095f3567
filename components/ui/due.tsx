import { useLocale, useNow, useTimeZone } from "next-intl";
import { formatDaysFromNow } from "@/components/ui/dates";
import { Day } from "@/components/ui/day";
import { calendarDay, daysBetween } from "@/lib/kernel/calendar";

/** Whole calendar days from today, in the host's billing time zone; negative in the past. */
export function useDaysFromNow(at: Date): number {
  const timeZone = useTimeZone() ?? "UTC";
  return daysBetween(calendarDay(useNow(), timeZone), calendarDay(at, timeZone));
}

/** A day that something waits for: the date, and how far off it is where that matters. */
export function Due({ at, isUrgent }: { at: Date; isUrgent: boolean }) {
  const locale = useLocale();
  const days = useDaysFromNow(at);
  return (
    <>
      <Day at={at} />
      {isUrgent && (
        <span className={days < 0 ? "block text-bad text-sm" : "block text-ink-soft text-sm"}>
          {formatDaysFromNow(days, locale)}
        </span>
      )}
    </>
  );
}
