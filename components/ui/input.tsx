import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";

/** 16 px on phones: iOS zooms into anything smaller. */
const controlLook = classNames(
  "min-h-10 w-full min-w-0 rounded-md border border-edge bg-surface px-3 py-1.5 text-ink max-sm:text-[1rem]",
  "aria-invalid:border-bad disabled:opacity-60",
);

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={classNames(controlLook, className)} />;
}

export function Select({ className, children, ...rest }: ComponentProps<"select">) {
  return (
    <span className="relative grid">
      <select {...rest} className={classNames(controlLook, "appearance-none pr-9", className)}>
        {children}
      </select>
      <ChevronDown
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-ink-soft"
      />
    </span>
  );
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} className={classNames(controlLook, className)} />;
}
