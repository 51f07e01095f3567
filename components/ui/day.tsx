import { useLocale, useTimeZone } from "next-intl";
import { formatDay, formatDayOf, formatMoment } from "@/components/ui/dates";

/** A calendar day in the host's billing time zone. */
export function Day({ at, className }: { at: Date; className?: string }) {
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  return (
    <time dateTime={at.toISOString()} className={className}>
      <span className="figures whitespace-nowrap">{formatDay(at, locale, timeZone)}</span>
    </time>
  );
}

/** A day and a time of day, where the order of things matters. */
export function Moment({ at, className }: { at: Date; className?: string }) {
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  return (
    <time dateTime={at.toISOString()} className={className}>
      <span className="figures whitespace-nowrap">{formatMoment(at, locale, timeZone)}</span>
    </time>
  );
}

/** A day of the calendar itself ("YYYY-MM-DD"), as a bank's value date: the same in every time zone. */
export function DayOf({ day, className }: { day: string; className?: string }) {
  const locale = useLocale();
  return (
    <time dateTime={day} className={className}>
      <span className="figures whitespace-nowrap">{formatDayOf(day, locale)}</span>
    </time>
  );
}
