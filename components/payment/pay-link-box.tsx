"use client";

import { useRef, useState } from "react";
import type { Answer, AnswerTexts } from "@/components/payment/pay-answers";
import { PayLinkField, type PayLinkFieldTexts } from "@/components/payment/pay-link-field";
import { useAnswer } from "@/components/payment/use-answer";
import { type Ask, AskDialog } from "@/components/ui/ask-dialog";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { toast } from "@/components/ui/toast";
import type { InvoiceId } from "@/lib/kernel/id";

export type RenewAction = (input: { invoiceId: InvoiceId }) => Promise<Answer<{ url: string }>>;

interface PayLinkBoxProps {
  invoiceId: InvoiceId;
  url: string;
  action: RenewAction;
  ask: Ask;
  texts: AnswerTexts &
    PayLinkFieldTexts & { title: string; body: string; renew: string; renewNote: string; renewed: string };
}

/** The link with which somebody else pays: to hand on, and to take back. */
export function PayLinkBox({ invoiceId, url, action, ask, texts }: PayLinkBoxProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [current, setCurrent] = useState(url);
  const { pending, sentence, run } = useAnswer(texts);

  function renew() {
    run(
      () => action({ invoiceId }),
      (answer) => {
        if (!answer.ok) return;
        setCurrent(answer.value.url);
        toast(texts.renewed);
      },
    );
  }

  return (
    <details className="border-t pt-4">
      <summary className="cursor-pointer font-medium text-accent">{texts.title}</summary>
      <div className="mt-3 grid max-w-xl gap-3">
        <p className="text-ink-soft text-sm">{texts.body}</p>
        <PayLinkField url={current} texts={texts} />
        {sentence && (
          <Callout tone="bad" role="alert">
            <p>{sentence}</p>
          </Callout>
        )}
        <div className="grid justify-items-start gap-1.5">
          <Button pending={pending} onClick={() => dialog.current?.showModal()}>
            {texts.renew}
          </Button>
          <p className="text-ink-soft text-sm">{texts.renewNote}</p>
        </div>
        <AskDialog
          dialog={dialog}
          ask={ask}
          confirm={() => {
            dialog.current?.close();
            renew();
          }}
          close={() => dialog.current?.close()}
        />
      </div>
    </details>
  );
}
