"use client";

import { useActionState, useState } from "react";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { Callout } from "@/components/ui/callout";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import type { Result } from "@/lib/kernel/result";

interface HostFormProps<State> {
  action: (previous: State | null, form: FormData) => Promise<State>;
  /** For those who only look. */
  isFixed: boolean;
  version: number;
  fields: readonly {
    name: string;
    label: string;
    hint: string | undefined;
    value: string;
    maxLength: number;
  }[];
  /** A picture's data address. */
  logo: string | null;
  logoBytesMost: number;
  texts: Record<"logo" | "logoHint" | "noLogo" | "removeLogo" | "submit" | "done", string>;
  answers: AnswerTexts;
}

/** What the host says of itself. What was kept is what the form goes on from. */
export function HostForm<State extends Result<{ version: number }>>(props: HostFormProps<State>) {
  const { action, isFixed, fields, logo, logoBytesMost, texts, answers } = props;
  const [state, run] = useActionState<State | null, FormData>(action, null);
  const [values, setValues] = useState(() =>
    Object.fromEntries(fields.map(({ name, value }) => [name, value])),
  );
  const [isTooLarge, setTooLarge] = useState(false);
  const version = state?.ok ? Math.max(state.value.version, props.version) : props.version;
  return (
    <form action={run} className="grid gap-5">
      <input type="hidden" name="version" value={version} />
      {fields.map(({ name, label, hint, maxLength }) => {
        const Control = name === "host_address" ? Textarea : Input;
        return (
          <Field key={name} id={name} label={label} hint={hint}>
            {(control) => (
              <Control
                {...control}
                name={name}
                maxLength={maxLength}
                autoComplete="off"
                disabled={isFixed}
                required={name === "host_name"}
                value={values[name] ?? ""}
                onChange={(event: { target: { value: string } }) =>
                  setValues({ ...values, [name]: event.target.value })
                }
              />
            )}
          </Field>
        );
      })}
      <div className="grid gap-2">
        {logo ? (
          // biome-ignore lint/performance/noImgElement: it is in the page already.
          <img
            src={logo}
            alt={texts.logo}
            className="max-h-16 max-w-60 justify-self-start rounded-sm border p-2"
          />
        ) : (
          <p className="text-ink-soft text-sm">{texts.noLogo}</p>
        )}
        {!isFixed && (
          <Field id="logo" label={texts.logo} hint={texts.logoHint}>
            {(control) => (
              <Input
                {...control}
                type="file"
                name="logo"
                accept="image/png,image/jpeg"
                onChange={(event) => {
                  const tooLarge = (event.target.files?.[0]?.size ?? 0) > logoBytesMost;
                  // What no server would take is not sent.
                  if (tooLarge) event.target.value = "";
                  setTooLarge(tooLarge);
                }}
              />
            )}
          </Field>
        )}
        {!isFixed && logo && (
          <label className="flex min-h-8 cursor-pointer items-center gap-2">
            <Checkbox name="removeLogo" value="yes" />
            {texts.removeLogo}
          </label>
        )}
        {isTooLarge && (
          <p role="alert" className="text-bad text-sm">
            {sentenceOf({ code: "logo_too_large", ...{ most: logoBytesMost / 1000 } }, answers)}
          </p>
        )}
      </div>
      {state && (
        <Callout tone={state.ok ? "good" : "bad"} role={state.ok ? "status" : "alert"}>
          <p>{state.ok ? texts.done : sentenceOf(state.refusal, answers)}</p>
        </Callout>
      )}
      {!isFixed && <SubmitButton className="justify-self-start">{texts.submit}</SubmitButton>}
    </form>
  );
}
