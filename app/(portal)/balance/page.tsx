import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { AutoTopUpLine } from "@/components/balance/auto-top-up-line";
import { BalanceFigures } from "@/components/balance/balance-figures";
import { BankDetails } from "@/components/balance/bank-details";
import { Contested } from "@/components/balance/contested";
import { Movements } from "@/components/balance/movements";
import { Runway } from "@/components/balance/runway";
import { StatementForm } from "@/components/balance/statement-form";
import { TopUpPanel } from "@/components/payment/top-up-panel";
import { Empty } from "@/components/ui/empty";
import { LinkTabs } from "@/components/ui/link-tabs";
import { Loading } from "@/components/ui/loading";
import { PageHead } from "@/components/ui/page-head";
import { Pager } from "@/components/ui/pager";
import { carrying } from "@/lib/auth/action";
import { context } from "@/lib/auth/context";
import { requireCustomer } from "@/lib/auth/current";
import { calendarDay } from "@/lib/kernel/calendar";
import { newId, type PaymentId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { showAutoTopUp } from "@/lib/portal/auto-top-up";
import { readPageMethods } from "@/lib/portal/page-methods";
import type { CustomerActor } from "@/lib/portal/shapes";
import { showBalance } from "@/lib/portal/show-balance";
import { showBankDetails } from "@/lib/portal/show-bank-details";
import { showRunways } from "@/lib/portal/show-runway";
import { showTopUp } from "@/lib/portal/show-top-up";
import { topUp } from "./actions";
import { type BalanceQuery, balanceHref, parseBalanceQuery } from "./search-params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("balance"))("title") };
}

interface BalancePageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function BalancePage({ searchParams }: BalancePageProps) {
  const query = parseBalanceQuery(await searchParams);
  const actor = await requireCustomer(balanceHref(query));
  const t = await getTranslations("balance");
  const shell = await getTranslations("shell");
  return (
    <>
      <PageHead title={t("title")} />
      <Suspense fallback={<Loading text={shell("loading")} />}>
        <Balance actor={actor} query={query} />
      </Suspense>
    </>
  );
}

async function Balance({ actor, query }: { actor: CustomerActor; query: BalanceQuery }) {
  const t = await getTranslations("balance");
  const [{ balances, movements, months, contested }, shown, bank, runways, autoTopUp] = await Promise.all([
    showBalance(actor, {
      ...(query.currency && { currency: query.currency }),
      ...(query.cursor && { cursor: query.cursor }),
    }),
    showTopUp(actor, { currency: query.currency }),
    showBankDetails(actor),
    showRunways(actor),
    showAutoTopUp(actor),
  ]);
  const balance = balances.find(({ currency }) => currency === query.currency) ?? balances[0];
  if (!balance) {
    return (
      <Empty title={t("emptyTitle")}>
        <p>{t("emptyBody")}</p>
      </Empty>
    );
  }
  const here = balance.currency as Currency;
  const runway = runways.find(({ available }) => available.currency === here);
  const step = (cursor: string | null, text: string) =>
    cursor === null ? null : { href: balanceHref({ currency: query.currency, cursor }), text };
  return (
    <>
      {balances.length > 1 && (
        <div className="pb-6">
          <LinkTabs
            label={t("currencies")}
            tabs={balances.map(({ currency }) => ({
              href: balanceHref({ currency: currency as Currency, cursor: null }),
              text: currency,
              isHere: currency === here,
            }))}
          />
        </div>
      )}
      <Contested contested={contested} />
      <div className="grid items-start gap-x-10 xl:grid-cols-[minmax(0,1fr)_22rem] xl:grid-rows-[auto_1fr]">
        <div className="pb-8">
          <BalanceFigures balance={balance} />
          {runway && <Runway runway={runway} canPay={shown.ok && shown.value.canPay} />}
        </div>
        {(shown.ok || bank) && (
          <div className="grid max-w-md gap-8 max-xl:mb-10 xl:sticky xl:top-20 xl:col-start-2 xl:row-span-2 xl:row-start-1">
            {shown.ok && (
              <TopUpPanel
                panel={shown.value}
                paymentId={newId<PaymentId>()}
                action={carrying(actor, topUp)}
                pageMethods={await readPageMethods()}
              />
            )}
            {autoTopUp.currency === here && <AutoTopUpLine autoTopUp={autoTopUp} />}
            {bank && <BankDetails details={bank} />}
          </div>
        )}
        <div className="min-w-0">
          {movements.rows.length === 0 ? (
            <Empty title={t("noMovementsTitle")}>
              <p>{t("noMovementsBody")}</p>
            </Empty>
          ) : (
            <Movements months={months} />
          )}
          <Pager
            label={t("pages")}
            previous={step(movements.previous, t("previous"))}
            next={step(movements.next, t("next"))}
          />
          <StatementForm customerId={actor.customerId} currency={here} month={thisMonth()} />
        </div>
      </div>
    </>
  );
}

/** In the billing time zone, as statements go by it. */
function thisMonth(): string {
  const { clock, settings } = context();
  return calendarDay(clock.now(), settings.timeZone).slice(0, 7);
}
