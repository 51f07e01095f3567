"use client";

import type { Answer, AnswerTexts, Leaving } from "@/components/payment/pay-answers";
import { useAnswer } from "@/components/payment/use-answer";
import { useAttempt, useLeaving } from "@/components/payment/use-attempt";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import type { PaymentId } from "@/lib/kernel/id";

export type AddCardAction = (input: { formId: string }) => Promise<Answer<Leaving>>;

interface AddCardProps {
  /** Made once for this page: a double click is one page at Stripe. */
  formId: PaymentId;
  action: AddCardAction;
  texts: AnswerTexts & Record<"add" | "note" | "leaving", string>;
}

/** Leads to Stripe's page, where the card is entered. */
export function AddCard({ formId, action, texts }: AddCardProps) {
  const attempt = useAttempt(formId);
  const [isLeaving, setLeaving] = useLeaving();
  const { pending, sentence, run } = useAnswer(texts);

  function add() {
    if (pending || isLeaving) return;
    run(
      () => action({ formId: attempt.id }),
      (answer) => {
        if (answer.ok) {
          setLeaving(true);
          window.location.assign(answer.value.goTo);
        } else attempt.renew();
      },
    );
  }

  return (
    <div className="grid justify-items-start gap-2">
      <Button kind="primary" pending={pending || isLeaving} onClick={add}>
        {texts.add}
      </Button>
      <p className="text-ink-soft text-sm">{texts.note}</p>
      {sentence && (
        <Callout tone="bad" role="alert">
          <p>{sentence}</p>
        </Callout>
      )}
      <p role="status" className="sr-only">
        {isLeaving ? texts.leaving : ""}
      </p>
    </div>
  );
}
