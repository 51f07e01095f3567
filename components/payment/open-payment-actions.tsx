"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { AnswerTexts, PayActions } from "@/components/payment/pay-answers";
import { useAnswer } from "@/components/payment/use-answer";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { toast } from "@/components/ui/toast";
import type { PaymentId } from "@/lib/kernel/id";

interface OpenPaymentActionsProps {
  paymentId: PaymentId;
  resume: string | null;
  abandon: { button: string; note: string; done: string } | null;
  actions: Pick<PayActions, "resumePayment" | "abandonPayment">;
  texts: AnswerTexts;
}

export function OpenPaymentActions({ paymentId, resume, abandon, actions, texts }: OpenPaymentActionsProps) {
  const router = useRouter();
  const { pending, sentence, run } = useAnswer(texts);
  const [asked, setAsked] = useState<"resume" | "abandon" | null>(null);

  function goOn() {
    setAsked("resume");
    run(
      () => actions.resumePayment({ paymentId }),
      (answer) => {
        if (answer.ok) window.location.assign(answer.value.goTo);
        else router.refresh();
      },
    );
  }

  function giveUp() {
    setAsked("abandon");
    run(
      () => actions.abandonPayment({ paymentId }),
      (answer) => {
        if (answer.ok && answer.value) return window.location.assign(answer.value.goTo);
        if (answer.ok && abandon) toast(abandon.done);
        router.refresh();
      },
    );
  }

  return (
    <div className="grid gap-3">
      {sentence && (
        <Callout tone="bad" role="alert">
          <p>{sentence}</p>
        </Callout>
      )}
      {resume && (
        <Button
          kind="primary"
          size="large"
          pending={pending && asked === "resume"}
          disabled={pending && asked === "abandon"}
          onClick={goOn}
        >
          {resume}
        </Button>
      )}
      {abandon && (
        <>
          <Button
            pending={pending && asked === "abandon"}
            disabled={pending && asked === "resume"}
            onClick={giveUp}
          >
            {abandon.button}
          </Button>
          <p className="text-ink-soft text-sm">{abandon.note}</p>
        </>
      )}
    </div>
  );
}
