"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, useTransition } from "react";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { type Ask, AskDialog } from "@/components/ui/ask-dialog";
import { Button } from "@/components/ui/button";
import { submits } from "@/components/ui/submits";
import { toast } from "@/components/ui/toast";
import type { Result } from "@/lib/kernel/result";

interface ActButtonProps<Input> {
  action: (input: NoInfer<Input>) => Promise<Result<unknown>>;
  input: Input;
  /** What it does, and for whom: the button alone says too little to a screen reader. */
  label: string;
  text: string;
  done: string;
  texts: AnswerTexts;
  /** Asked before it acts, where that cannot be undone. */
  ask?: Ask;
}

/** One act on one row of a list: pending while it runs, then a sentence and the rows as they are now. */
export function ActButton<Input>(props: ActButtonProps<Input>) {
  const { action, input, label, text, done, texts, ask } = props;
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [refusal, setRefusal] = useState<string | null>(null);
  const dialog = useRef<HTMLDialogElement>(null);

  function run() {
    if (pending) return;
    setRefusal(null);
    startTransition(async () => {
      try {
        const answer = await action(input);
        if (answer.ok) toast(done);
        else setRefusal(sentenceOf(answer.refusal, texts));
        router.refresh();
      } catch {
        setRefusal(texts.lost);
      }
    });
  }

  return (
    <>
      <form {...submits(() => (ask ? dialog.current?.showModal() : run()))} className="contents">
        <Button type="submit" pending={pending} aria-label={label}>
          {text}
        </Button>
      </form>
      {ask && (
        <AskDialog
          dialog={dialog}
          ask={ask}
          confirm={() => {
            dialog.current?.close();
            run();
          }}
          close={() => dialog.current?.close()}
        />
      )}
      {refusal && (
        <p role="alert" className="mt-1 text-bad text-sm">
          {refusal}
        </p>
      )}
    </>
  );
}
