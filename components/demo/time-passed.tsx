import { useTranslations } from "next-intl";
import { Callout } from "@/components/ui/callout";
import { Moment } from "@/components/ui/day";
import type { TimeMachineState } from "@/lib/portal/time-machine";

interface TimePassedProps {
  passed: NonNullable<TimeMachineState["passed"]>;
  mailboxUrl: string | null;
}

/** What happened while the demo's clock was moved, the most frequent first. */
export function TimePassed({ passed, mailboxUrl }: TimePassedProps) {
  const t = useTranslations("timeMachine");
  const verbs = useTranslations("timeline");
  // A verb that is newer than this page is told without detail, never as a code.
  const nameOf = (verb: string) => {
    const counted = `count_${verb}` as Parameters<typeof t.has>[0];
    if (t.has(counted)) return t(counted);
    const known = verb as Parameters<typeof verbs.has>[0];
    return verbs.has(known) ? verbs(known, { reason: "" }) : verbs("other");
  };
  const { from, to, happened, mails, booksBalance } = passed;
  return (
    <section aria-labelledby="passed-title" className="grid gap-3">
      <h2 id="passed-title" className="font-semibold text-lg">
        {t("passed")}
      </h2>
      <p className="text-ink-soft">
        <Moment at={from} /> – <Moment at={to} />
      </p>
      {happened.length + mails === 0 ? (
        <p>{t("nothing")}</p>
      ) : (
        <ul className="divide-y divide-line rounded-lg border bg-surface">
          {happened.map(({ verb, count }) => (
            <Row key={verb} what={nameOf(verb)} count={count} />
          ))}
          {mails > 0 && <Row what={t("mails")} count={mails} href={mailboxUrl} />}
        </ul>
      )}
      <Callout tone={booksBalance ? "good" : "bad"}>{t(booksBalance ? "balanced" : "unbalanced")}</Callout>
    </section>
  );
}

function Row({ what, count, href = null }: { what: string; count: number; href?: string | null }) {
  return (
    <li className="flex justify-between gap-4 px-4 py-2">
      {href ? (
        <a href={href} className="font-medium text-accent underline">
          {what}
        </a>
      ) : (
        <span>{what}</span>
      )}
      <span className="figures font-medium">{count}</span>
    </li>
  );
}
