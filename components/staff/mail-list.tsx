import { useTranslations } from "next-intl";
import { Badge, type Shape, type Tone } from "@/components/ui/badge";
import { Moment } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { ListedMail, MailState } from "@/lib/admin/list-mail";

const small = "max-sm:text-ink-soft max-sm:text-sm";

/** Mails to customers, and what became of each. */
export function MailList({ mails }: { mails: readonly ListedMail[] }) {
  const t = useTranslations("staffMail");
  const staff = useTranslations("staff");
  return (
    <Table aria-label={t("list")}>
      <TableHead>
        <Column>{t("subject")}</Column>
        <Column>{staff("customer")}</Column>
        <Column>{t("written")}</Column>
        <Column>{staff("state")}</Column>
      </TableHead>
      <TableBody>
        {mails.map((mail) => {
          const customer = `/admin/customers/${encodeURIComponent(mail.customerReference)}`;
          return (
            <Row key={mail.id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1">
              <Cell className="max-sm:col-span-2">
                <TextLink href={`${customer}/mail/${mail.id}`} className="break-words">
                  <span dir="auto">{mail.subject}</span>
                </TextLink>
              </Cell>
              <Cell className={`max-sm:order-3 max-sm:col-span-2 ${small}`}>
                <TextLink href={customer}>
                  <span dir="auto">{mail.customerName}</span>
                </TextLink>
                <span className="block break-all text-ink-soft text-sm">{mail.email}</span>
              </Cell>
              <Cell className={`whitespace-nowrap ${small}`}>
                <Moment at={mail.createdAt} />
              </Cell>
              <Cell className="max-sm:text-right">
                <MailStateBadge state={mail.state} />
                {mail.failures
                  .filter(({ isCopy, kind }) => isCopy || kind === "delayed")
                  .map(({ address, isCopy, kind }) => (
                    <span key={address} className="block break-words text-ink-soft text-sm">
                      {t(`${isCopy ? "copy" : "own"}_${kind === "delayed" ? "late" : "lost"}`, { address })}
                    </span>
                  ))}
                {mail.attempts > 1 && (
                  <span className="block text-ink-soft text-sm">
                    {t("attempts", { count: mail.attempts })}
                  </span>
                )}
              </Cell>
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}

export function MailStateBadge({ state }: { state: MailState }) {
  const t = useTranslations("staffMail");
  return <Badge {...looks[state]}>{t(`state_${state}`)}</Badge>;
}

const looks = {
  waiting: { tone: "calm", shape: "dots" },
  sent: { tone: "good", shape: "tick" },
  bounced: { tone: "bad", shape: "triangle" },
  undeliverable: { tone: "bad", shape: "triangle" },
  withdrawn: { tone: "gone", shape: "slash" },
} as const satisfies Record<MailState, { tone: Tone; shape: Shape }>;
