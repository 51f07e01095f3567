import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/sign-in/action-form";
import { Amount } from "@/components/ui/amount";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { Empty } from "@/components/ui/empty";
import { type Money, toDecimal } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";

interface PayoutLimitListProps<State> {
  limits: readonly Money[];
  action: (previous: State | null, form: FormData) => Promise<State>;
  mayChange: boolean;
  answers: AnswerTexts;
}

/** What one person may pay out a day, a currency a row. */
export async function PayoutLimitList<State extends Result<unknown>>(props: PayoutLimitListProps<State>) {
  const { limits, action, mayChange, answers } = props;
  const t = await getTranslations("hostSettings");
  if (limits.length === 0) return <Empty title={t("noPayouts")}>{t("noPayoutsHint")}</Empty>;
  return (
    <ul className="divide-y divide-line border-line border-y">
      {limits.map((limit) => (
        <li key={limit.currency} className="py-3">
          <p className="flex justify-between gap-4">
            <span className="font-medium">{limit.currency}</span>
            <Amount of={limit} />
          </p>
          {mayChange && (
            <details className="mt-1">
              <summary className="min-h-6 cursor-pointer font-medium text-accent">
                {t("changePayouts")}
                <span className="sr-only"> ({limit.currency})</span>
              </summary>
              <div className="mt-3">
                <ActionForm
                  key={toDecimal(limit)}
                  action={action}
                  hidden={{ currency: limit.currency, seen: toDecimal(limit) }}
                  fields={[
                    {
                      name: "amount",
                      label: t("payoutsMost", { currency: limit.currency }),
                      type: "text",
                      autoComplete: "off",
                      maxLength: 40,
                      initial: toDecimal(limit),
                    },
                  ]}
                  submit={t("savePayouts")}
                  answers={answers}
                  isMinor
                  said={t("payoutsSaved")}
                />
              </div>
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}
