import { useTranslations } from "next-intl";
import { brandName } from "@/components/card/card-words";
import { ActionForm } from "@/components/sign-in/action-form";
import { ActButton } from "@/components/ui/act-button";
import { Amount } from "@/components/ui/amount";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { Badge } from "@/components/ui/badge";
import { Callout } from "@/components/ui/callout";
import { type Money, toDecimal } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";
import type { AutoPayView } from "@/lib/portal/auto-pay";
import type { AutoTopUpView } from "@/lib/portal/auto-top-up";

interface AutoTopUpPanelProps<State> {
  autoTopUp: AutoTopUpView;
  /** Of the card that is charged. */
  autoPay: AutoPayView;
  hasCard: boolean;
  /** Null for members who only look. */
  actions: {
    set: (previous: State | null, form: FormData) => Promise<State>;
    turnOff: (input: { currency: string }) => Promise<Result<unknown>>;
  } | null;
}

const malformed = [
  "amount_missing",
  "amount_malformed",
  "amount_negative",
  "amount_ambiguous",
  "amount_too_precise",
  "amount_too_large",
];

/** Auto top-up: what it means, what was set, and the form that sets it. */
export function AutoTopUpPanel<State extends Result<unknown>>(props: AutoTopUpPanelProps<State>) {
  const { autoTopUp, autoPay, hasCard, actions } = props;
  const t = useTranslations("autoTopUp");
  const { currency, isOn, settings } = autoTopUp;
  const answers: AnswerTexts = {
    fault: t("fault"),
    lost: t("lost"),
    not_allowed: t("not_allowed"),
    no_card: t("no_card"),
    card_not_found: t("no_card"),
    card_removed: t("no_card"),
    card_expired: t("card_expired"),
    top_up_too_small: t("top_up_too_small"),
    top_up_too_large: t("top_up_too_large"),
    top_up_uneven: t("top_up_uneven"),
    cap_below_amount: t("cap_below_amount"),
    ...Object.fromEntries(malformed.map((code) => [code, t("amount_malformed")])),
    currencies_differ: t("fault"),
  };
  const initial = (of: Money | undefined) => (of ? toDecimal(of) : "");
  const field = (name: "threshold" | "amount" | "monthlyCap") => ({
    name,
    label: t(name, { currency }),
    hint: t(`${name}Hint`),
    type: "text",
    autoComplete: "off",
    maxLength: 20,
    initial: initial(settings?.[name]),
  });
  return (
    <section aria-labelledby="auto-top-up" className="grid gap-3 border-t pt-6">
      <h2 id="auto-top-up" className="flex flex-wrap items-center gap-3 font-semibold text-lg">
        {t("title")}
        <Badge tone={isOn ? "good" : "plain"} shape={isOn ? "disc" : "ring"}>
          {t(isOn ? "on" : "off")}
        </Badge>
      </h2>
      <p className="text-ink-soft">{t("meaning")}</p>
      {isOn && settings && (
        <p>
          {t.rich("does", {
            threshold: () => <Amount of={settings.threshold} />,
            amount: () => <Amount of={settings.amount} />,
            cap: () => <Amount of={settings.monthlyCap} />,
          })}
        </p>
      )}
      {isOn && autoPay.pausedBy && autoPay.card && (
        <Callout tone="bad">
          <p>{t("paused", { brand: brandName(autoPay.card.brand), last4: autoPay.card.last4 })}</p>
        </Callout>
      )}
      {actions && !hasCard && !isOn && <p className="text-ink-soft text-sm">{t("no_card")}</p>}
      {actions && hasCard && (
        <details>
          <summary className="cursor-pointer font-medium text-accent">
            {t(isOn ? "change" : "turnOn")}
          </summary>
          <div className="mt-3 max-w-sm">
            <ActionForm
              action={actions.set}
              hidden={{ currency }}
              fields={[field("threshold"), field("amount"), field("monthlyCap")]}
              submit={t("save")}
              answers={answers}
              said={t("saved")}
            />
          </div>
        </details>
      )}
      {actions && isOn && (
        <div>
          <ActButton
            action={actions.turnOff}
            input={{ currency: currency as string }}
            label={t("turnOff")}
            text={t("turnOff")}
            done={t("turnedOff")}
            texts={answers}
          />
        </div>
      )}
    </section>
  );
}
