"use client";

import { Plus, Trash2 } from "lucide-react";
import { type ReactNode, useActionState, useState } from "react";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import type { Result } from "@/lib/kernel/result";

/** A line as it stands in its inputs. */
export interface DraftLineTyped {
  kind: "item" | "discount";
  description: string;
  quantity: string;
  unit: string;
  taxRate: string;
}

export type DraftFormTexts = AnswerTexts &
  Record<
    | "dueDays"
    | "dueDaysHint"
    | "note"
    | "noteHint"
    | "lines"
    | "line"
    | "kind"
    | "item"
    | "discount"
    | "description"
    | "quantity"
    | "unit"
    | "taxRate"
    | "addLine"
    | "removeLine"
    | "save"
    | "unsaved",
    string
  >;

interface DraftFormProps<State> {
  action: (previous: State | null, form: FormData) => Promise<State>;
  hidden: Record<string, string>;
  dueDays: string;
  note: string;
  lines: readonly DraftLineTyped[];
  /** Per cent: what a new line has. */
  taxRate: string;
  texts: DraftFormTexts;
  /** What can be done with the draft as it was kept: there only while nothing is typed that was not. */
  children: ReactNode;
}

/** The form of an invoice by hand. Nothing is added up in the browser: the figures come when it is kept. */
export function DraftForm<State extends Result<unknown>>(props: DraftFormProps<State>) {
  const { action, hidden, taxRate, texts, children } = props;
  const empty: DraftLineTyped = { kind: "item", description: "", quantity: "1", unit: "", taxRate };
  const [state, run] = useActionState<State | null, FormData>(action, null);
  const [isChanged, setChanged] = useState(false);
  const [dueDays, setDueDays] = useState(props.dueDays);
  const [note, setNote] = useState(props.note);
  const [lines, setLines] = useState<(DraftLineTyped & { key: number })[]>(() =>
    (props.lines.length > 0 ? props.lines : [empty]).map((line, key) => ({ ...line, key })),
  );
  const change = (key: number, part: Partial<DraftLineTyped>) => {
    setLines(lines.map((line) => (line.key === key ? { ...line, ...part } : line)));
  };
  const add = () => {
    setChanged(true);
    setLines([...lines, { ...empty, key: Math.max(-1, ...lines.map(({ key }) => key)) + 1 }]);
  };
  const remove = (key: number) => {
    setChanged(true);
    setLines(lines.filter((line) => line.key !== key));
  };
  return (
    <>
      <form action={run} onChange={() => setChanged(true)} className="grid gap-6">
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <div className="grid gap-4">
          <h2 className="font-semibold text-lg">{texts.lines}</h2>
          {lines.map((line, index) => (
            <DraftLine
              key={line.key}
              line={line}
              place={index + 1}
              texts={texts}
              onChange={(part) => change(line.key, part)}
              onRemove={() => remove(line.key)}
            />
          ))}
          <Button onClick={add} className="justify-self-start">
            <Plus aria-hidden="true" className="size-4" />
            {texts.addLine}
          </Button>
        </div>
        <Field id="dueDays" label={texts.dueDays} hint={texts.dueDaysHint} className="max-w-60">
          {(field) => (
            <Input
              {...field}
              name="dueDays"
              required
              inputMode="numeric"
              autoComplete="off"
              maxLength={3}
              value={dueDays}
              onChange={(event) => setDueDays(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field id="note" label={texts.note} hint={texts.noteHint}>
          {(field) => (
            <Textarea
              {...field}
              name="note"
              rows={3}
              maxLength={2000}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
          )}
        </Field>
        {state && !state.ok && (
          <Callout tone="bad" role="alert">
            <p>{sentenceOf(state.refusal, texts)}</p>
          </Callout>
        )}
        <SubmitButton kind="secondary" className="justify-self-start">
          {texts.save}
        </SubmitButton>
      </form>
      {isChanged ? <p className="mt-8 border-t pt-6 text-ink-soft">{texts.unsaved}</p> : children}
    </>
  );
}

interface DraftLineProps {
  line: DraftLineTyped & { key: number };
  place: number;
  texts: DraftFormTexts;
  onChange: (part: Partial<DraftLineTyped>) => void;
  onRemove: () => void;
}

function DraftLine({ line, place, texts, onChange, onRemove }: DraftLineProps) {
  const id = (name: string) => `line-${line.key}-${name}`;
  const text = (name: "description" | "quantity" | "unit" | "taxRate") => ({
    name: `${name}[]`,
    value: line[name],
    autoComplete: "off",
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ [name]: event.currentTarget.value }),
  });
  const title = texts.line.replace("{line}", String(place));
  return (
    <fieldset className="grid min-w-0 gap-3 rounded-md border p-4">
      <legend className="float-left font-medium text-sm">{title}</legend>
      <div className="clear-both grid grid-cols-2 gap-3 sm:grid-cols-[8rem_minmax(0,1fr)_5rem_8rem_6rem_auto]">
        <Field id={id("kind")} label={texts.kind} className="max-sm:col-span-2">
          {(field) => (
            <Select
              {...field}
              name="kind[]"
              value={line.kind}
              onChange={(event) =>
                onChange({ kind: event.currentTarget.value === "discount" ? "discount" : "item" })
              }
            >
              <option value="item">{texts.item}</option>
              <option value="discount">{texts.discount}</option>
            </Select>
          )}
        </Field>
        <Field id={id("description")} label={texts.description} className="max-sm:col-span-2">
          {(field) => <Input {...field} {...text("description")} maxLength={600} />}
        </Field>
        <Field id={id("quantity")} label={texts.quantity}>
          {(field) => (
            <Input
              {...field}
              {...text("quantity")}
              inputMode="decimal"
              maxLength={12}
              className="figures text-right"
            />
          )}
        </Field>
        <Field id={id("unit")} label={texts.unit}>
          {(field) => (
            <Input
              {...field}
              {...text("unit")}
              inputMode="decimal"
              maxLength={40}
              className="figures text-right"
            />
          )}
        </Field>
        <Field id={id("taxRate")} label={texts.taxRate}>
          {(field) => (
            <Input
              {...field}
              {...text("taxRate")}
              inputMode="decimal"
              maxLength={9}
              className="figures text-right"
            />
          )}
        </Field>
        <Button
          kind="quiet"
          onClick={onRemove}
          aria-label={texts.removeLine.replace("{line}", String(place))}
          className="self-end justify-self-end"
        >
          <Trash2 aria-hidden="true" className="size-4" />
        </Button>
      </div>
    </fieldset>
  );
}
