import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { formatDay, formatDayOf } from "@/components/ui/dates";
import { Moment } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { ActivitySubject, ListedActivity } from "@/lib/admin/list-activities";
import { activityWords } from "./activity-words";

interface ActivityTableProps {
  label: string;
  activities: readonly ListedActivity[];
  /** Where the list is of one customer alone, or of one thing of theirs, it need not say whose. */
  withCustomer?: boolean;
}

type Shown = Pick<ListedActivity, "verb" | "detail" | "subject" | "amount" | "customer">;

/** What was done: when, what and why, whose it is, and who did it. */
export function ActivityTable({ label, activities, withCustomer = false }: ActivityTableProps) {
  const t = useTranslations("staff");
  const small = "max-sm:text-ink-soft max-sm:text-sm";
  return (
    <Table aria-label={label}>
      <TableHead>
        <Column>{t("when")}</Column>
        <Column>{t("what")}</Column>
        {withCustomer && <Column>{t("customer")}</Column>}
        <Column>{t("who")}</Column>
      </TableHead>
      <TableBody>
        {activities.map(({ id, occurredAt, actor, who, customer, ...shown }) => (
          <Row key={id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1">
            <Cell className={`whitespace-nowrap max-sm:order-2 ${small}`}>
              <Moment at={occurredAt} />
            </Cell>
            <Cell className="max-sm:col-span-2">
              <What activity={{ customer, ...shown }} />
            </Cell>
            {withCustomer && (
              <Cell className={`max-sm:order-4 max-sm:col-span-2 ${small}`}>
                {customer ? (
                  <TextLink href={`/admin/customers/${encodeURIComponent(customer.reference)}`}>
                    <span dir="auto">{customer.name}</span>
                  </TextLink>
                ) : (
                  <span className="text-ink-soft">{t("house")}</span>
                )}
              </Cell>
            )}
            <Cell className={`max-sm:order-3 ${small}`}>
              <span dir="auto">{who ?? t(`actor_${actor}`)}</span>
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

/** The sentence of a verb, what it was done to and how much it was about, and why where somebody said so. */
function What({ activity }: { activity: Shown }) {
  const { verb, detail, subject, amount } = activity;
  const verbs = useTranslations("timeline");
  const plans = useTranslations("plans");
  const staff = useTranslations("staff");
  const hostWords = useTranslations("hostSettings");
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  const words = activityWords(verb, detail, {
    locale,
    day: (at) => formatDay(at, locale, timeZone),
    setting: (name) => plans(`field_${name}`),
    host: (key) => hostWords(key),
    logo: (became) => hostWords(`logo_${became}`),
    nothing: hostWords("nothing"),
    hosts: plans("hostsDays"),
  });
  const known = verb as Parameters<typeof verbs.has>[0];
  // Of a suspension it is a word of ours, and in the sentence.
  const reason = verb === "service_suspended" ? null : (detail.reason ?? detail.note);
  const sum = amount && <Amount of={amount} />;
  const parts = subject?.kind === "payment" ? [to(activity, sum)] : [to(activity, nameOf(subject)), sum];
  return (
    <>
      {verbs.has(known) ? verbs(known, { reason: "", ...words }) : verb}
      {parts.filter(Boolean).map((part, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stand in a fixed order and never change
        <span key={place}> · {part}</span>
      ))}
      {detail.valueDate && detail.reference && (
        <span className="block break-words text-ink-soft text-sm" dir="auto">
          {staff("bankReceipt", {
            reference: detail.reference,
            day: formatDayOf(detail.valueDate, locale),
            sender: detail.sender || "none",
          })}
        </span>
      )}
      {reason && (
        <span className="block break-words text-ink-soft text-sm" dir="auto">
          {reason}
        </span>
      )}
    </>
  );
}

function nameOf(subject: ActivitySubject | null): ReactNode {
  if (subject?.kind === "invoice") return subject.number;
  return subject?.kind === "service" ? subject.label : null;
}

/** The words as a link to what it was done to. */
function to({ subject, customer }: Shown, words: ReactNode): ReactNode {
  if (!subject || !customer || !words) return null;
  const rest =
    subject.kind === "invoice"
      ? `invoices/${encodeURIComponent(subject.number)}`
      : `${subject.kind}s/${subject.id}`;
  return (
    <TextLink href={`/admin/customers/${encodeURIComponent(customer.reference)}/${rest}`}>
      <bdi className="whitespace-nowrap">{words}</bdi>
    </TextLink>
  );
}
