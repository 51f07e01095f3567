import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { Moment } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { LoggedDelivery } from "@/lib/admin/webhooks";

interface DeliveryLogProps {
  deliveries: readonly LoggedDelivery[];
  /** The form that sends one again; null for those who may not. */
  replay: ((delivery: LoggedDelivery) => ReactNode) | null;
}

const looks = {
  waiting: { tone: "calm", shape: "dots" },
  delivered: { tone: "good", shape: "tick" },
  parked: { tone: "bad", shape: "triangle" },
  dropped: { tone: "gone", shape: "slash" },
} as const;

/** What was sent, to where, and what became of it; what is parked comes first. */
export function DeliveryLog({ deliveries, replay }: DeliveryLogProps) {
  const t = useTranslations("webhooks");
  return (
    <Table aria-label={t("log")}>
      <TableHead>
        <Column>{t("event")}</Column>
        <Column>{t("customer")}</Column>
        <Column>{t("state")}</Column>
        <Column>{t("lastAttempt")}</Column>
        {replay && <Column>{t("again")}</Column>}
      </TableHead>
      <TableBody>
        {deliveries.map((delivery) => (
          <Row key={delivery.id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1">
            <Cell>
              <code>{delivery.topic}</code>
              <span className="block break-all text-ink-soft text-sm">{delivery.url}</span>
            </Cell>
            <Cell className="max-sm:order-3">
              <TextLink href={`/admin/customers/${encodeURIComponent(delivery.customer.reference)}`}>
                <span dir="auto">{delivery.customer.name}</span>
              </TextLink>
            </Cell>
            <Cell className="max-sm:order-2">
              <Badge {...looks[delivery.state]}>{t(`state_${delivery.state}`)}</Badge>
              <span className="block text-ink-soft text-sm">
                {t("attempts", { count: delivery.attempts })}
                {delivery.answerStatus !== null && ` · ${delivery.answerStatus}`}
                {delivery.failureCode && delivery.failureCode !== "not_taken" && (
                  <> · {t(`failure_${delivery.failureCode as "timeout"}`)}</>
                )}
              </span>
            </Cell>
            <Cell className="text-sm max-sm:order-4">
              {delivery.lastAttemptAt ? <Moment at={delivery.lastAttemptAt} /> : "–"}
              {delivery.nextAttemptAt && (
                <span className="block text-ink-soft">
                  {t.rich("next", { at: () => <Moment at={delivery.nextAttemptAt ?? new Date(0)} /> })}
                </span>
              )}
            </Cell>
            {replay && (
              <Cell className="max-sm:order-5">{delivery.state !== "waiting" && replay(delivery)}</Cell>
            )}
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
