import { useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { Badge, type Shape, type Tone } from "@/components/ui/badge";
import { Day } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TaxMark } from "@/components/ui/tax-mark";
import { TextLink } from "@/components/ui/text-link";
import type { PreviewedRenewal } from "@/lib/admin/preview-renewals";

const small = "max-sm:text-ink-soft max-sm:text-sm";

/** Terms that will be billed, soonest first, and what pays them if nothing else happens. */
export function RenewalPreview({ renewals }: { renewals: readonly PreviewedRenewal[] }) {
  const t = useTranslations("renewalRuns");
  const staff = useTranslations("staff");
  return (
    <Table aria-label={t("previewLabel")}>
      <TableHead>
        <Column>{staff("service")}</Column>
        <Column>{staff("customer")}</Column>
        <Column>{t("termStarts")}</Column>
        <Column>{t("invoiced")}</Column>
        <Column numeric>{staff("total")}</Column>
        <Column>{t("outcome")}</Column>
      </TableHead>
      <TableBody>
        {renewals.map((renewal) => {
          const customer = `/admin/customers/${encodeURIComponent(renewal.customerReference)}`;
          return (
            <Row
              key={renewal.serviceId}
              className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1"
            >
              <Cell>
                <TextLink href={`${customer}/services/${renewal.serviceId}`}>
                  <bdi>{renewal.label}</bdi>
                </TextLink>
              </Cell>
              <Cell className={`max-sm:order-3 ${small}`}>
                <TextLink href={customer}>
                  <span dir="auto">{renewal.customerName}</span>
                </TextLink>
              </Cell>
              <Cell className={`whitespace-nowrap max-sm:order-5 ${small}`}>
                <span className="sm:hidden">{t("termStarts")} </span>
                <Day at={renewal.termStartsAt} />
              </Cell>
              <Cell className={`whitespace-nowrap max-sm:order-6 max-sm:text-right ${small}`}>
                {renewal.invoiceNumber ? (
                  <TextLink
                    href={`${customer}/invoices/${encodeURIComponent(renewal.invoiceNumber)}`}
                    className="figures"
                  >
                    {renewal.invoiceNumber}
                  </TextLink>
                ) : (
                  <>
                    {t("onDay")} <Day at={renewal.issueAt} />
                  </>
                )}
              </Cell>
              <Cell numeric className="max-sm:order-2">
                {renewal.amount ? (
                  <>
                    <Amount of={renewal.amount} />{" "}
                    <span className="block">
                      <TaxMark is={renewal.isNet ? "net" : "gross"} />
                    </span>
                  </>
                ) : (
                  "–"
                )}
              </Cell>
              <Cell className="max-sm:order-4 max-sm:text-right">
                <Badge {...looks[renewal.outcome]}>{t(`outcome_${renewal.outcome}`)}</Badge>
                <ShortBy amount={renewal.shortBy} />
              </Cell>
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}

function ShortBy({ amount }: { amount: PreviewedRenewal["shortBy"] }) {
  const t = useTranslations("renewalRuns");
  if (!amount) return null;
  return (
    <span className="block text-ink-soft text-sm">
      {t.rich("shortBy", { amount: () => <Amount of={amount} /> })}
    </span>
  );
}

const looks = {
  covered: { tone: "good", shape: "tick" },
  charged: { tone: "good", shape: "ring" },
  short: { tone: "bad", shape: "bars" },
  being_paid: { tone: "calm", shape: "dots" },
  by_hand: { tone: "plain", shape: "ring" },
  no_price: { tone: "bad", shape: "slash" },
  parked: { tone: "bad", shape: "bars" },
} as const satisfies Record<PreviewedRenewal["outcome"], { tone: Tone; shape: Shape }>;
