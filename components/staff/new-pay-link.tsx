"use client";

import { useRef, useState, useTransition } from "react";
import { PayLinkField, type PayLinkFieldTexts } from "@/components/payment/pay-link-field";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { type Ask, AskDialog } from "@/components/ui/ask-dialog";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import type { Result } from "@/lib/kernel/result";

interface NewPayLinkProps {
  customerId: CustomerId;
  invoiceId: InvoiceId;
  action: (input: { customerId: CustomerId; invoiceId: InvoiceId }) => Promise<Result<{ url: string }>>;
  /** The button alone says too little to a screen reader. */
  label: string;
  texts: PayLinkFieldTexts & { button: string; replaced: string };
  ask: Ask;
  answers: AnswerTexts;
}

/** Ends the pay links of an invoice, and shows the one that works from now on. */
export function NewPayLink(props: NewPayLinkProps) {
  const { customerId, invoiceId, action, label, texts, ask, answers } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [pending, startTransition] = useTransition();
  const [url, setUrl] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);

  function renew() {
    setRefusal(null);
    startTransition(async () => {
      try {
        const answer = await action({ customerId, invoiceId });
        if (answer.ok) {
          setUrl(answer.value.url);
          toast(texts.replaced);
        } else setRefusal(sentenceOf(answer.refusal, answers));
      } catch {
        setRefusal(answers.lost);
      }
    });
  }

  return (
    <div className="mt-2 grid max-w-sm justify-items-start gap-2">
      {url ? (
        <PayLinkField url={url} texts={texts} />
      ) : (
        <Button size="small" pending={pending} onClick={() => dialog.current?.showModal()} aria-label={label}>
          {texts.button}
        </Button>
      )}
      <AskDialog
        dialog={dialog}
        ask={ask}
        confirm={() => {
          dialog.current?.close();
          renew();
        }}
        close={() => dialog.current?.close()}
      />
      {refusal && (
        <p role="alert" className="text-bad text-sm">
          {refusal}
        </p>
      )}
    </div>
  );
}
