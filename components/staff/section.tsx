import type { ReactNode } from "react";

/** A part of a page of staff's, and one sentence where there is nothing in it. */
export function Section({
  title,
  none,
  isEmpty = false,
  children,
}: {
  title: string;
  none?: string;
  isEmpty?: boolean;
  children: ReactNode;
}) {
  return (
    <section aria-label={title}>
      <h2 className="mb-2 font-semibold text-lg">{title}</h2>
      {isEmpty ? <p className="text-ink-soft">{none}</p> : children}
    </section>
  );
}
