import { useLocale, useNow, useTimeZone } from "next-intl";
import { formatDaysFromNow } from "@/components/ui/dates";
import { Day, DayOf } from "@/components/ui/day";
import { type CalendarDay, calendarDay, daysBetween } from "@/lib/kernel/calendar";

/** Whole calendar days from today, in the host's billing time zone; negative in the past. */
export function useDaysFromNow(at: Date): number {
  return useDaysUntil(calendarDay(at, useTimeZone() ?? "UTC"));
}

/** The same of a day of the calendar. */
export function useDaysUntil(day: CalendarDay): number {
  return daysBetween(calendarDay(useNow(), useTimeZone() ?? "UTC"), day);
}

/** A day that something waits for: the date, and how far off it is where that matters. */
export function Due({ at, isUrgent }: { at: Date; isUrgent: boolean }) {
  const days = useDaysFromNow(at);
  return (
    <>
      <Day at={at} />
      {isUrgent && <FromNow days={days} />}
    </>
  );
}

/** The day on which an invoice is due. */
export function DueOn({ day, isUrgent }: { day: CalendarDay; isUrgent: boolean }) {
  const days = useDaysUntil(day);
  return (
    <>
      <DayOf day={day} />
      {isUrgent && <FromNow days={days} />}
    </>
  );
}

function FromNow({ days }: { days: number }) {
  const locale = useLocale();
  return (
    <span className={days < 0 ? "block text-bad text-sm" : "block text-ink-soft text-sm"}>
      {formatDaysFromNow(days, locale)}
    </span>
  );
}
