"use client";

import { useActionState, useState } from "react";
import { type BankPreview, useBankQuestion } from "@/components/bank/bank-question";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { AskDialog } from "@/components/ui/ask-dialog";
import { Callout } from "@/components/ui/callout";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { formatMoney, isCurrency, money } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";

/** What became of the money, as an action tells it. */
export interface BankPaymentTold {
  isNew: boolean;
  paid: string[];
  partly: string[];
  toBalance: { minor: string; currency: string } | null;
}

/** An open invoice that the money may be for. */
export interface BankPaymentChoice {
  id: string;
  number: string;
  summary: string;
  remaining: string;
  /** The same, exact: bigint does not go to a browser. */
  remainingMinor: string;
  currency: string;
}

export type BankFormTexts = AnswerTexts &
  Record<
    | "amount"
    | "currency"
    | "valueDate"
    | "valueDateHint"
    | "reference"
    | "referenceHint"
    | "sender"
    | "senderHint"
    | "for"
    | "forHint"
    | "chosenSum"
    | "submit"
    | "askConfirm"
    | "askKeep"
    | "again"
    | "donePaid"
    | "donePartly"
    | "doneBalance"
    | "doneUnmatched"
    | "another",
    string
  >;

interface BankPaymentFormProps<State> {
  action: (previous: State | null, form: FormData) => Promise<State>;
  /** What would become of it, asked before it is recorded; where a customer is known. */
  preview?: BankPreview;
  /** Of a customer who is known. */
  customerId?: string;
  receiptId: string;
  currencies: readonly string[];
  choices: readonly BankPaymentChoice[];
  chosen: readonly string[];
  /** No day after it is taken. */
  today: string;
  locale: string;
  texts: BankFormTexts;
}

/** What the host's bank statement says, and what it was sent for. All amounts are decided by the server. */
export function BankPaymentForm<State extends Result<BankPaymentTold>>(props: BankPaymentFormProps<State>) {
  const { action, preview, customerId, receiptId, currencies, choices, today, locale, texts } = props;
  const [state, run] = useActionState<State | null, FormData>(action, null);
  // React empties the inputs after an action; what was typed and chosen stays.
  const [typed, setTyped] = useState<Record<string, string>>({
    valueDate: today,
    currency: currencies[0] ?? "",
  });
  const [chosen, setChosen] = useState<readonly string[]>(props.chosen);
  const question = useBankQuestion(preview);
  const refusal = question.refusal ?? (state && !state.ok ? state.refusal : null);
  if (state?.ok)
    return <Done told={state.value} locale={locale} texts={texts} isKnown={customerId !== undefined} />;
  const control = (name: string) => ({
    name,
    value: typed[name] ?? "",
    onChange: (event: { currentTarget: { value: string } }) =>
      setTyped({ ...typed, [name]: event.currentTarget.value }),
  });
  const toggle = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  const payable = choices.filter(({ currency }) => currency === typed.currency);
  return (
    <form ref={question.form} action={run} onSubmit={question.onSubmit} className="grid gap-5">
      <input type="hidden" name="receiptId" value={receiptId} />
      {customerId && <input type="hidden" name="customerId" value={customerId} />}
      {payable.length > 0 && (
        <fieldset className="min-w-0">
          <legend className="mb-1 font-medium text-sm">{texts.for}</legend>
          <p className="mb-2 text-ink-soft text-sm">{texts.forHint}</p>
          <div className="grid">
            {payable.map(({ id, number, summary, remaining }) => (
              <label
                key={id}
                className="-mx-2 flex min-h-11 cursor-pointer items-center gap-3 rounded-md px-2 py-1.5 has-checked:bg-accent-soft"
              >
                <Checkbox
                  name="invoiceIds[]"
                  value={id}
                  checked={chosen.includes(id)}
                  onChange={() => toggle(id)}
                />
                <span className="min-w-0 flex-1">
                  <span className="figures block">{number}</span>
                  <span className="block truncate text-ink-soft text-sm" dir="auto">
                    {summary}
                  </span>
                </span>
                <span className="figures whitespace-nowrap">{remaining}</span>
              </label>
            ))}
          </div>
          <p role="status" className="figures mt-2 text-right font-medium text-sm">
            {chosenSum(payable, chosen, locale, texts.chosenSum)}
          </p>
        </fieldset>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)_7rem] gap-4">
        <Field id="amount" label={texts.amount}>
          {(field) => (
            <Input
              {...field}
              {...control("amount")}
              required
              inputMode="decimal"
              autoComplete="off"
              maxLength={40}
              className="figures text-right"
            />
          )}
        </Field>
        <Field id="currency" label={texts.currency}>
          {(field) => (
            <Select {...field} {...control("currency")}>
              {currencies.map((currency) => (
                <option key={currency}>{currency}</option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <Field id="valueDate" label={texts.valueDate} hint={texts.valueDateHint}>
        {(field) => <Input {...field} {...control("valueDate")} type="date" required max={today} />}
      </Field>
      <Field id="reference" label={texts.reference} hint={texts.referenceHint}>
        {(field) => (
          <Input {...field} {...control("reference")} required autoComplete="off" maxLength={200} />
        )}
      </Field>
      <Field id="sender" label={texts.sender} hint={texts.senderHint}>
        {(field) => <Input {...field} {...control("sender")} autoComplete="off" maxLength={200} />}
      </Field>
      {refusal && (
        <Callout tone="bad" role="alert">
          <p>{sentenceOf(refusal, texts)}</p>
        </Callout>
      )}
      <SubmitButton size="large" className="w-full">
        {texts.submit}
      </SubmitButton>
      <AskDialog
        dialog={question.dialog}
        ask={{ ...question.asked, confirm: texts.askConfirm, keep: texts.askKeep, isDangerous: false }}
        confirm={question.confirm}
        close={question.close}
      />
    </form>
  );
}

/** What the chosen invoices come to; nothing while none is chosen. */
function chosenSum(
  payable: readonly BankPaymentChoice[],
  chosen: readonly string[],
  locale: string,
  text: string,
): string {
  const them = payable.filter(({ id }) => chosen.includes(id));
  const currency = them[0]?.currency ?? "";
  if (!isCurrency(currency)) return "";
  const minor = them.reduce((sum, { remainingMinor }) => sum + BigInt(remainingMinor), 0n);
  return text.replace("{amount}", formatMoney(money(minor, currency), locale));
}

interface DoneProps {
  told: BankPaymentTold;
  locale: string;
  texts: BankFormTexts;
  isKnown: boolean;
}

/** What became of it, and the way to the next one: the page anew, with a new receipt. */
function Done({ told, locale, texts, isKnown }: DoneProps) {
  const { isNew, paid, partly, toBalance } = told;
  const list = new Intl.ListFormat(locale);
  const amount =
    toBalance && isCurrency(toBalance.currency)
      ? formatMoney(money(BigInt(toBalance.minor), toBalance.currency), locale)
      : "";
  const sentences = isNew
    ? [
        paid.length > 0 && texts.donePaid.replace("{numbers}", list.format(paid)),
        partly.length > 0 && texts.donePartly.replace("{numbers}", list.format(partly)),
        toBalance && texts.doneBalance.replace("{amount}", amount),
        !isKnown && texts.doneUnmatched,
      ]
    : [texts.again];
  return (
    <div className="grid justify-items-start gap-4">
      <Callout tone={isNew ? "good" : "calm"} role="status">
        <p>{sentences.filter(Boolean).join(" ")}</p>
      </Callout>
      <a href="?" className="font-medium text-accent underline underline-offset-3">
        {texts.another}
      </a>
    </div>
  );
}
