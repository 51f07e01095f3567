"use client";

import type { Answer, AnswerTexts, Leaving } from "@/components/payment/pay-answers";
import { useAnswer } from "@/components/payment/use-answer";
import { useAttempt, useLeaving } from "@/components/payment/use-attempt";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { submits } from "@/components/ui/submits";
import type { InvoiceId, PaymentId } from "@/lib/kernel/id";
import type { PlanShown } from "@/lib/portal/shapes";

interface LinkInput {
  token: string;
  invoiceIds: InvoiceId[];
  plan: PlanShown;
  useBalance: boolean;
}

export type LinkAction = (input: LinkInput & { paymentId: PaymentId }) => Promise<Answer<Leaving>>;

interface LinkPayFormProps {
  input: LinkInput;
  paymentId: PaymentId;
  action: LinkAction;
  button: string;
  kind?: "primary" | "secondary";
  note: string;
  leaving: string;
  texts: AnswerTexts;
}

export function LinkPayForm({
  input,
  paymentId,
  action,
  button,
  kind = "primary",
  note,
  leaving,
  texts,
}: LinkPayFormProps) {
  const attempt = useAttempt(paymentId);
  const [isLeaving, setLeaving] = useLeaving();
  const { pending, sentence, run } = useAnswer(texts);

  function pay() {
    if (pending || isLeaving) return;
    run(
      () => action({ ...input, paymentId: attempt.id }),
      (answer) => {
        if (answer.ok) {
          setLeaving(true);
          window.location.assign(answer.value.goTo);
        } else attempt.renew();
      },
    );
  }

  return (
    <form {...submits(pay)} className="grid gap-3">
      {sentence && (
        <Callout tone="bad" role="alert">
          <p>{sentence}</p>
        </Callout>
      )}
      <Button type="submit" kind={kind} size="large" pending={pending || isLeaving} className="w-full">
        {button}
      </Button>
      <p className="text-ink-soft text-sm">{note}</p>
      <p role="status" className="sr-only">
        {isLeaving ? leaving : ""}
      </p>
    </form>
  );
}
