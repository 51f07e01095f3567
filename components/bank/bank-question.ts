"use client";

import { type FormEvent, useRef, useState, useTransition } from "react";
import type { Result } from "@/lib/kernel/result";

/** What a payment would do, in sentences of the server's: all amounts are decided there. */
interface BankAsked {
  title: string;
  lines: string[];
}

export type BankPreview = (previous: null, form: FormData) => Promise<Result<BankAsked>>;

/** Holds the form back, asks the server what would become of it, and shows that before it goes. Without a preview it goes as it is. */
export function useBankQuestion(preview: BankPreview | undefined) {
  const form = useRef<HTMLFormElement>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const isConfirmed = useRef(false);
  const [asked, setAsked] = useState<BankAsked>({ title: "", lines: [] });
  const [refusal, setRefusal] = useState<{ code: string } | null>(null);
  const [isAsking, startAsking] = useTransition();

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    if (!preview || isConfirmed.current) {
      isConfirmed.current = false;
      return;
    }
    event.preventDefault();
    if (isAsking) return;
    const sent = new FormData(event.currentTarget);
    startAsking(async () => {
      try {
        const answer = await preview(null, sent);
        setRefusal(answer.ok ? null : answer.refusal);
        if (!answer.ok) return;
        setAsked(answer.value);
        dialog.current?.showModal();
      } catch {
        setRefusal({ code: "lost" });
      }
    });
  }

  return {
    form,
    dialog,
    asked,
    refusal,
    onSubmit,
    confirm() {
      isConfirmed.current = true;
      dialog.current?.close();
      form.current?.requestSubmit();
    },
    close: () => dialog.current?.close(),
  };
}
