import { Check, Minus } from "lucide-react";
import { useTranslations } from "next-intl";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";

const roles = ["owner", "billing", "viewer"] as const;

interface RightsTableProps {
  /** The table that the use cases ask, as lib/auth/member-rights.ts has it: the right's name and who has it. */
  rights: readonly { name: RightName; roles: readonly string[] }[];
}

/** The names of the rights with the dots that message keys cannot have. */
export type RightName = keyof typeof words;

/** Which roles may do what. */
export function RightsTable({ rights }: RightsTableProps) {
  const t = useTranslations("settings");
  return (
    <Table aria-labelledby="rights" className="max-sm:table">
      <TableHead className="max-sm:not-sr-only max-sm:table-header-group">
        <Column>{t("right")}</Column>
        {roles.map((role) => (
          <Column key={role} className="text-center">
            {t(`role_${role}`)}
          </Column>
        ))}
      </TableHead>
      <TableBody className="max-sm:table-row-group">
        {rights.map(({ name, roles: allowed }) => (
          <Row key={name} className="max-sm:table-row">
            <Cell className="max-sm:py-2">{t(words[name])}</Cell>
            {roles.map((role) => (
              <Cell key={role} className="text-center max-sm:px-2">
                {allowed.includes(role) ? (
                  <Check aria-label={t("yes")} className="mx-auto size-4 text-good" />
                ) : (
                  <Minus aria-label={t("no")} className="mx-auto size-4 text-ink-soft" />
                )}
              </Cell>
            ))}
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

const words = {
  "invoices.read": "right_invoices_read",
  pay: "right_pay",
  "pay_link.share": "right_pay_link_share",
  "invoice.cancel": "right_invoice_cancel",
  "balance.top_up": "right_balance_top_up",
  "cards.change": "right_cards_change",
  "services.change": "right_services_change",
  "recipients.change": "right_recipients_change",
  "company.change": "right_company_change",
  "members.change": "right_members_change",
  "data.export": "right_data_export",
} as const;
