import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { Day } from "@/components/ui/day";
import { isPositive } from "@/lib/kernel/money";
import type { Receipt as ReceiptView } from "@/lib/portal/shapes";

/** What was paid, from where it came, and what it brought: the new expiry date of each service. */
export function Receipt({ receipt }: { receipt: ReceiptView }) {
  const t = useTranslations("return");
  const { paid, services, fromBalance, byCard, toBalance } = receipt;
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
      <Part title={t("paidInvoices")}>
        {paid.map(({ number, amount }) => (
          <Line key={number} name={t("receiptInvoice", { number })}>
            <Amount of={amount} />
          </Line>
        ))}
      </Part>
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
    </div>
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
