import { useTranslations } from "next-intl";
import { Moment } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { ListedActivity } from "@/lib/admin/list-activities";

interface ActivityTableProps {
  label: string;
  activities: readonly ListedActivity[];
  /** Where the list is of one customer alone, or of one thing of theirs, it need not say whose. */
  withCustomer?: boolean;
}

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
        {activities.map(({ id, occurredAt, actor, who, verb, detail, customer }) => (
          <Row key={id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1">
            <Cell className={`whitespace-nowrap max-sm:order-2 ${small}`}>
              <Moment at={occurredAt} />
            </Cell>
            <Cell className="max-sm:col-span-2">
              <What verb={verb} detail={detail} />
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

/** The sentence of a verb, and why it was done where somebody said so. */
function What({ verb, detail }: Pick<ListedActivity, "verb" | "detail">) {
  const verbs = useTranslations("timeline");
  const known = verb as Parameters<typeof verbs.has>[0];
  // Of a suspension it is a word of ours, and in the sentence.
  const reason = verb === "service_suspended" ? null : (detail.reason ?? detail.note);
  return (
    <>
      {verbs.has(known) ? verbs(known, { reason: "", ...detail }) : verb}
      {reason && (
        <span className="block break-words text-ink-soft text-sm" dir="auto">
          {reason}
        </span>
      )}
    </>
  );
}
