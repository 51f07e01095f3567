import { useTranslations } from "next-intl";
import { brandName } from "@/components/card/card-words";
import { ActButton } from "@/components/ui/act-button";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { Badge } from "@/components/ui/badge";
import { Callout } from "@/components/ui/callout";
import { DayOf } from "@/components/ui/day";
import type { Result } from "@/lib/kernel/result";
import type { AutoPayView } from "@/lib/portal/auto-pay";
import type { CardView } from "@/lib/portal/shapes";

interface AutoPayPanelProps {
  autoPay: AutoPayView;
  cards: readonly CardView[];
  /** Null for members who only look. */
  action: ((input: { cardId: string | null }) => Promise<Result<unknown>>) | null;
}

/** Autopay: what it means, whether it is on, what it charges; and the button that turns it on with the default card. */
export function AutoPayPanel({ autoPay, cards, action }: AutoPayPanelProps) {
  const t = useTranslations("autoPay");
  const { isOn, topsUp, card, pausedBy, lastDay } = autoPay;
  const texts: AnswerTexts = {
    fault: t("fault"),
    lost: t("lost"),
    not_allowed: t("not_allowed"),
    card_not_found: t("card_not_found"),
    card_removed: t("card_removed"),
    card_expired: t("card_expired"),
  };
  const named = (of: { brand: string; last4: string }) => ({ brand: brandName(of.brand), last4: of.last4 });
  const isPaused = isOn && pausedBy !== null;
  const standard = cards.find(({ isDefault }) => isDefault);
  const canCharge = standard && !standard.isExpired ? standard : null;
  return (
    <section aria-labelledby="auto-pay" className="grid gap-3 border-t pt-6">
      <h2 id="auto-pay" className="flex flex-wrap items-center gap-3 font-semibold text-lg">
        {t("title")}
        <Badge tone={isOn ? "good" : "plain"} shape={isOn ? "disc" : "ring"}>
          {t(isOn ? "on" : "off")}
        </Badge>
      </h2>
      <p className="text-ink-soft">{t("meaning")}</p>
      {isOn && card && !pausedBy && <p>{t("charges", named(card))}</p>}
      {isOn && card && (pausedBy || lastDay) && (
        <Callout tone={pausedBy ? "bad" : "warn"}>
          {pausedBy && <p>{t(pausedWords[pausedBy], named(card))}</p>}
          {lastDay && <p>{t.rich("endsOn", { ...named(card), day: () => <DayOf day={lastDay} /> })}</p>}
          {pausedBy && topsUp && <p>{t("topUpToo")}</p>}
        </Callout>
      )}
      {cards.length === 0 && !isOn && <p className="text-ink-soft text-sm">{t("noCards")}</p>}
      {standard?.isExpired && !isOn && <p className="text-ink-soft text-sm">{t("defaultExpired")}</p>}
      {action && (
        <div className="flex flex-wrap items-start gap-3">
          {canCharge && (!isOn || isPaused) && (
            <div>
              <ActButton
                action={action}
                input={{ cardId: canCharge.id }}
                label={t(isOn ? "resumeLabel" : "turnOnLabel", named(canCharge))}
                text={t(isOn ? "resume" : "turnOn", named(canCharge))}
                done={t("turnedOn", named(canCharge))}
                texts={texts}
              />
            </div>
          )}
          {isOn && (
            <div>
              <ActButton
                action={action}
                input={{ cardId: null }}
                label={t("turnOff")}
                text={t("turnOff")}
                done={t("turnedOff")}
                texts={texts}
              />
            </div>
          )}
        </div>
      )}
    </section>
  );
}

const pausedWords = {
  card_removed: "pausedRemoved",
  card_refused: "pausedRefused",
  card_disputed: "pausedDisputed",
  card_expired: "pausedExpired",
} as const satisfies Record<NonNullable<AutoPayView["pausedBy"]>, string>;
