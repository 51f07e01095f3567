import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Section } from "@/components/staff/section";
import { Amount } from "@/components/ui/amount";
import { Day, Moment } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { CustomerMore as More } from "@/lib/admin/show-customer-more";

const rowLook = "max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1";
const small = "max-sm:text-ink-soft max-sm:text-sm";

interface CustomerAsideProps {
  more: More;
  /** The form that adds a note, for those who may. */
  noteForm: ReactNode;
  /** The button that ends all sessions, for those who may. */
  endSessions: ReactNode;
  /** The form that disables a login or enables it again, for those who may. */
  loginForm: (user: More["users"][number]) => ReactNode;
}

/** What staff noted of a customer, who signs in for them, and their cards. */
export function CustomerAside({ more, noteForm, endSessions, loginForm }: CustomerAsideProps) {
  const t = useTranslations("staffCustomer");
  return (
    <>
      <Section title={t("notes")} none={t("noNotes")} isEmpty={more.notes.length === 0 && !noteForm}>
        <ul className="grid gap-3">
          {more.notes.map(({ id, occurredAt, who, detail }) => (
            <li key={id} className="rounded-md bg-sunken px-4 py-3">
              <p className="whitespace-pre-line break-words" dir="auto">
                {detail.note}
              </p>
              <p className="text-ink-soft text-sm">
                <span dir="auto">{who}</span> · <Moment at={occurredAt} />
              </p>
            </li>
          ))}
        </ul>
        {noteForm && <div className="mt-3">{noteForm}</div>}
      </Section>
      <Section title={t("users")} none={t("noUsers")} isEmpty={more.users.length === 0}>
        <Users users={more.users} loginForm={loginForm} />
        {more.users.some(({ openSessions }) => openSessions > 0) && <div className="mt-4">{endSessions}</div>}
      </Section>
      <Section title={t("cards")} none={t("noCards")} isEmpty={more.cards.length === 0}>
        <ul className="grid gap-1">
          {more.cards.map(({ id, brand, last4, expiry, isExpired, isDefault }) => (
            <li key={id}>
              <span className="capitalize">{brand}</span> •••• <span className="figures">{last4}</span>
              <span className="text-ink-soft text-sm">
                {" · "}
                {t(isExpired ? "expired" : "until", { expiry })}
                {isDefault && ` · ${t("default")}`}
              </span>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

function Users({ users, loginForm }: Pick<More, "users"> & Pick<CustomerAsideProps, "loginForm">) {
  const t = useTranslations("staffCustomer");
  return (
    <ul aria-label={t("users")} className="grid border-t">
      {users.map((user) => {
        const { userId, name, email, role, openSessions, lastSeenAt, disabledAt } = user;
        return (
          <li key={userId} className="grid grid-cols-[1fr_auto] gap-x-4 border-b py-2">
            <span dir="auto">{name}</span>
            <span>{t(`role_${role}`)}</span>
            <span className="col-span-2 break-all text-ink-soft text-sm">{email}</span>
            <span className="col-span-2 text-ink-soft text-sm">
              {t("openSessions", { count: openSessions })}
              {lastSeenAt && (
                <>
                  {" · "}
                  <Moment at={lastSeenAt} />
                </>
              )}
            </span>
            {disabledAt && (
              <span className="col-span-2 text-bad text-sm">
                {t.rich("loginDisabled", { since: () => <Moment at={disabledAt} /> })}
              </span>
            )}
            <div className="col-span-2 empty:hidden">{loginForm(user)}</div>
          </li>
        );
      })}
    </ul>
  );
}

interface CustomerMovementsProps {
  more: More;
  /** The customer's address. */
  customer: string;
}

/** What moved a customer's balance. */
export function CustomerMovements({ more, customer }: CustomerMovementsProps) {
  const t = useTranslations("staffCustomer");
  return (
    <Section title={t("movements")} none={t("noMovements")} isEmpty={more.movements.length === 0}>
      <Movements movements={more.movements} customer={customer} />
    </Section>
  );
}

function Movements({ movements, customer }: Pick<More, "movements"> & { customer: string }) {
  const t = useTranslations("staffCustomer");
  const reasons = useTranslations("movement");
  return (
    <Table aria-label={t("movements")}>
      <TableHead>
        <Column>{t("date")}</Column>
        <Column>{t("what")}</Column>
        <Column numeric>{t("amount")}</Column>
        <Column numeric>{t("after")}</Column>
      </TableHead>
      <TableBody>
        {movements.map(({ id, occurredAt, reason, amount, balanceAfter, invoiceNumber }) => {
          const known = reason as Parameters<typeof reasons.has>[0];
          return (
            <Row key={id} className={rowLook}>
              <Cell className={`whitespace-nowrap max-sm:order-3 ${small}`}>
                <Day at={occurredAt} />
              </Cell>
              <Cell>
                {reasons.has(known) ? reasons(known) : reason}
                {invoiceNumber && (
                  <TextLink
                    href={`${customer}/invoices/${encodeURIComponent(invoiceNumber)}`}
                    className="figures ml-2 text-sm"
                  >
                    {invoiceNumber}
                  </TextLink>
                )}
              </Cell>
              <Cell numeric>
                <Amount of={amount} signed />
              </Cell>
              <Cell numeric className={`max-sm:order-4 ${small}`}>
                <Amount of={balanceAfter} />
              </Cell>
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}
