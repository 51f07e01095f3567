"use client";

import { useRouter } from "next/navigation";
import { useRef } from "react";
import type { Answer, AnswerTexts } from "@/components/payment/pay-answers";
import { useAnswer } from "@/components/payment/use-answer";
import { type Ask, AskDialog } from "@/components/ui/ask-dialog";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { toast } from "@/components/ui/toast";
import type { PaymentMethodId } from "@/lib/kernel/id";

export type CardAction = (input: { cardId: PaymentMethodId }) => Promise<Answer<{ done: string }>>;

interface CardActsProps {
  cardId: PaymentMethodId;
  /** Whether it can become the default. */
  canBeDefault: boolean;
  makeDefault: CardAction;
  /** Asked before that, where it is charged automatically from then on. */
  ask: Ask | null;
  remove: CardAction;
  /** What removing means, a sentence each. */
  consequences: string[];
  texts: AnswerTexts &
    Record<
      "makeDefault" | "makeDefaultOf" | "remove" | "removeOf" | "removeTitle" | "removeConfirm" | "keep",
      string
    >;
}

/** What can be done about one saved card; removing it asks first, and so does what has it charged automatically. */
export function CardActs(props: CardActsProps) {
  const { cardId, canBeDefault, makeDefault, ask: question, remove, consequences, texts } = props;
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const askDialog = useRef<HTMLDialogElement>(null);
  const { pending, sentence, setSentence, run } = useAnswer(texts);
  const titleId = `remove-${cardId}`;

  function act(action: CardAction) {
    if (pending) return;
    run(
      () => action({ cardId }),
      (answer) => {
        if (!answer.ok) return;
        dialog.current?.close();
        toast(answer.value.done);
        router.refresh();
      },
    );
  }

  function ask() {
    setSentence(null);
    dialog.current?.showModal();
  }

  return (
    <div className="flex flex-wrap items-center justify-end gap-x-1 max-sm:-ml-4 max-sm:justify-start">
      {canBeDefault && (
        <Button
          kind="quiet"
          aria-label={texts.makeDefaultOf}
          pending={pending}
          onClick={() => (question ? askDialog.current?.showModal() : act(makeDefault))}
        >
          {texts.makeDefault}
        </Button>
      )}
      <Button kind="quiet" aria-label={texts.removeOf} onClick={ask} className="text-ink-soft">
        {texts.remove}
      </Button>
      {sentence && (
        <p role="alert" className="w-full text-bad text-sm">
          {sentence}
        </p>
      )}
      {question && (
        <AskDialog
          dialog={askDialog}
          ask={question}
          confirm={() => {
            askDialog.current?.close();
            act(makeDefault);
          }}
          close={() => askDialog.current?.close()}
        />
      )}
      <dialog
        ref={dialog}
        aria-labelledby={titleId}
        className="m-auto w-[min(30rem,calc(100vw-2rem))] rounded-lg border bg-surface p-5 text-left text-ink shadow-float backdrop:bg-black/50 sm:p-6"
      >
        <h2 id={titleId} className="font-semibold text-lg">
          {texts.removeTitle}
        </h2>
        <ul className="mt-3 grid list-disc gap-2 pl-5 marker:text-ink-soft">
          {consequences.map((consequence) => (
            <li key={consequence}>{consequence}</li>
          ))}
        </ul>
        {sentence && (
          <Callout tone="bad" className="mt-4">
            <p>{sentence}</p>
          </Callout>
        )}
        <div className="mt-6 flex flex-wrap justify-end gap-3">
          <Button onClick={() => dialog.current?.close()}>{texts.keep}</Button>
          <Button kind="danger" pending={pending} onClick={() => act(remove)}>
            {texts.removeConfirm}
          </Button>
        </div>
      </dialog>
    </div>
  );
}
