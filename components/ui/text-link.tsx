import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";
import { Link } from "@/components/ui/link";

export function TextLink({ className, ...rest }: ComponentProps<typeof Link>) {
  return (
    <Link
      {...rest}
      className={classNames(
        "rounded-sm font-medium text-accent underline decoration-accent/40 underline-offset-3 hover:decoration-accent",
        className,
      )}
    />
  );
}
