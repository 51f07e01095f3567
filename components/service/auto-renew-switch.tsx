"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { classNames } from "@/components/ui/class-names";
import { submits } from "@/components/ui/submits";
import { toast } from "@/components/ui/toast";
import type { Result } from "@/lib/kernel/result";

export type SwitchAction = (input: {
  serviceId: string;
  isAutoRenew: boolean;
}) => Promise<Result<{ paid: string[] }>>;

interface AutoRenewSwitchProps {
  serviceId: string;
  isOn: boolean;
  action: SwitchAction;
  /** Names the service: "Auto-renew" alone says too little to a screen reader. */
  label: string;
  texts: AnswerTexts & { on: string; off: string; switchedOn: string; switchedOff: string; paid: string };
}

/** A switch that is what the server says: pending while it is asked, back where it was when it refuses. */
export function AutoRenewSwitch({ serviceId, isOn, action, label, texts }: AutoRenewSwitchProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [refusal, setRefusal] = useState<string | null>(null);

  function toggle() {
    if (pending) return;
    setRefusal(null);
    startTransition(async () => {
      try {
        const answer = await action({ serviceId, isAutoRenew: !isOn });
        if (answer.ok) {
          const { paid } = answer.value;
          const done = isOn ? texts.switchedOff : texts.switchedOn;
          toast(paid.length > 0 ? `${done} ${texts.paid.replace("{numbers}", paid.join(", "))}` : done);
        } else setRefusal(sentenceOf(answer.refusal, texts));
        router.refresh();
      } catch {
        setRefusal(texts.lost);
      }
    });
  }

  return (
    <form {...submits(toggle)} className="inline-grid justify-items-start gap-1">
      <button
        type="submit"
        role="switch"
        aria-checked={isOn}
        aria-label={label}
        aria-busy={pending}
        className="inline-flex min-h-6 items-center gap-2 rounded-sm text-left"
      >
        <span
          aria-hidden="true"
          className={classNames(
            "relative h-5 w-9 rounded-full border transition-colors",
            isOn ? "border-accent bg-accent" : "border-edge bg-paper",
            pending && "opacity-60",
          )}
        >
          <span
            className={classNames(
              "absolute top-[0.1875rem] left-0 size-3 rounded-full transition-transform",
              isOn ? "translate-x-[1.1875rem] bg-accent-ink" : "translate-x-[0.1875rem] bg-ink-soft",
            )}
          />
        </span>
        <span className="text-sm">{isOn ? texts.on : texts.off}</span>
      </button>
      {refusal && (
        <span role="alert" className="text-bad text-sm">
          {refusal}
        </span>
      )}
    </form>
  );
}
