import { useTranslations } from "next-intl";
import { Fact, Facts } from "@/components/ui/facts";
import type { BankDetails as Details } from "@/lib/portal/show-bank-details";

/** For those who transfer: where to, and the reference without which nobody knows whose the money is. */
export function BankDetails({ details }: { details: Details }) {
  const t = useTranslations("bankDetails");
  const { holder, account, bic, bank, reference } = details;
  return (
    <section aria-labelledby="bank-details" className="rounded-lg border bg-surface p-5">
      <h2 id="bank-details" className="font-semibold text-lg">
        {t("title")}
      </h2>
      <p className="mt-1 mb-4 text-ink-soft text-sm">{t("intro")}</p>
      <Facts className="grid-cols-1">
        <Fact name={t("reference")}>
          <strong className="figures break-all">{reference}</strong>
        </Fact>
        <Fact name={t("holder")}>
          <span dir="auto">{holder}</span>
        </Fact>
        <Fact name={t("account")}>
          <span className="figures break-all">{account}</span>
        </Fact>
        {bic && (
          <Fact name={t("bic")}>
            <span className="figures">{bic}</span>
          </Fact>
        )}
        {bank && (
          <Fact name={t("bank")}>
            <span dir="auto">{bank}</span>
          </Fact>
        )}
      </Facts>
    </section>
  );
}
