"use client";

import { useRouter } from "next/navigation";
import {
  type ComponentProps,
  type FormEvent,
  type ReactNode,
  useActionState,
  useId,
  useRef,
  useState,
} from "react";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { type Ask, AskDialog } from "@/components/ui/ask-dialog";
import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { toast } from "@/components/ui/toast";
import type { Result } from "@/lib/kernel/result";

export interface FormField
  extends Pick<ComponentProps<"input">, "type" | "autoComplete" | "maxLength" | "minLength"> {
  name: string;
  label: string;
  hint?: string;
  isOptional?: boolean;
  /** What stands there before somebody types. */
  initial?: string;
  /** One of these instead of a text, each with what follows from it; `initial` is chosen at first. */
  choices?: { value: string; label: string; hint: string }[];
}

interface ActionFormProps<State> {
  action: (previous: State | null, form: FormData) => Promise<State>;
  /** What goes along unseen. */
  hidden?: Record<string, string>;
  fields: FormField[];
  submit: string;
  answers: AnswerTexts;
  /** One act of many on its page. */
  isMinor?: boolean;
  /** Asked before it is sent; what cannot be undone says here what follows. */
  ask?: Ask;
  /** Where nobody is signed in: what is there instead of the form once it is done. An act's page is made anew, and would lose it. */
  done?: ReactNode;
  /**
   * Said at the page's edge once it is done; the form is then empty again, and folded away. An act that says itself what came of
   * it (`told` in its value) is quoted instead.
   */
  said?: string;
  /** With `said`: where one is once it is done. A page whose address was the question goes on without it. */
  leadsTo?: string;
}

/** A short form of plain fields over one server action. It works before its script is there. */
export function ActionForm<State extends Result<unknown>>(props: ActionFormProps<State>) {
  const { action, hidden = {}, fields, submit, answers, ask, done, said, leadsTo, isMinor = false } = props;
  const router = useRouter();
  // A page has several forms with a "reason": no field is another's.
  const formId = useId();
  const form = useRef<HTMLFormElement>(null);
  const goOn = () => leadsTo && router.replace(leadsTo, { scroll: false });
  const [state, run] = useActionState<State | null, FormData>(
    said ? telling(action, { said, form, goOn }) : action,
    null,
  );
  const initial = () => Object.fromEntries(fields.map(({ name, initial = "" }) => [name, initial]));
  // React empties the inputs after an action; what was typed stays, except for passwords.
  const texts = fields.filter(({ choices }) => !choices);
  const [typed, setTyped] = useState<Record<string, string>>(initial);
  const asking = useAsking(form, ask);
  const [told, setTold] = useState(state);
  if (state !== told) {
    setTold(state);
    if (state?.ok && said) setTyped(initial());
  }
  if (state?.ok && !said) return <div role="status">{done}</div>;
  return (
    <form ref={form} action={run} onSubmit={asking.onSubmit} className="grid gap-4">
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {fields.flatMap(({ name, label, choices }) =>
        choices ? (
          <fieldset key={name} className="grid gap-2">
            <legend className="mb-1 font-medium text-sm">{label}</legend>
            {choices.map(({ value, label: choice, hint }) => (
              <label key={value} className="flex cursor-pointer gap-2">
                <input
                  type="radio"
                  name={name}
                  value={value}
                  checked={typed[name] === value}
                  onChange={() => setTyped({ ...typed, [name]: value })}
                  className="mt-1"
                />
                <span>
                  {choice}
                  <span className="block text-ink-soft text-sm">{hint}</span>
                </span>
              </label>
            ))}
          </fieldset>
        ) : (
          []
        ),
      )}
      {texts.map(({ name, label, hint, isOptional = false, initial: _initial, choices: _, ...input }) => (
        <Field key={name} id={`${formId}${name}`} label={label} hint={hint}>
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
      {ask && (
        <AskDialog
          dialog={asking.dialog}
          ask={{ ...ask, lines: [...followsFrom(fields, typed), ...ask.lines] }}
          values={typed}
          confirm={asking.confirm}
          close={() => asking.dialog.current?.close()}
        />
      )}
    </form>
  );
}

/** What follows from what is chosen. */
function followsFrom(fields: readonly FormField[], typed: Readonly<Record<string, string>>): string[] {
  return fields.flatMap(({ name, choices = [] }) =>
    choices.filter(({ value }) => value === typed[name]).map(({ hint }) => hint),
  );
}

interface Telling {
  said: string;
  form: { current: HTMLFormElement | null };
  goOn: () => void;
}

/**
 * Says so as soon as it is done, and folds the form away: the page that comes along may have this form no more, or a new one
 * in its place.
 */
function telling<State extends Result<unknown>>(
  action: (previous: State | null, form: FormData) => Promise<State>,
  { said, form, goOn }: Telling,
) {
  return async (previous: State | null, sent: FormData) => {
    const details = form.current?.closest("details");
    const answer = await action(previous, sent);
    if (answer.ok) {
      details?.removeAttribute("open");
      toast(toldIn(answer.value) ?? said);
      goOn();
    }
    return answer;
  };
}

function toldIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("told" in value)) return null;
  return typeof value.told === "string" ? value.told : null;
}

/** Holds a form back until its question was answered. Without a question it goes as it is. */
export function useAsking(form: { current: HTMLFormElement | null }, ask: Ask | undefined) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isConfirmed = useRef(false);
  return {
    dialog,
    onSubmit(event: FormEvent) {
      if (!ask || isConfirmed.current) {
        isConfirmed.current = false;
        return;
      }
      event.preventDefault();
      dialog.current?.showModal();
    },
    confirm() {
      isConfirmed.current = true;
      dialog.current?.close();
      form.current?.requestSubmit();
    },
  };
}
