import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { formatDay, formatDayOf } from "@/components/ui/dates";
import type { PutBackOutlook } from "@/lib/portal/show-service";

/** What follows if a declined renewal is put back, a sentence each. */
export function usePutBackLines(outlook: PutBackOutlook, isAutoRenew: boolean): string[] {
  const t = useTranslations("putBack");
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  const { issuesAt, dueOn, isSuspended, stopsAt } = outlook;
  const day = (at: Date) => formatDay(at, locale, timeZone);
  return [
    issuesAt ? t("issuedOn", { date: day(issuesAt) }) : t("issuedNext"),
    t("dueOn", { date: formatDayOf(dueOn, locale) }),
    ...(isAutoRenew ? [t("autoRenew")] : []),
    ...(isSuspended ? [t("restores")] : []),
    ...(stopsAt ? [t(isSuspended ? "terminates" : "suspends", { date: day(stopsAt) })] : []),
  ];
}
