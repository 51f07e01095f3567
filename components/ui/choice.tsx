import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";

const boxLook = classNames(
  "grid size-[1.125rem] shrink-0 appearance-none place-content-center border border-edge bg-surface",
  "before:scale-0 before:transition-transform checked:border-accent checked:before:scale-100",
);

export function Checkbox({ className, ...rest }: Omit<ComponentProps<"input">, "type">) {
  return (
    <input
      {...rest}
      type="checkbox"
      className={classNames(
        boxLook,
        "rounded-sm checked:bg-accent",
        // The tick: the lower left corner of a turned box.
        "before:mb-0.5 before:h-2.5 before:w-1.5 before:rotate-45 before:border-accent-ink before:border-r-2 before:border-b-2",
        className,
      )}
    />
  );
}

export function Radio({ className, ...rest }: Omit<ComponentProps<"input">, "type">) {
  return (
    <input
      {...rest}
      type="radio"
      className={classNames(
        boxLook,
        "rounded-full before:size-2.5 before:rounded-full before:bg-accent",
        className,
      )}
    />
  );
}
