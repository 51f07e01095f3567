"use client";

import { useRouter } from "next/navigation";
import { useRef } from "react";
import type { Answer, AnswerTexts } from "@/components/payment/pay-answers";
import { isPassing, useAnswer } from "@/components/payment/use-answer";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { toast } from "@/components/ui/toast";
import type { InvoiceId } from "@/lib/kernel/id";

export type CancelAction<Input = { invoiceId: InvoiceId }> = (
  input: Input,
) => Promise<Answer<{ done: string }>>;

interface CancelDialogProps<Input> {
  /** Names what is cancelled. */
  input: Input;
  action: CancelAction<Input>;
  /** What happens, a sentence each. */
  consequences: string[];
  texts: AnswerTexts & Record<"open" | "title" | "confirm" | "keep", string>;
}

export function CancelDialog<Input>({ input, action, consequences, texts }: CancelDialogProps<Input>) {
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const { pending, sentence, setSentence, run } = useAnswer(texts);

  function open() {
    setSentence(null);
    dialog.current?.showModal();
  }

  function cancel() {
    run(
      () => action(input),
      (answer) => {
        // What is said at the page's edge would be under the dialog.
        if (answer.ok || isPassing(answer.refusal)) dialog.current?.close();
        if (answer.ok) toast(answer.value.done);
        router.refresh();
      },
    );
  }

  return (
    <>
      <Button kind="quiet" onClick={open} className="-ml-4 justify-self-start text-ink-soft">
        {texts.open}
      </Button>
      <dialog
        ref={dialog}
        aria-labelledby="cancel-title"
        className="m-auto w-[min(30rem,calc(100vw-2rem))] rounded-lg border bg-surface p-5 text-ink shadow-float backdrop:bg-black/50 sm:p-6"
      >
        <h2 id="cancel-title" className="font-semibold text-lg">
          {texts.title}
        </h2>
        <ul className="mt-3 grid list-disc gap-2 pl-5 marker:text-ink-soft">
          {consequences.map((consequence) => (
            <li key={consequence}>{consequence}</li>
          ))}
        </ul>
        {sentence && (
          <Callout tone="bad" role="alert" className="mt-4">
            <p>{sentence}</p>
          </Callout>
        )}
        <div className="mt-6 flex flex-wrap justify-end gap-3">
          <Button onClick={() => dialog.current?.close()}>{texts.keep}</Button>
          <Button kind="danger" pending={pending} onClick={cancel}>
            {texts.confirm}
          </Button>
        </div>
      </dialog>
    </>
  );
}
