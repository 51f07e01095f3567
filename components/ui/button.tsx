import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";
import { Spinner } from "@/components/ui/spinner";

export type ButtonKind = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "small" | "normal" | "large";

interface ButtonProps extends ComponentProps<"button"> {
  kind?: ButtonKind;
  size?: ButtonSize;
  /** At work: it keeps its width and its focus, and takes no second click. */
  pending?: boolean;
}

export function Button({
  kind = "secondary",
  size = "normal",
  pending = false,
  className,
  children,
  onClick,
  type = "button",
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      // Not `disabled`: that would drop the keyboard's focus in the middle of paying.
      aria-disabled={pending || rest["aria-disabled"] || undefined}
      aria-busy={pending || undefined}
      onClick={pending ? (event) => event.preventDefault() : onClick}
      className={classNames(buttonLook(kind, size), className)}
    >
      {pending && <Spinner className="absolute" />}
      <span className={classNames("inline-flex items-center gap-2", pending && "opacity-0")}>{children}</span>
    </button>
  );
}

/** For links that look like buttons. */
export function buttonLook(kind: ButtonKind = "secondary", size: ButtonSize = "normal"): string {
  return classNames(
    "relative inline-flex items-center justify-center rounded-md border text-center font-medium transition-colors",
    "disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-progress",
    sizes[size],
    kinds[kind],
  );
}

const sizes = {
  small: "min-h-8 px-3 py-1 text-sm",
  normal: "min-h-10 px-4 py-2 text-base",
  large: "min-h-12 px-5 py-2.5 text-lg",
} as const satisfies Record<ButtonSize, string>;

const kinds = {
  primary: "border-transparent bg-accent text-accent-ink hover:bg-accent-strong",
  secondary: "border-edge bg-surface text-ink hover:bg-sunken",
  quiet: "border-transparent text-accent hover:bg-accent-soft",
  danger: "border-bad bg-surface text-bad hover:bg-bad-soft",
} as const satisfies Record<ButtonKind, string>;
