"use client";

import { useEffect, useState } from "react";
import type { AnswerTexts, PartOffer, PayActions } from "@/components/payment/pay-answers";
import { sentenceOf } from "@/components/payment/use-answer";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { InvoiceId } from "@/lib/kernel/id";

interface PartOfferState {
  text: string;
  setText: (text: string) => void;
  /** What the server makes of exactly this text; null while it is asked, or where it refuses. */
  offer: PartOffer | null;
  error: string | null;
  isWorking: boolean;
}

interface PartOfferInput {
  invoiceIds: InvoiceId[];
  currency: string;
  actions: Pick<PayActions, "previewPart">;
  texts: AnswerTexts;
}

const typingPauseMs = 300;

/** Asks the server for the plan of a stated part of the balance, whenever the reader pauses. */
export function usePartOffer({ invoiceIds, currency, actions, texts }: PartOfferInput): PartOfferState {
  const [text, setText] = useState("");
  const [told, setTold] = useState<{ text: string; offer: PartOffer | null; error: string | null } | null>(
    null,
  );
  const ids = invoiceIds.join();
  const { previewPart } = actions;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the ids are compared by what they are; the texts do not change.
  useEffect(() => {
    if (text.trim() === "") return;
    let isStale = false;
    const timer = setTimeout(async () => {
      const answer = await previewPart({ invoiceIds, currency, part: text }).catch(() => null);
      if (isStale) return;
      if (answer?.ok) setTold({ text, offer: answer.value, error: null });
      else setTold({ text, offer: null, error: answer ? sentenceOf(answer.refusal, texts) : texts.lost });
    }, typingPauseMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [text, ids, currency, previewPart]);

  const isTold = told?.text === text && text.trim() !== "";
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
