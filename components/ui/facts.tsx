import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

/** Names and what they are, as a list of definitions. */
export function Facts({ className, children }: { className?: string; children: ReactNode }) {
  return <dl className={classNames("grid gap-x-8 gap-y-4", className)}>{children}</dl>;
}

export function Fact({
  name,
  className,
  children,
}: {
  name: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div className={classNames("min-w-0", className)}>
      <dt className="caption">{name}</dt>
      <dd className="mt-0.5">{children}</dd>
    </div>
  );
}
