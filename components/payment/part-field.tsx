"use client";

import { useEffect, useState } from "react";
import type { AnswerTexts, PartOffer, PayActions } from "@/components/payment/pay-answers";
import { sentenceOf } from "@/components/payment/use-answer";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { InvoiceId, PaymentId } from "@/lib/kernel/id";

interface PartOfferState {
  text: string;
  setText: (text: string) => void;
  /** What the server makes of exactly this text; null while it is asked, or where it refuses. */
  offer: PartOffer | null;
  error: string | null;
  isWorking: boolean;
}

interface PartOfferInput {
  /** What was worked out for one attempt is asked again for the next: the amounts may have changed. */
  attemptId: PaymentId;
  invoiceIds: InvoiceId[];
  currency: string;
  actions: Pick<PayActions, "previewPart">;
  texts: AnswerTexts;
}

/** What the server made of a text. */
interface Told {
  attemptId: PaymentId;
  text: string;
  offer: PartOffer | null;
  error: string | null;
}

const typingPauseMs = 300;

/** Asks the server for the plan of a stated part of the balance, whenever the reader pauses. */
export function usePartOffer(input: PartOfferInput): PartOfferState {
  const { attemptId, invoiceIds, currency, actions, texts } = input;
  const [text, setText] = useState("");
  const [told, setTold] = useState<Told | null>(null);
  const ids = invoiceIds.join();
  const { previewPart } = actions;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the ids are compared by what they are; the texts do not change.
  useEffect(() => {
    if (text.trim() === "") return;
    let isStale = false;
    const timer = setTimeout(async () => {
      const answer = await previewPart({ invoiceIds, currency, part: text }).catch(() => null);
      if (isStale) return;
      const asked = { attemptId, text };
      if (answer?.ok) setTold({ ...asked, offer: answer.value, error: null });
      else setTold({ ...asked, offer: null, error: answer ? sentenceOf(answer.refusal, texts) : texts.lost });
    }, typingPauseMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [attemptId, text, ids, currency, previewPart]);

  const isTold = told?.text === text && told.attemptId === attemptId && text.trim() !== "";
  return {
    text,
    setText,
    offer: isTold ? told.offer : null,
    error: isTold ? told.error : null,
    isWorking: text.trim() !== "" && !isTold,
  };
}

export function PartField({ label, part }: { label: string; part: PartOfferState }) {
  return (
    <Field id="part" label={label} error={part.error} className="mb-1 ml-7.5">
      {(control) => (
        <Input
          {...control}
          inputMode="decimal"
          autoComplete="off"
          maxLength={40}
          value={part.text}
          onChange={(event) => part.setText(event.currentTarget.value)}
          className="figures max-w-40 text-right"
        />
      )}
    </Field>
  );
}
