"use client";

import { useActionState, useEffect, useState } from "react";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { Callout } from "@/components/ui/callout";
import { Field, type FieldControl } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import type { Result } from "@/lib/kernel/result";

export interface SettingsField {
  name: string;
  label: string;
  hint?: string;
  /** What is stored now. */
  value: string;
  isRequired?: boolean;
  maxLength?: number;
  autoComplete?: string;
  /** A text of one line, if nothing else is said. */
  type?: "email" | "password";
  /** A text of several lines. */
  rows?: number;
  /** One of these. */
  choices?: readonly { value: string; label: string; lang?: string }[];
}

interface SettingsFormProps<State> {
  action: (previous: State | null, form: FormData) => Promise<State>;
  fields: readonly SettingsField[];
  /** Sent along, as what the page shows now. */
  hidden?: Readonly<Record<string, string>>;
  submit: string;
  /** What is said once it is done. */
  done: string;
  /** Whether the form is empty again then; else it keeps what was typed. */
  isEmptied?: boolean;
  texts: AnswerTexts;
}

/** Settings that are saved together: what was typed stays after a refusal, except for passwords. */
export function SettingsForm<State extends Result<unknown>>(props: SettingsFormProps<State>) {
  const { action, fields, hidden = {}, submit, done, isEmptied = false, texts } = props;
  const [state, run] = useActionState<State | null, FormData>(action, null);
  const [typed, setTyped] = useState<Record<string, string>>(() => storedIn(fields));
  useEffect(() => {
    if (isEmptied && state?.ok) setTyped({});
  }, [isEmptied, state]);
  return (
    <form action={run} className="grid max-w-xl gap-4">
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {fields.map((field) => (
        <Field key={field.name} id={field.name} label={field.label} hint={field.hint}>
          {(control) => (
            <Control
              field={field}
              control={control}
              value={typed[field.name] ?? (field.choices ? field.value : "")}
              onChange={(value) => setTyped({ ...typed, [field.name]: value })}
            />
          )}
        </Field>
      ))}
      {state && (
        <Callout tone={state.ok ? "good" : "bad"} role={state.ok ? "status" : "alert"}>
          <p>{state.ok ? done : sentenceOf(state.refusal, texts)}</p>
        </Callout>
      )}
      <div>
        <SubmitButton>{submit}</SubmitButton>
      </div>
    </form>
  );
}

interface ControlProps {
  field: SettingsField;
  control: FieldControl;
  value: string;
  onChange: (value: string) => void;
}

function Control({ field, control, value, onChange }: ControlProps) {
  const { name, isRequired = false, maxLength, autoComplete, type, rows, choices } = field;
  const plain = { ...control, name, required: isRequired };
  // A password is kept by its input alone, which React empties after each action.
  if (type === "password") return <Input {...plain} type={type} autoComplete={autoComplete} />;
  const kept = {
    ...plain,
    value,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  if (choices) {
    return (
      <Select {...kept}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} lang={choice.lang}>
            {choice.label}
          </option>
        ))}
      </Select>
    );
  }
  if (rows) return <Textarea {...kept} rows={rows} maxLength={maxLength} dir="auto" />;
  return <Input {...kept} type={type} maxLength={maxLength} autoComplete={autoComplete} dir="auto" />;
}

function storedIn(fields: readonly SettingsField[]): Record<string, string> {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
}
