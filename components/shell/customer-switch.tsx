"use client";

import { Check } from "lucide-react";
import { useActionState } from "react";

interface CustomerSwitchProps<State> {
  customers: readonly { customerId: string; name: string }[];
  current: string | undefined;
  action: (previous: State | null, form: FormData) => Promise<State>;
  texts: { legend: string; here: string };
}

/** For whom somebody acts who belongs to several customers. It works before its script is there. */
export function CustomerSwitch<State>(props: CustomerSwitchProps<State>) {
  const { customers, current, action, texts } = props;
  const [, run, pending] = useActionState<State | null, FormData>(action, null);
  return (
    <form action={run} aria-busy={pending} className="p-2">
      <p id="customer-switch" className="caption px-2 pb-1">
        {texts.legend}
      </p>
      <ul aria-labelledby="customer-switch" className="max-h-60 overflow-y-auto">
        {customers.map(({ customerId, name }) => (
          <li key={customerId}>
            <button
              type="submit"
              name="customerId"
              value={customerId}
              disabled={customerId === current}
              aria-current={customerId === current || undefined}
              className="flex w-full items-center justify-between gap-2 rounded-md px-2 py-1.5 text-left enabled:hover:bg-sunken disabled:font-medium"
            >
              <span className="truncate" dir="auto">
                {name}
              </span>
              {customerId === current && (
                <Check aria-label={texts.here} className="size-4 shrink-0 text-accent" />
              )}
            </button>
          </li>
        ))}
      </ul>
    </form>
  );
}
