"use client";

import { useActionState } from "react";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import type { Result } from "@/lib/kernel/result";

interface NewEndpointFormProps<State> {
  action: (previous: State | null, form: FormData) => Promise<State>;
  texts: {
    url: string;
    note: string;
    submit: string;
    secretTitle: string;
    secretNote: string;
    answers: AnswerTexts;
  };
}

/** Registers an endpoint, and shows its secret this once. */
export function NewEndpointForm<State extends Result<{ url: string; secret: string }>>({
  action,
  texts,
}: NewEndpointFormProps<State>) {
  const [state, run] = useActionState<State | null, FormData>(action, null);
  if (state?.ok) {
    return (
      <div role="status">
        <Callout tone="good" title={texts.secretTitle}>
          <p className="break-all">{state.value.url}</p>
          <p>
            <code className="select-all break-all font-semibold">{state.value.secret}</code>
          </p>
          <p>{texts.secretNote}</p>
        </Callout>
      </div>
    );
  }
  return (
    <form action={run} className="grid gap-4">
      <Field id="url" label={texts.url}>
        {(control) => (
          <Input {...control} type="url" name="url" required maxLength={2000} autoComplete="off" />
        )}
      </Field>
      <Field id="note" label={texts.note}>
        {(control) => <Input {...control} type="text" name="note" maxLength={200} autoComplete="off" />}
      </Field>
      {state && !state.ok && (
        <Callout tone="bad" role="alert">
          <p>{sentenceOf(state.refusal, texts.answers)}</p>
        </Callout>
      )}
      <SubmitButton size="large" className="w-full">
        {texts.submit}
      </SubmitButton>
    </form>
  );
}
