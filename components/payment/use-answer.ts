"use client";

import { useState, useTransition } from "react";
import type { Answer, AnswerTexts, Untold } from "@/components/payment/pay-answers";
import { toast } from "@/components/ui/toast";

/** After these the page is read anew and looks otherwise: what is said beside the button would go with the button. */
const passing = new Set([
  "not_allowed",
  "payment_in_progress",
  "invoice_not_open",
  "payment_ended",
  "payment_not_found",
  "invoice_not_found",
  "paid_meanwhile",
]);

/** Whether what was refused is told at the page's edge, not beside its button. */
export function isPassing({ code }: Untold): boolean {
  return passing.has(code);
}

/**
 * Runs an action: pending while it does, and a sentence when it was refused or no answer came. A lost connection is
 * not a refusal: nobody knows whether the action ran, and trying again is the same payment.
 */
export function useAnswer(texts: AnswerTexts) {
  const [pending, startTransition] = useTransition();
  const [sentence, setSentence] = useState<string | null>(null);

  function run<T>(ask: () => Promise<Answer<T>>, onAnswer: (answer: Answer<T>) => void): void {
    setSentence(null);
    startTransition(async () => {
      try {
        const answer = await ask();
        if (!answer.ok) {
          const tell = isPassing(answer.refusal) ? toast : setSentence;
          tell(sentenceOf(answer.refusal, texts));
        }
        onAnswer(answer);
      } catch {
        setSentence(texts.lost);
      }
    });
  }
  return { pending, sentence, setSentence, run };
}

export function sentenceOf({ code, sentence, address }: Untold, texts: AnswerTexts): string {
  return sentence ?? texts.byCode[code]?.replace("{address}", address ?? "") ?? texts.fault;
}
