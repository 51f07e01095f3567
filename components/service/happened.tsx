import { useTranslations } from "next-intl";
import { HostName } from "@/components/shell/host-identity";
import { DayOf } from "@/components/ui/day";
import type { TimelineEntry } from "@/lib/portal/shapes";

/** A sentence for each verb of lib/billing. One that is newer than this page is told without detail, never as a code. */
export function Happened({ entry: { verb, detail } }: { entry: Pick<TimelineEntry, "verb" | "detail"> }) {
  const t = useTranslations("timeline");
  const { until } = detail;
  if (until && (verb === "suspension_put_off" || verb === "own_grace_taken")) {
    return t.rich(verb === "suspension_put_off" ? "put_off_by_host" : "put_off_by_you", {
      until: () => <DayOf day={until} />,
      host: () => <HostName fallback={t("put_off_host")} />,
    });
  }
  const known = verb as Parameters<typeof t.has>[0];
  return t.has(known) ? t(known, { reason: "", ...detail }) : t("other");
}
