"use client";

import { type ComponentProps, type ReactNode, useActionState, useState } from "react";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import type { Result } from "@/lib/kernel/result";

export interface FormField
  extends Pick<ComponentProps<"input">, "type" | "autoComplete" | "maxLength" | "minLength"> {
  name: string;
  label: string;
  hint?: string;
  isOptional?: boolean;
  /** What stands there before somebody types. */
  initial?: string;
}

interface ActionFormProps<State> {
  action: (previous: State | null, form: FormData) => Promise<State>;
  /** What goes along unseen. */
  hidden?: Record<string, string>;
  fields: FormField[];
  submit: string;
  answers: AnswerTexts;
  /** Where a page has several forms, so that their fields are told apart. */
  idPrefix?: string;
  /** One act of many on its page. */
  isMinor?: boolean;
  /** What is there instead of the form once it is done. */
  done: ReactNode;
}

/** A short form of plain fields over one server action. It works before its script is there. */
export function ActionForm<State extends Result<unknown>>(props: ActionFormProps<State>) {
  const { action, hidden = {}, fields, submit, answers, done, idPrefix = "", isMinor = false } = props;
  const [state, run] = useActionState<State | null, FormData>(action, null);
  // React empties the inputs after an action; what was typed stays, except for passwords.
  const [typed, setTyped] = useState<Record<string, string>>(() =>
    Object.fromEntries(fields.map(({ name, initial = "" }) => [name, initial])),
  );
  if (state?.ok) return <div role="status">{done}</div>;
  return (
    <form action={run} className="grid gap-4">
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {fields.map(({ name, label, hint, isOptional = false, initial: _initial, ...input }) => (
        <Field key={name} id={`${idPrefix}${name}`} label={label} hint={hint}>
          {(control) => (
            <Input
              {...control}
              {...input}
              name={name}
              required={!isOptional}
              {...(input.type !== "password" && {
                value: typed[name] ?? "",
                onChange: (event) => setTyped({ ...typed, [name]: event.target.value }),
              })}
            />
          )}
        </Field>
      ))}
      {state && !state.ok && (
        <Callout tone="bad" role="alert">
          <p>{sentenceOf(state.refusal, answers)}</p>
        </Callout>
      )}
      {isMinor ? (
        <SubmitButton kind="secondary">{submit}</SubmitButton>
      ) : (
        <SubmitButton size="large" className="w-full">
          {submit}
        </SubmitButton>
      )}
    </form>
  );
}
