import { useTranslations } from "next-intl";
import { Callout } from "@/components/ui/callout";
import { Moment } from "@/components/ui/day";
import { KeepLooking } from "@/components/ui/keep-looking";
import type { RequestedRun as Shown } from "@/lib/admin/show-requested-run";

/** The preview is read again each time. */
const everyMs = 2_000;

/** What became of the last run that somebody asked for; looks again by itself until it is over. */
export function RequestedRun({ run }: { run: Shown }) {
  const t = useTranslations("renewalRuns");
  const { by, state, issued, paid, short, parked, covered } = run;
  const at = () => <Moment at={run.requestedAt} />;
  if (run.workerSilent) {
    const { heardAt } = run.workerSilent;
    return (
      <Callout tone="warn" className="mb-6" title={t("workerSilent")}>
        <KeepLooking text={t("askedWaits", { by })} everyMs={everyMs} />
        <p>{heardAt ? t.rich("heardAt", { at: () => <Moment at={heardAt} /> }) : t("neverHeard")}</p>
      </Callout>
    );
  }
  if (state === "waiting" || state === "running") {
    const text = state === "waiting" ? t("asked", { by }) : t("askedRuns", { by, issued, paid, short });
    return (
      <div className="mb-6">
        <KeepLooking text={text} everyMs={everyMs} />
      </div>
    );
  }
  if (state === "failed") {
    return (
      <Callout tone="bad" className="mb-6" title={t.rich("askedFailed", { by, at })}>
        <p className="break-words">{run.failure}</p>
        <p>{t("askedFailedNext")}</p>
      </Callout>
    );
  }
  return (
    <p className="mb-6 max-w-prose text-ink-soft text-sm">
      {run.foundNothing
        ? t.rich("askedNothing", { by, at })
        : t.rich("askedEnded", { by, at, issued, paid, short, parked, covered })}
    </p>
  );
}
