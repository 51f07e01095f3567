import type { ReactNode } from "react";

interface PageHeadProps {
  title: ReactNode;
  /** The way back. */
  above?: ReactNode;
  /** What belongs beside the title: a status. */
  aside?: ReactNode;
  children?: ReactNode;
}

/** The page's one h1, and what belongs to it. */
export function PageHead({ title, above, aside, children }: PageHeadProps) {
  return (
    <header className="pt-6 pb-6 sm:pt-10">
      {above && <div className="mb-3">{above}</div>}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
        {aside}
      </div>
      {children}
    </header>
  );
}
