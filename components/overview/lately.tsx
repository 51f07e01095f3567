import { useTranslations } from "next-intl";
import { Card } from "@/components/overview/card";
import { Happened } from "@/components/service/happened";
import { Amount } from "@/components/ui/amount";
import { Moment } from "@/components/ui/day";
import { TextLink } from "@/components/ui/text-link";
import type { Happening, Overview } from "@/lib/portal/show-overview";

/** What happened last, with a way to what it happened to. */
export function Lately({ overview: { lately } }: { overview: Overview }) {
  const t = useTranslations("overview");
  return (
    <Card id="lately" title={t("lately")} more={{ href: "/inbox", text: t("toInbox") }}>
      {lately.length === 0 ? (
        <p className="text-ink-soft">{t("latelyNone")}</p>
      ) : (
        <ol className="divide-y divide-line">
          {lately.map((happening) => (
            <li
              key={happening.id}
              className="grid gap-x-4 py-2.5 first:pt-1 last:pb-0 sm:grid-cols-[minmax(0,1fr)_auto]"
            >
              <Sentence happening={happening} />
              <Moment at={happening.occurredAt} className="text-ink-soft text-sm" />
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function Sentence({ happening }: { happening: Happening }) {
  const { subject, amount } = happening;
  return (
    <p className="min-w-0">
      <Happened entry={happening} />
      {subject?.kind === "invoice" && (
        <>
          {" · "}
          <TextLink
            href={`/invoices/${encodeURIComponent(subject.number)}`}
            className="figures whitespace-nowrap"
          >
            {subject.number}
          </TextLink>
        </>
      )}
      {subject?.kind === "service" && (
        <>
          {" · "}
          <TextLink href={`/services/${subject.id}`}>
            <bdi>{subject.label}</bdi>
          </TextLink>
        </>
      )}
      {amount && (
        <>
          {" · "}
          <Amount of={amount} />
        </>
      )}
    </p>
  );
}
