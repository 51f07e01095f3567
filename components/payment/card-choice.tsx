"use client";

import { useState } from "react";
import { Checkbox, Radio } from "@/components/ui/choice";
import type { PaymentMethodId } from "@/lib/kernel/id";

/** A saved card that can be charged, in words. */
export interface ChargeableCard {
  id: PaymentMethodId;
  /** "Visa ending 4242" */
  name: string;
}

export type CardChoiceTexts = Record<
  "withWhat" | "newCard" | "saveCard" | "newNote" | "savedNote" | "methods" | "methodsKept",
  string
>;

/** Which card is to pay: the default first; a new one, kept if that is ticked, where none is saved or wished. */
export function useCardChoice(cards: readonly ChargeableCard[]) {
  const [cardId, setCardId] = useState<string | null>(cards[0]?.id ?? null);
  const [savesCard, setSavesCard] = useState(false);
  // A card may be gone after the page was read anew.
  const card = cards.find(({ id }) => id === cardId) ?? null;
  const sent = { cardId: card?.id ?? null, savesCard: card === null && savesCard };
  return { cards, card, setCardId, savesCard, setSavesCard, sent };
}

interface CardChoiceProps {
  choice: ReturnType<typeof useCardChoice>;
  texts: CardChoiceTexts;
}

export function CardChoice({ choice, texts }: CardChoiceProps) {
  const { cards, card, setCardId, savesCard, setSavesCard } = choice;
  return (
    <div className="grid gap-3">
      <fieldset hidden={cards.length === 0} className="min-w-0">
        <legend className="float-left mb-2 w-full font-medium">{texts.withWhat}</legend>
        <div className="clear-both grid gap-1">
          {cards.map(({ id, name }) => (
            <Way key={id} value={id} isChosen={card?.id === id} onChoose={setCardId}>
              {name}
            </Way>
          ))}
          <Way value="new" isChosen={card === null} onChoose={() => setCardId(null)}>
            {texts.newCard}
          </Way>
        </div>
      </fieldset>
      {card === null && (
        <label className="-mx-2 flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-2">
          <Checkbox
            name="save-card"
            checked={savesCard}
            onChange={(event) => setSavesCard(event.currentTarget.checked)}
          />
          {texts.saveCard}
        </label>
      )}
      {/* Where the card is to be kept, Stripe's page offers nothing else. */}
      {card === null && <p className="text-sm">{savesCard ? texts.methodsKept : texts.methods}</p>}
      <p className="text-ink-soft text-sm">{card ? texts.savedNote : texts.newNote}</p>
    </div>
  );
}

interface WayProps {
  value: string;
  isChosen: boolean;
  onChoose: (id: string) => void;
  children: string;
}

function Way({ value, isChosen, onChoose, children }: WayProps) {
  return (
    <label className="-mx-2 flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-2 has-checked:bg-accent-soft">
      <Radio name="card" value={value} checked={isChosen} onChange={() => onChoose(value)} />
      <span className="figures">{children}</span>
    </label>
  );
}
