import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export type CalloutTone = "good" | "warn" | "bad" | "calm";

interface CalloutProps extends Omit<ComponentProps<"div">, "title"> {
  tone: CalloutTone;
  title?: ReactNode;
}

/** A sentence that must not be missed, with its next step. Give `role="alert"` where it answers an action. */
export function Callout({ tone, title, className, children, ...rest }: CalloutProps) {
  const { icon: Icon, look } = tones[tone];
  return (
    <div {...rest} className={classNames("flex gap-3 rounded-md px-4 py-3 text-sm", look, className)}>
      <Icon aria-hidden="true" className="mt-px size-4.5 shrink-0" />
      <div className="grid min-w-0 gap-1 text-ink">
        {title && <p className="font-semibold">{title}</p>}
        {children}
      </div>
    </div>
  );
}

const tones = {
  good: { icon: CircleCheck, look: "bg-good-soft text-good" },
  warn: { icon: TriangleAlert, look: "bg-warn-soft text-warn" },
  bad: { icon: CircleAlert, look: "bg-bad-soft text-bad" },
  calm: { icon: Info, look: "bg-calm-soft text-calm" },
} as const;
