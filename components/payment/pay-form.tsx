"use client";

import { useState } from "react";
import {
  CardChoice,
  type CardChoiceTexts,
  type ChargeableCard,
  useCardChoice,
} from "@/components/payment/card-choice";
import { PartField, usePartOffer } from "@/components/payment/part-field";
import type { AnswerTexts, Offer, PayActions, PayInput } from "@/components/payment/pay-answers";
import { useAnswer } from "@/components/payment/use-answer";
import { useAttempt, useLeaving } from "@/components/payment/use-attempt";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Radio } from "@/components/ui/choice";
import { submits } from "@/components/ui/submits";
import type { InvoiceId, PaymentId } from "@/lib/kernel/id";

export interface PayChoice {
  id: "balance" | "combined" | "direct";
  label: string;
  offer: Offer;
}

interface PayFormProps {
  paymentId: PaymentId;
  invoiceIds: InvoiceId[];
  legend: string;
  choices: PayChoice[];
  cards: ChargeableCard[];
  part: { label: string; field: string; currency: string } | null;
  actions: PayActions;
  texts: AnswerTexts & { working: string; enterPart: string; leaving: string; card: CardChoiceTexts };
}

export function PayForm({
  paymentId,
  invoiceIds,
  legend,
  choices,
  cards,
  part,
  actions,
  texts,
}: PayFormProps) {
  const [chosen, setChosen] = useState<string>(choices[0]?.id ?? "direct");
  const attempt = useAttempt(paymentId);
  const currency = part?.currency ?? "";
  const partOffer = usePartOffer({ attemptId: attempt.id, invoiceIds, currency, actions, texts });
  const cardChoice = useCardChoice(cards);
  const [isLeaving, setLeaving] = useLeaving();
  const { pending, sentence, run } = useAnswer(texts);

  const isPart = chosen === "part" && part !== null;
  // A choice may be gone after the page was read anew.
  const choice = choices.find(({ id }) => id === chosen) ?? choices[0];
  const offer = isPart ? partOffer.offer : (choice?.offer ?? null);
  const savedName = cardChoice.card?.name;
  const button = savedName ? offer?.savedButton?.replace("{name}", savedName) : undefined;

  function pay() {
    if (!offer || pending || isLeaving) return;
    const input: PayInput = { paymentId: attempt.id, invoiceIds, plan: offer.plan };
    run(
      () => {
        if (offer.how === "balance") return actions.payFromBalance(input);
        const byCard = { ...input, ...cardChoice.sent };
        if (offer.how === "card") return actions.payDirect(byCard);
        const useBalance = isPart && partOffer.offer ? partOffer.offer.askedMinor : "all";
        return actions.payCombined({ ...byCard, useBalance });
      },
      (answer) => {
        if (answer.ok) {
          setLeaving(true);
          window.location.assign(answer.value.goTo);
        } else attempt.renew();
      },
    );
  }

  return (
    <form {...submits(pay)} className="mt-5 grid gap-4 border-t pt-4">
      {/* One way is no choice. */}
      <fieldset hidden={choices.length === 1 && part === null}>
        <legend className="float-left mb-2 w-full font-medium">{legend}</legend>
        <div className="clear-both grid gap-1">
          {choices.map(({ id, label }) => (
            <Choice
              key={id}
              id={id}
              label={label}
              isChosen={choice?.id === id && !isPart}
              onChoose={setChosen}
            />
          ))}
          {part && (
            <>
              <Choice id="part" label={part.label} isChosen={isPart} onChoose={setChosen} />
              {isPart && <PartField label={part.field} part={partOffer} />}
            </>
          )}
        </div>
      </fieldset>
      {offer && offer.notes.length > 0 && (
        <div className="grid gap-1.5 text-ink-soft text-sm">
          {offer.notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </div>
      )}
      {offer && offer.how !== "balance" && <CardChoice choice={cardChoice} texts={texts.card} />}
      {sentence && (
        <Callout tone="bad" role="alert">
          <p>{sentence}</p>
        </Callout>
      )}
      <Button
        type="submit"
        kind="primary"
        size="large"
        pending={pending || isLeaving}
        disabled={!offer}
        className="w-full text-balance"
      >
        {offer ? (button ?? offer.button) : partOffer.isWorking ? texts.working : texts.enterPart}
      </Button>
      <p role="status" className="sr-only">
        {isLeaving ? texts.leaving : isPart && offer ? (button ?? offer.button) : ""}
      </p>
    </form>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  isChosen: boolean;
  onChoose: (id: string) => void;
}

function Choice({ id, label, isChosen, onChoose }: ChoiceProps) {
  return (
    <label className="-mx-2 flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-2 has-checked:bg-accent-soft">
      <Radio name="how" value={id} checked={isChosen} onChange={() => onChoose(id)} />
      {label}
    </label>
  );
}
