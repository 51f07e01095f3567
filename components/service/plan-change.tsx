import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { formatDay } from "@/components/ui/dates";
import { Day } from "@/components/ui/day";
import { Fact, Facts } from "@/components/ui/facts";
import { TaxMark } from "@/components/ui/tax-mark";
import { TextLink } from "@/components/ui/text-link";
import { isPositive, type Money, negate, toDecimal } from "@/lib/kernel/money";
import type { PlanChangePreview, PlanChangeWay, PlanChoices } from "@/lib/portal/change-plan";

interface PlanChoiceFormProps {
  choices: PlanChoices;
  /** The page itself: what is chosen stands in its address. */
  action: string;
  chosen: { planId: string | undefined; way: PlanChangeWay };
  /** Takes back that the service ends, for those who may: before that its plan cannot be changed. */
  keep?: ReactNode;
}

/** Which plan, and from when: asking changes nothing. */
export function PlanChoiceForm({ choices, action, chosen, keep }: PlanChoiceFormProps) {
  const t = useTranslations("planChange");
  const terms = useTranslations("term");
  const { service, plans } = choices;
  if (service.isEnding && service.expiresAt) {
    return (
      <Callout tone="calm" className="self-start">
        <p>{t.rich("ending", { at: () => <Day at={service.expiresAt ?? new Date(0)} /> })}</p>
        {keep}
      </Callout>
    );
  }
  if (plans.every(({ id }) => id === service.planId) && service.next === null) {
    return <p className="text-ink-soft">{t("noOther")}</p>;
  }
  return (
    // Once the plan is changed, what is chosen here begins anew.
    <form
      key={`${service.planId} ${service.next?.planId}`}
      action={action}
      method="get"
      className="grid gap-8"
    >
      <fieldset className="grid">
        <legend className="mb-2 font-medium">{t("plan")}</legend>
        {plans.map((plan) => (
          <label
            key={plan.id}
            className="flex items-baseline gap-3 border-line border-t py-3 last-of-type:border-b"
          >
            <input
              type="radio"
              name="plan"
              value={plan.id}
              required
              // Back to the plan that it has is a choice only where another is to come.
              disabled={plan.id === service.planId && service.next === null}
              defaultChecked={
                plan.id === (chosen.planId ?? service.next?.planId) &&
                (plan.id !== service.planId || service.next !== null)
              }
              className="accent-accent"
            />
            <span className="min-w-0 flex-1">
              <span dir="auto">{plan.name}</span>
              {plan.id === service.planId && (
                <span className="ml-2 text-ink-soft text-sm">{t("itsPlan")}</span>
              )}
              {plan.id === service.next?.planId && (
                <span className="ml-2 text-ink-soft text-sm">
                  {t.rich("itsNext", { at: () => <Day at={service.next?.at ?? new Date(0)} /> })}
                </span>
              )}
            </span>
            <span className="text-right">
              <Amount of={plan.price} />{" "}
              <span className="text-ink-soft text-sm">
                {terms(plan.term.unit, { count: plan.term.count })}
              </span>{" "}
              <TaxMark is="net" />
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset className="grid gap-2">
        <legend className="mb-2 font-medium">{t("when")}</legend>
        {(["next_term", "at_once"] as const).map((way) => (
          <label key={way} className="flex items-baseline gap-3">
            <input
              type="radio"
              name="way"
              value={way}
              defaultChecked={way === chosen.way}
              className="accent-accent"
            />
            <span>
              {t(way)} <span className="text-ink-soft text-sm">{t(`${way}_note`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div>
        <Button type="submit">{t("show")}</Button>
      </div>
    </form>
  );
}

interface PlanChangeShownProps {
  preview: PlanChangePreview;
  /** Whether whoever looks can top the balance up by what it lacks. */
  canTopUp: boolean;
  /** The form that agrees to it; its button says what it does. */
  children: (submit: string) => ReactNode;
}

/** What the change does, in amounts, before anybody agrees to it. */
export function PlanChangeShown({ preview, canTopUp, children }: PlanChangeShownProps) {
  const t = useTranslations("planChange");
  const length = useTranslations("term");
  const { shortBy, terms, reissued, termsAhead } = preview;
  const named = useChangeName(preview);
  const isShort = isPositive(shortBy);
  return (
    <section aria-labelledby="plan-preview" className="grid content-start gap-5">
      <h2 id="plan-preview" className="font-semibold text-lg">
        <bdi>{named}</bdi>
      </h2>
      {termsAhead && (
        <p>
          {t.rich("termsAhead", {
            at: () => <Day at={termsAhead.at} />,
            price: () => (
              <strong>
                <Amount of={termsAhead.price} />
              </strong>
            ),
            term: () => length(termsAhead.term.unit, { count: termsAhead.term.count }),
          })}
        </p>
      )}
      {terms.length > 0 && (
        <ul className="grid gap-1 text-ink-soft text-sm">
          {terms.map((term, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: terms follow one another, and none has another mark here.
            <li key={index}>
              {t.rich("rest", {
                remaining: term.remainingDays,
                days: term.termDays,
                credited: () => <Amount of={term.credited} />,
                charged: () => <Amount of={term.charged} />,
              })}
            </li>
          ))}
        </ul>
      )}
      <MoneyNow preview={preview} />
      {reissued.length > 0 && (
        <p>{t("reissued", { numbers: reissued.join(", "), count: reissued.length })}</p>
      )}
      {isShort ? (
        <Callout tone="warn">
          <p>{t.rich("short", { short: () => <Amount of={shortBy} /> })}</p>
          {canTopUp && (
            <p>
              <TextLink
                href={`/balance/top-up?${new URLSearchParams({ amount: toDecimal(shortBy), currency: shortBy.currency })}`}
              >
                {t("topUp")}
              </TextLink>
            </p>
          )}
        </Callout>
      ) : (
        <div className="max-w-sm">{children(named)}</div>
      )}
    </section>
  );
}

/** The change with its plan and its day: the heading over what it does, and the button that does it. */
function useChangeName({ plan, way, startsAt }: PlanChangePreview): string {
  const t = useTranslations("planChange");
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  if (plan.isItsOwn) return t("keepPlan", { plan: plan.name });
  if (way === "at_once") return t("changeToday", { plan: plan.name });
  return t("changeFrom", { plan: plan.name, day: formatDay(startsAt, locale, timeZone) });
}

/** Why that change is not possible. That there is nothing to change is no warning: it is how the page stands after a change. */
export function PlanChangeRefused({ refusal, answers }: { refusal: { code: string }; answers: AnswerTexts }) {
  const isNoChange = refusal.code === "plan_is_the_same";
  return (
    <Callout
      tone={isNoChange ? "calm" : "warn"}
      role={isNoChange ? "status" : "alert"}
      className="content-start self-start"
    >
      <p>{sentenceOf(refusal, answers)}</p>
    </Callout>
  );
}

/** What is charged and given back at once; a change of the next term moves nothing. */
function MoneyNow({ preview: { charged, credited, kept, due, available } }: { preview: PlanChangePreview }) {
  const t = useTranslations("planChange");
  if (!isPositive(charged) && !isPositive(credited)) return <p>{t("nothingNow")}</p>;
  return (
    <Facts className="grid-cols-2">
      <Fact name={t("charged")}>
        <Amount of={charged} />
      </Fact>
      <Fact name={t("credited")}>
        <Amount of={credited} />
      </Fact>
      {isPositive(kept) && (
        <Fact name={t("kept")}>
          <Amount of={kept} />
        </Fact>
      )}
      <Fact name={due.minor < 0n ? t("toBalance") : t("fromBalance")}>
        <strong>
          <Amount of={magnitude(due)} />
        </strong>
      </Fact>
      <Fact name={t("available")}>
        <Amount of={available} />
      </Fact>
    </Facts>
  );
}

function magnitude(amount: Money): Money {
  return amount.minor < 0n ? negate(amount) : amount;
}
