"use client";

import { type ReactNode, useId, useRef, useState, useTransition } from "react";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { Button, type ButtonKind } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { toast } from "@/components/ui/toast";
import type { Result } from "@/lib/kernel/result";

interface AskButtonProps {
  /** Sends the form of the dialog; `hidden` goes along. */
  action: (form: FormData) => Promise<Result<unknown>>;
  hidden: Record<string, string>;
  label: string;
  /** What the button is called where its label alone would be one of many. */
  name?: string;
  title: string;
  /** What it means, or what is to be chosen. */
  children: ReactNode;
  confirm: { text: string; kind: ButtonKind };
  keep: string;
  /** What is said once it is done. */
  done: string;
  texts: AnswerTexts;
}

/** A button that asks before it acts; refused, it says why in the dialog, and the dialog stays. */
export function AskButton(props: AskButtonProps) {
  const { action, hidden, label, name, title, children, confirm, keep, done, texts } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [pending, startTransition] = useTransition();
  const [sentence, setSentence] = useState<string | null>(null);

  function act(form: FormData) {
    startTransition(async () => {
      try {
        const answer = await action(form);
        if (!answer.ok) return setSentence(sentenceOf(answer.refusal, texts));
        dialog.current?.close();
        toast(done);
      } catch {
        setSentence(texts.lost);
      }
    });
  }

  return (
    <>
      <Button
        kind="quiet"
        size="small"
        aria-label={name}
        onClick={() => {
          setSentence(null);
          dialog.current?.showModal();
        }}
      >
        {label}
      </Button>
      <dialog
        ref={dialog}
        aria-labelledby={titleId}
        className="m-auto w-[min(30rem,calc(100vw-2rem))] rounded-lg border bg-surface p-5 text-left text-ink shadow-float backdrop:bg-black/50 sm:p-6"
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!pending) act(new FormData(event.currentTarget));
          }}
          className="grid gap-4"
        >
          <h2 id={titleId} className="font-semibold text-lg" dir="auto">
            {title}
          </h2>
          {Object.entries(hidden).map(([field, value]) => (
            <input key={field} type="hidden" name={field} value={value} />
          ))}
          {children}
          {sentence && (
            <Callout tone="bad" role="alert">
              <p>{sentence}</p>
            </Callout>
          )}
          <div className="mt-2 flex flex-wrap justify-end gap-3">
            <Button onClick={() => dialog.current?.close()}>{keep}</Button>
            <Button type="submit" kind={confirm.kind} pending={pending}>
              {confirm.text}
            </Button>
          </div>
        </form>
      </dialog>
    </>
  );
}
