"use client";

import { type ReactNode, useState } from "react";
import {
  CardChoice,
  type CardChoiceTexts,
  type ChargeableCard,
  useCardChoice,
} from "@/components/payment/card-choice";
import type { AnswerTexts, TopUpAction } from "@/components/payment/pay-answers";
import { useAnswer } from "@/components/payment/use-answer";
import { useAttempt, useLeaving } from "@/components/payment/use-attempt";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Radio } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { submits } from "@/components/ui/submits";
import type { InvoiceId, PaymentId } from "@/lib/kernel/id";

/** An amount at hand. */
export interface TopUpChoice {
  id: string;
  invoiceId: InvoiceId | null;
  label: string;
  /** What the invoice is for. */
  about?: string;
  amount: string;
  /** As it is sent. */
  decimal: string;
  /** What becomes of the money. */
  note: string;
  button: string;
}

interface TopUpFormProps {
  paymentId: PaymentId;
  currency: string;
  legend: string;
  choices: TopUpChoice[];
  cards: ChargeableCard[];
  /** The invoice that any other amount is begun from. */
  otherInvoiceId: InvoiceId | null;
  action: TopUpAction;
  texts: AnswerTexts &
    Record<"other" | "field" | "hint" | "otherNote" | "otherButton" | "leaving", string> & {
      card: CardChoiceTexts;
    };
}

export function TopUpForm({
  paymentId,
  currency,
  legend,
  choices,
  cards,
  otherInvoiceId,
  action,
  texts,
}: TopUpFormProps) {
  const [chosen, setChosen] = useState(choices[0]?.id ?? "other");
  const [amount, setAmount] = useState("");
  const attempt = useAttempt(paymentId);
  const cardChoice = useCardChoice(cards);
  const [isLeaving, setLeaving] = useLeaving();
  const { pending, sentence, setSentence, run } = useAnswer(texts);
  // A choice may be gone after the page was read anew.
  const choice = choices.find(({ id }) => id === chosen) ?? null;

  function choose(id: string) {
    setChosen(id);
    setSentence(null);
  }

  function topUp() {
    if (pending || isLeaving) return;
    const { decimal, invoiceId } = choice ?? { decimal: amount, invoiceId: otherInvoiceId };
    run(
      () => action({ paymentId: attempt.id, currency, amount: decimal, invoiceId, ...cardChoice.sent }),
      (answer) => {
        if (answer.ok) {
          setLeaving(true);
          window.location.assign(answer.value.goTo);
        } else attempt.renew();
      },
    );
  }

  return (
    <form {...submits(topUp)} noValidate className="mt-4 grid gap-4 border-t pt-4">
      {/* One way is no choice. */}
      <fieldset hidden={choices.length === 0} className="min-w-0">
        <legend className="float-left mb-2 w-full font-medium">{legend}</legend>
        <div className="clear-both grid gap-1">
          {choices.map((one) => (
            <Choice key={one.id} id={one.id} isChosen={choice === one} onChoose={choose}>
              <span className="min-w-0 flex-1">
                <span className="figures block">{one.label}</span>
                {one.about && (
                  <span className="block truncate text-ink-soft text-sm" dir="auto">
                    {one.about}
                  </span>
                )}
              </span>
              <span className="figures whitespace-nowrap font-medium">{one.amount}</span>
            </Choice>
          ))}
          <Choice id="other" isChosen={choice === null} onChoose={choose}>
            {texts.other}
          </Choice>
        </div>
      </fieldset>
      {choice === null && (
        <Field id="top-up-amount" label={texts.field} hint={texts.hint} error={sentence}>
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              autoComplete="off"
              maxLength={40}
              required
              value={amount}
              onChange={(event) => setAmount(event.currentTarget.value)}
              className="figures max-w-40 text-right"
            />
          )}
        </Field>
      )}
      <p className="text-ink-soft text-sm">{choice ? choice.note : texts.otherNote}</p>
      <CardChoice choice={cardChoice} texts={texts.card} />
      {sentence && choice && (
        <Callout tone="bad" role="alert">
          <p>{sentence}</p>
        </Callout>
      )}
      <Button
        type="submit"
        kind="primary"
        size="large"
        pending={pending || isLeaving}
        className="w-full text-balance"
      >
        {choice ? choice.button : texts.otherButton}
      </Button>
      <p role="status" className="sr-only">
        {isLeaving ? texts.leaving : choice === null ? sentence : ""}
      </p>
    </form>
  );
}

interface ChoiceProps {
  id: string;
  isChosen: boolean;
  onChoose: (id: string) => void;
  children: ReactNode;
}

function Choice({ id, isChosen, onChoose, children }: ChoiceProps) {
  return (
    <label className="-mx-2 flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-2 py-1.5 has-checked:bg-accent-soft">
      <Radio name="amount" value={id} checked={isChosen} onChange={() => onChoose(id)} />
      {children}
    </label>
  );
}
