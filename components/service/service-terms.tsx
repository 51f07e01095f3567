import { useTranslations } from "next-intl";
import { Day } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { ServiceDetail } from "@/lib/portal/show-service";

/** The terms that were paid so far, the latest first, each with what paid it. */
export function ServiceTerms({ service: { terms, termCount } }: { service: ServiceDetail }) {
  const t = useTranslations("service");
  return (
    <section aria-labelledby="terms">
      <h2 id="terms" className="pb-2 font-semibold text-lg">
        {t("terms")}
      </h2>
      {terms.length === 0 ? (
        <p className="border-y py-4 text-ink-soft">{t("noTerms")}</p>
      ) : (
        <Table>
          <caption className="sr-only">{t("terms")}</caption>
          <TableHead>
            <Column>{t("from")}</Column>
            <Column className="w-full">{t("to")}</Column>
            <Column>{t("invoice")}</Column>
          </TableHead>
          <TableBody>
            {terms.map(({ startsAt, endsAt, invoiceNumber }) => (
              <Row
                key={startsAt.toISOString()}
                className="max-sm:grid-cols-[auto_1fr] max-sm:items-baseline max-sm:gap-x-2 max-sm:gap-y-1"
              >
                <Cell>
                  <Day at={startsAt} />
                </Cell>
                <Cell>
                  <span aria-hidden="true" className="text-ink-soft sm:hidden">
                    –{" "}
                  </span>
                  <Day at={endsAt} />
                </Cell>
                <Cell className="max-sm:col-span-2 max-sm:text-sm">
                  {invoiceNumber && (
                    <TextLink
                      href={`/invoices/${encodeURIComponent(invoiceNumber)}`}
                      className="figures whitespace-nowrap"
                    >
                      {invoiceNumber}
                    </TextLink>
                  )}
                </Cell>
              </Row>
            ))}
          </TableBody>
        </Table>
      )}
      {termCount > terms.length && (
        <p className="pt-2 text-ink-soft text-sm">{t("moreTerms", { count: termCount - terms.length })}</p>
      )}
    </section>
  );
}
