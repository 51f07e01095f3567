import { useLocale, useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { buttonLook } from "@/components/ui/button";
import { formatDayOf } from "@/components/ui/dates";
import { Link } from "@/components/ui/link";
import { TextLink } from "@/components/ui/text-link";
import { formatMoney, type Money, toDecimal } from "@/lib/kernel/money";
import type { Runway as View } from "@/lib/portal/show-runway";

interface RunwayProps {
  runway: View;
  /** Whether this member may top up. */
  canPay: boolean;
}

/** How far the balance reaches, in one sentence, and the click that makes it reach further by just what is missing. */
export function Runway({ runway, canPay }: RunwayProps) {
  const t = useTranslations("runway");
  const { days, renewals, short } = runway;
  if (!short) {
    return <p className="text-good">{t("reaches", { days, count: renewals.length })}</p>;
  }
  return (
    <div className="grid justify-items-start gap-3">
      <p>
        <Reach runway={runway} short={short} />
      </p>
      {canPay && <Mend runway={runway} short={short} />}
    </div>
  );
}

type Short = NonNullable<View["short"]>;

function Reach({ runway, short }: { runway: View; short: Short }) {
  const t = useTranslations("runway");
  const locale = useLocale();
  const coversSome = runway.renewals[0]?.isCovered === true;
  const says = short.isCharged
    ? "charged"
    : short.invoiceNumber
      ? "shortNow"
      : coversSome
        ? "until"
        : "untilNone";
  return t.rich(says, {
    date: formatDayOf(short.dueOn, locale),
    service: () => <bdi className="font-medium">{short.summary}</bdi>,
    // What a card is charged for is no debt.
    amount: () => <Amount of={short.by} className={`font-semibold ${short.isCharged ? "" : "text-bad"}`} />,
  });
}

function Mend({ runway: { days, missing }, short }: { runway: View; short: Short }) {
  const t = useTranslations("runway");
  const locale = useLocale();
  const { topUp, invoiceNumber } = short;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      {topUp && (
        <Link
          href={invoiceNumber ? invoiceHref(invoiceNumber) : amountHref(topUp)}
          className={buttonLook("secondary")}
        >
          {t("topUp", { amount: formatMoney(topUp, locale) })}
        </Link>
      )}
      {missing?.topUp && (
        <TextLink href={amountHref(missing.topUp)} className="text-sm">
          {t("topUpAll", { amount: formatMoney(missing.topUp, locale), days })}
        </TextLink>
      )}
    </div>
  );
}

const invoiceHref = (number: string) => `/balance/top-up?${new URLSearchParams({ invoice: number })}`;

export const amountHref = (amount: Money) =>
  `/balance/top-up?${new URLSearchParams({ amount: toDecimal(amount), currency: amount.currency })}`;
