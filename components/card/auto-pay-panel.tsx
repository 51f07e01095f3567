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

/** Auto-pay: what it means, whether it is on, with which card; and the buttons that change it. */
export function AutoPayPanel({ autoPay, cards, action }: AutoPayPanelProps) {
  const t = useTranslations("autoPay");
  const { isOn, card, pausedBy, lastDay, offered } = autoPay;
  const texts: AnswerTexts = {
    fault: t("fault"),
    lost: t("lost"),
    not_allowed: t("not_allowed"),
    card_not_found: t("card_not_found"),
    card_removed: t("card_removed"),
    card_expired: t("card_expired"),
  };
  const named = (of: { brand: string; last4: string }) => ({ brand: brandName(of.brand), last4: of.last4 });
  const others = cards.filter(
    ({ id, isExpired }) => !isExpired && !(isOn && !pausedBy && id === card?.id) && id !== offered?.id,
  );
  const choose = (other: { id: string; brand: string; last4: string }) =>
    action && (
      <ActButton
        action={action}
        input={{ cardId: other.id }}
        label={t(isOn ? "useCardLabel" : "turnOnLabel", named(other))}
        text={t(isOn ? "useCard" : "turnOn", named(other))}
        done={t("turnedOn", named(other))}
        texts={texts}
      />
    );
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
          {offered && (
            <>
              <p>{t("offer", named(offered))}</p>
              <div className="mt-1">{choose(offered)}</div>
            </>
          )}
        </Callout>
      )}
      {cards.length === 0 && !isOn && <p className="text-ink-soft text-sm">{t("noCards")}</p>}
      {action && (
        <div className="flex flex-wrap items-start gap-3">
          {others.map((other) => (
            <div key={other.id}>{choose(other)}</div>
          ))}
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
  card_expired: "pausedExpired",
} as const satisfies Record<NonNullable<AutoPayView["pausedBy"]>, string>;
