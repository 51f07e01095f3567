import { useTranslations } from "next-intl";
import { type CardAction, CardActs } from "@/components/card/card-acts";
import { brandName } from "@/components/card/card-words";
import type { AnswerTexts } from "@/components/payment/pay-answers";
import { Badge } from "@/components/ui/badge";
import type { AutoPayView } from "@/lib/portal/auto-pay";
import type { CardView } from "@/lib/portal/shapes";

interface CardListProps {
  cards: readonly CardView[];
  autoPay: AutoPayView;
  canChange: boolean;
  makeDefault: CardAction;
  remove: CardAction;
  texts: AnswerTexts;
}

/** Saved cards, by what a person knows them by. */
export function CardList({ cards, ...rest }: CardListProps) {
  const t = useTranslations("cards");
  return (
    <ul aria-label={t("caption")} className="grid border-t">
      {cards.map((card) => (
        <CardItem key={card.id} card={card} isOnly={cards.length === 1} {...rest} />
      ))}
    </ul>
  );
}

interface CardItemProps extends Omit<CardListProps, "cards"> {
  card: CardView;
  isOnly: boolean;
}

function CardItem({ card, isOnly, autoPay, canChange, makeDefault, remove, texts }: CardItemProps) {
  const t = useTranslations("cards");
  const { id, last4, expMonth, expYear, isExpired, isDefault } = card;
  const name = { brand: brandName(card.brand), last4 };
  const expires = { month: String(expMonth).padStart(2, "0"), year: String(expYear) };
  const { isOn, topsUp } = autoPay;
  const isCharged = isDefault && !autoPay.pausedBy && (isOn || topsUp);
  const ask = {
    title: t("makeDefaultTitle", name),
    lines: [...(isOn ? [t("autopayCharges")] : []), ...(topsUp ? [t("topUpCharges")] : [])],
    confirm: t("makeDefault"),
    keep: t("cancel"),
    isDangerous: false,
  };
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-1 border-b py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-x-3">
          <span className="figures font-medium">{t("ending", name)}</span>
          {isDefault && (
            <Badge tone="calm" shape="tick">
              {t(isCharged ? (isOn ? "defaultAutopay" : "defaultTopUp") : "default")}
            </Badge>
          )}
          {isExpired && (
            <Badge tone="bad" shape="slash">
              {t("expired")}
            </Badge>
          )}
        </p>
        <p className="figures text-ink-soft text-sm">
          {t("expiry")} {t("expires", expires)}
        </p>
      </div>
      {canChange && (
        <CardActs
          cardId={id}
          canBeDefault={!isDefault && !isExpired}
          makeDefault={makeDefault}
          ask={ask.lines.length > 0 ? ask : null}
          remove={remove}
          consequences={[
            t("removeWhat"),
            ...(isCharged && isOn ? [t("removeAutopay")] : []),
            ...(isCharged && topsUp ? [t("removeTopUp")] : []),
            ...(isDefault && !isOnly ? [t("removeDefault")] : []),
            t("removeAgain"),
          ]}
          texts={{
            ...texts,
            lost: t("lost"),
            makeDefault: t("makeDefault"),
            makeDefaultOf: t("makeDefaultOf", name),
            remove: t("remove"),
            removeOf: t("removeOf", name),
            removeTitle: t("removeTitle", { last4 }),
            removeConfirm: t("removeConfirm"),
            keep: t("keep"),
          }}
        />
      )}
    </li>
  );
}
