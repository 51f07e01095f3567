import { CircleCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { buttonLook } from "@/components/ui/button";
import { isPositive } from "@/lib/kernel/money";
import type { LinkPaymentOutcome } from "@/lib/portal/link-payment-outcome";

/** After paying by a link: what was paid, and nothing else of the customer. */
export function LinkOutcome({ outcome, wait }: { outcome: LinkPaymentOutcome; wait: ReactNode }) {
  const t = useTranslations("payLink");
  const words = useTranslations("return");
  switch (outcome.kind) {
    case "paid":
      return (
        <>
          <CircleCheck aria-hidden="true" className="-mb-5 size-9 text-good" strokeWidth={1.5} />
          <Say title={words("titlePaid")}>{t("doneBody")}</Say>
          <dl className="grid gap-2 border-y py-4">
            {outcome.paid.map(({ number, amount }) => (
              <Line key={number} name={words("receiptInvoice", { number })}>
                <Amount of={amount} />
              </Line>
            ))}
            {isPositive(outcome.toBalance) && (
              <Line name={t("toBalance")}>
                <Amount of={outcome.toBalance} />
              </Line>
            )}
            {isPositive(outcome.fromBalance) && (
              <Line name={words("fromBalance")}>
                <Amount of={outcome.fromBalance} className="font-semibold" />
              </Line>
            )}
            {isPositive(outcome.byCard) && (
              <Line name={words("byCard")}>
                <Amount of={outcome.byCard} className="font-semibold" />
              </Line>
            )}
          </dl>
        </>
      );
    case "confirming":
      return wait;
    case "nothing_taken":
      return (
        <>
          <Say title={words("titleNothing")}>{t(outcome.resumeUrl ? "backOpen" : "backEnded")}</Say>
          {outcome.resumeUrl && (
            <a href={outcome.resumeUrl} className={buttonLook("primary", "large")}>
              {words("goOn")}
            </a>
          )}
        </>
      );
  }
}

function Say({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div role="status" className="grid gap-2">
      <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
      <p className="text-ink-soft">{children}</p>
    </div>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="text-ink-soft">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
