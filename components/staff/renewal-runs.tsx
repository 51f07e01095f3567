import { useTranslations } from "next-intl";
import { Badge, type Shape, type Tone } from "@/components/ui/badge";
import { Moment } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import type { ListedRun } from "@/lib/admin/list-renewal-runs";

const counts = ["due", "issued", "paid", "short", "parked"] as const;

/** What the renewal runs came to, in services. */
export function RenewalRuns({ runs }: { runs: readonly ListedRun[] }) {
  const t = useTranslations("renewalRuns");
  return (
    <Table aria-label={t("runs")}>
      <TableHead>
        <Column>{t("started")}</Column>
        {counts.map((name) => (
          <Column key={name} numeric>
            {t(`count_${name}`)}
          </Column>
        ))}
        <Column numeric>{t("took")}</Column>
        <Column>{t("state")}</Column>
      </TableHead>
      <TableBody>
        {runs.map((run) => (
          <Row key={run.id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1">
            <Cell className="whitespace-nowrap">
              <Moment at={run.startedAt} />
            </Cell>
            {counts.map((name) => (
              <Cell
                key={name}
                numeric
                className="max-sm:order-3 max-sm:col-span-2 max-sm:flex max-sm:justify-between max-sm:text-sm"
              >
                <span className="text-ink-soft sm:hidden">{t(`count_${name}`)}</span>
                {run[name]}
              </Cell>
            ))}
            <Cell
              numeric
              className="max-sm:order-3 max-sm:col-span-2 max-sm:flex max-sm:justify-between max-sm:text-sm"
            >
              <span className="text-ink-soft sm:hidden">{t("took")}</span>
              {t("seconds", { seconds: run.tookMs / 1000 })}
            </Cell>
            <Cell className="max-sm:order-2 max-sm:text-right">
              <Badge {...looks[run.state]}>{t(`state_${run.state}`)}</Badge>
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

const looks = {
  ended: { tone: "good", shape: "tick" },
  running: { tone: "calm", shape: "dots" },
  lost: { tone: "bad", shape: "bars" },
} as const satisfies Record<ListedRun["state"], { tone: Tone; shape: Shape }>;
