"use client";

import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button, buttonLook } from "@/components/ui/button";
import { formatMoney, isCurrency, type Money, money, sum } from "@/lib/kernel/money";

interface ChooseFormProps {
  locale: string;
  texts: {
    bar: string;
    /** With {invoices} and {amount} where these go. */
    pay: string;
    /** How many, in words: index 0 is one invoice. */
    counts: readonly string[];
    mixed: string;
    unchoose: string;
  };
  children: ReactNode;
}

/**
 * The list's invoices as choices of one form, which leads to the page that pays them together. The sum on its button
 * is for orientation only: what will be taken is worked out there, by the server.
 */
export function ChooseForm({ locale, texts, children }: ChooseFormProps) {
  const [chosen, setChosen] = useState<Money[]>([]);
  const form = useRef<HTMLFormElement>(null);
  // What the browser brings back with the back button, and what was chosen before this script ran.
  useEffect(() => {
    if (form.current) setChosen(chosenIn(form.current));
  }, []);
  const currency = chosen[0]?.currency;
  const isMixed = chosen.some((amount) => amount.currency !== currency);
  return (
    <form
      ref={form}
      action="/invoices/pay"
      onChange={(event) => setChosen(chosenIn(event.currentTarget))}
      onReset={() => setChosen([])}
    >
      {children}
      {currency && (
        <section
          aria-label={texts.bar}
          className="sticky bottom-18 z-10 mt-3 flex items-center gap-2 rounded-lg border bg-surface p-2 pl-1 shadow-float sm:bottom-4"
        >
          <Button type="reset" kind="quiet" size="small" aria-label={texts.unchoose} title={texts.unchoose}>
            <X aria-hidden="true" className="size-5" />
          </Button>
          <p className="min-w-0 flex-1 text-sm text-warn">{isMixed && texts.mixed}</p>
          <button type="submit" disabled={isMixed} className={buttonLook("primary")}>
            <span className="figures">
              {texts.pay
                .replace("{invoices}", texts.counts[chosen.length - 1] ?? String(chosen.length))
                .replace("{amount}", isMixed ? "…" : formatMoney(sum(currency, chosen), locale))}
            </span>
          </button>
        </section>
      )}
    </form>
  );
}

function chosenIn(form: HTMLFormElement): Money[] {
  return [...form.querySelectorAll<HTMLInputElement>("input[name=invoice]:checked")].flatMap(
    ({ dataset }) => {
      const { minor = "0", currency = "" } = dataset;
      return isCurrency(currency) ? [money(BigInt(minor), currency)] : [];
    },
  );
}
