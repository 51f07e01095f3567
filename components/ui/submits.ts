import type { FormEvent } from "react";

/**
 * What a form does when it is sent, for `<form {...submits(act)}>`. A click before the page's script has taken over is
 * kept by React because of `action`, and run once it has; from then on `onSubmit` acts alone, since React empties a
 * form after its `action`, and with it what had been chosen.
 */
export function submits(act: () => void) {
  return {
    action: act,
    onSubmit: (event: FormEvent) => {
      event.preventDefault();
      act();
    },
  };
}
