"use client";

import { type Ref, useId } from "react";
import { Button } from "@/components/ui/button";

/** What stands in the question before an act that cannot be undone. `{name}` is what the form's field of that name has. */
export interface Ask {
  title: string;
  /** What follows, a sentence each. */
  lines: readonly string[];
  confirm: string;
  keep: string;
  /** Whether money leaves, or something ends. */
  isDangerous?: boolean;
}

interface AskDialogProps {
  dialog: Ref<HTMLDialogElement>;
  ask: Ask;
  values?: Readonly<Record<string, string>>;
  confirm: () => void;
  close: () => void;
}

/** Says what follows, and asks. Whoever opened it acts on `confirm`. */
export function AskDialog({ dialog, ask, values = {}, confirm, close }: AskDialogProps) {
  const titleId = useId();
  const filled = (text: string) => text.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? "");
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      className="m-auto w-[min(30rem,calc(100vw-2rem))] rounded-lg border bg-surface p-5 text-left text-ink shadow-float backdrop:bg-black/50 sm:p-6"
    >
      <h2 id={titleId} className="font-semibold text-lg" dir="auto">
        {filled(ask.title)}
      </h2>
      <ul className="mt-3 grid list-disc gap-2 pl-5 marker:text-ink-soft">
        {ask.lines.map((line) => (
          <li key={line} dir="auto">
            {filled(line)}
          </li>
        ))}
      </ul>
      <div className="mt-6 flex flex-wrap justify-end gap-3">
        <Button onClick={close}>{ask.keep}</Button>
        <Button kind={ask.isDangerous === false ? "primary" : "danger"} onClick={confirm}>
          {filled(ask.confirm)}
        </Button>
      </div>
    </dialog>
  );
}
