import { getLocale, getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/sign-in/action-form";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { Day } from "@/components/ui/day";
import { Empty } from "@/components/ui/empty";
import type { CountryTax } from "@/lib/admin/tax-points";
import type { Result } from "@/lib/kernel/result";

const points = ["term_start", "term_end", "invoice"] as const satisfies readonly CountryTax["point"][];

interface TaxPointListProps<State> {
  countries: readonly CountryTax[];
  action: (previous: State | null, form: FormData) => Promise<State>;
  mayChange: boolean;
  answers: AnswerTexts;
}

/** Each country's rates, and which day decides between them. */
export async function TaxPointList<State extends Result<unknown>>(props: TaxPointListProps<State>) {
  const { countries, action, mayChange, answers } = props;
  const [t, locale] = await Promise.all([getTranslations("hostSettings"), getLocale()]);
  const names = new Intl.DisplayNames(locale, { type: "region" });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 4 });
  if (countries.length === 0) return <Empty title={t("noTax")}>{t("noTaxHint")}</Empty>;
  return (
    <ul className="divide-y divide-line border-line border-y">
      {countries.map(({ country, rates, point }) => (
        <li key={country} className="py-3">
          <p className="font-medium">{names.of(country)}</p>
          <p className="text-ink-soft text-sm">
            {rates.map(({ name, ratePpm, validFrom }, at) => (
              <span key={validFrom.toISOString()}>
                {at > 0 && ", "}
                <span dir="auto">{name}</span> {percent.format(ratePpm / 1_000_000)}
                {at > 0 && t.rich("rateFrom", { day: () => <Day at={validFrom} /> })}
              </span>
            ))}
          </p>
          <p>{t(`point_${point}`)}</p>
          {mayChange && (
            <details className="mt-1">
              <summary className="min-h-6 cursor-pointer font-medium text-accent">
                {t("changePoint")}
                <span className="sr-only"> ({names.of(country)})</span>
              </summary>
              <div className="mt-3">
                <ActionForm
                  key={point}
                  action={action}
                  hidden={{ country, seen: point }}
                  fields={[
                    {
                      name: "point",
                      label: t("pointField"),
                      initial: point,
                      choices: points.map((value) => ({
                        value,
                        label: t(`point_${value}`),
                        hint: t(`pointMeans_${value}`),
                      })),
                    },
                  ]}
                  submit={t("savePoint")}
                  answers={answers}
                  isMinor
                  said={t("pointSaved")}
                />
              </div>
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}
