"use client";

import { useActionState, useState } from "react";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { toast } from "@/components/ui/toast";
import type { Result } from "@/lib/kernel/result";

interface InviteFormProps<State> {
  action: (previous: State | null, form: FormData) => Promise<State>;
  roles: readonly { value: string; text: string }[];
  texts: { email: string; role: string; submit: string; done: string };
  answers: AnswerTexts;
}

/** Invites somebody by mail to work here. */
export function InviteForm<State extends Result<unknown>>(props: InviteFormProps<State>) {
  const { action, roles, texts, answers } = props;
  // The page that comes along has another form for the next one: what is done is said at its edge.
  const [state, run] = useActionState<State | null, FormData>(async (previous, form) => {
    const answer = await action(previous, form);
    if (answer.ok) toast(texts.done);
    return answer;
  }, null);
  // React empties the inputs after an action; what was typed stays.
  const [email, setEmail] = useState("");
  const [role, setRole] = useState(roles[1]?.value ?? "");
  return (
    <form action={run} className="grid gap-4">
      <Field id="invite-email" label={texts.email}>
        {(control) => (
          <Input
            {...control}
            name="email"
            type="email"
            autoComplete="off"
            maxLength={254}
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field id="invite-role" label={texts.role}>
        {(control) => (
          <Select {...control} name="role" value={role} onChange={(event) => setRole(event.target.value)}>
            {roles.map(({ value, text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {state && !state.ok && (
        <Callout tone="bad" role="alert">
          <p>{sentenceOf(state.refusal, answers)}</p>
        </Callout>
      )}
      <SubmitButton className="w-full">{texts.submit}</SubmitButton>
    </form>
  );
}
