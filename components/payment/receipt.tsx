import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { Day } from "@/components/ui/day";
import { isPositive, type Money } from "@/lib/kernel/money";
import type { Receipt as ReceiptView } from "@/lib/portal/shapes";

interface ReceiptProps {
  receipt: ReceiptView;
  available: Money;
  /** What renewals that wait for the balance are short of; null if nothing is. */
  stillShort: { amount: Money; numbers: string[] } | null;
}

/**
 * What was paid, from where it came, and what it brought: the new expiry date of each service, the debt and what else was
 * waiting that was settled with it, what is available now, and what is still missing for what waits.
 */
export function Receipt({ receipt, available, stillShort }: ReceiptProps) {
  const t = useTranslations("return");
  const { paid, settled, services, fromBalance, byCard, toBalance, toDebt } = receipt;
  return (
    <div className="grid gap-8">
      {services.length > 0 && (
        <Part title={t("services")}>
          {services.map(({ id, label, expiresAt }) => (
            <Line key={id} name={<span dir="auto">{label}</span>}>
              <Day at={expiresAt} className="font-semibold" />
            </Line>
          ))}
        </Part>
      )}
      <Invoices title={t("paidInvoices")} lines={paid} />
      <Part title={t("receiptLine")}>
        {isPositive(fromBalance) && (
          <Line name={t("fromBalance")}>
            <Amount of={fromBalance} />
          </Line>
        )}
        {isPositive(byCard) && (
          <Line name={t("byCard")}>
            <Amount of={byCard} />
          </Line>
        )}
        {isPositive(toBalance) && (
          <Line name={t("toBalance")}>
            <Amount of={toBalance} />
          </Line>
        )}
      </Part>
      <Invoices title={t("settled")} lines={settled} debt={toDebt} />
      {isPositive(toBalance) && (
        <Part title={t("remaining")}>
          <Line name={t("availableNow")}>
            <Amount of={available} className="font-semibold" />
          </Line>
        </Part>
      )}
      {isPositive(toBalance) && stillShort && (
        <Part title={t("stillShort")}>
          <Line name={t("stillShortFor", { numbers: stillShort.numbers.join(", ") })}>
            <Amount of={stillShort.amount} className="font-semibold text-bad" />
          </Line>
        </Part>
      )}
    </div>
  );
}

interface InvoicesProps {
  title: string;
  lines: ReceiptView["paid"];
  /** What was owed and is paid first. */
  debt?: Money;
}

function Invoices({ title, lines, debt }: InvoicesProps) {
  const t = useTranslations("return");
  const isDebtPaid = debt !== undefined && isPositive(debt);
  if (lines.length === 0 && !isDebtPaid) return null;
  return (
    <Part title={title}>
      {isDebtPaid && (
        <Line name={t("toDebt")}>
          <Amount of={debt} />
        </Line>
      )}
      {lines.map(({ number, amount }) => (
        <Line key={number} name={t("receiptInvoice", { number })}>
          <Amount of={amount} />
        </Line>
      ))}
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="caption pb-1.5">{title}</h2>
      <dl className="border-t">{children}</dl>
    </section>
  );
}

function Line({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-6 border-b py-2.5">
      <dt className="figures min-w-0">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
