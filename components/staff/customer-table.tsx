import { useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { FoundCustomer } from "@/lib/admin/find-customers";

export function CustomerTable({ customers }: { customers: readonly FoundCustomer[] }) {
  const t = useTranslations("staff");
  return (
    <Table aria-label={t("customers")}>
      <TableHead>
        <Column>{t("name")}</Column>
        <Column>{t("reference")}</Column>
        <Column numeric>{t("owed")}</Column>
        <Column numeric>{t("available")}</Column>
      </TableHead>
      <TableBody>
        {customers.map(({ id, reference, name, email, isClosed, owed, available }) => (
          <Row key={id} className="max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:gap-x-4 max-sm:gap-y-1">
            <Cell>
              <TextLink href={`/admin/customers/${encodeURIComponent(reference)}`} className="break-words">
                <span dir="auto">{name}</span>
              </TextLink>
              <span className="block break-all text-ink-soft text-sm">{isClosed ? t("closed") : email}</span>
            </Cell>
            <Cell className="figures max-sm:order-3 max-sm:text-ink-soft max-sm:text-sm">{reference}</Cell>
            <Cell numeric className="max-sm:order-2">
              <span className="text-ink-soft text-sm sm:hidden">{t("owed")} </span>
              <Amount of={owed} />
            </Cell>
            <Cell numeric className="max-sm:order-4">
              <span className="text-ink-soft text-sm sm:hidden">{t("available")} </span>
              <Amount of={available} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
