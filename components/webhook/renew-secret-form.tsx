"use client";

import { useActionState, useRef } from "react";
import { useAsking } from "@/components/sign-in/action-form";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { type Ask, AskDialog } from "@/components/ui/ask-dialog";
import { Callout } from "@/components/ui/callout";
import { SubmitButton } from "@/components/ui/submit-button";
import type { Result } from "@/lib/kernel/result";

interface RenewSecretFormProps<State> {
  action: (previous: State | null, form: FormData) => Promise<State>;
  endpointId: string;
  ask: Ask;
  texts: { open: string; note: string; secretTitle: string; secretNote: string; answers: AnswerTexts };
}

/** Gives an endpoint a new secret, once somebody has read what that ends, and shows it this once. */
export function RenewSecretForm<State extends Result<{ secret: string }>>({
  action,
  endpointId,
  ask,
  texts,
}: RenewSecretFormProps<State>) {
  const [state, run] = useActionState<State | null, FormData>(action, null);
  const form = useRef<HTMLFormElement>(null);
  const asking = useAsking(form, ask);
  if (state?.ok) {
    return (
      <div role="status">
        <Callout tone="good" title={texts.secretTitle}>
          <p>
            <code className="select-all break-all font-semibold">{state.value.secret}</code>
          </p>
          <p>{texts.secretNote}</p>
        </Callout>
      </div>
    );
  }
  return (
    <details>
      <summary className="cursor-pointer rounded-sm font-medium text-accent text-sm">{texts.open}</summary>
      <form
        ref={form}
        action={run}
        onSubmit={asking.onSubmit}
        className="mt-2 grid max-w-prose justify-items-start gap-2"
      >
        <input type="hidden" name="endpointId" value={endpointId} />
        <p className="text-ink-soft text-sm">{texts.note}</p>
        {state && !state.ok && (
          <Callout tone="bad" role="alert">
            <p>{sentenceOf(state.refusal, texts.answers)}</p>
          </Callout>
        )}
        <SubmitButton>{texts.open}</SubmitButton>
        <AskDialog
          dialog={asking.dialog}
          ask={ask}
          confirm={asking.confirm}
          close={() => asking.dialog.current?.close()}
        />
      </form>
    </details>
  );
}
