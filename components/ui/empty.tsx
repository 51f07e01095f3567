import type { ReactNode } from "react";

/** Where there is nothing to show: why, and what to do about it. */
export function Empty({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="grid justify-items-start gap-2 border-line border-y py-10">
      <p className="font-semibold text-lg">{title}</p>
      <div className="grid max-w-prose justify-items-start gap-4 text-ink-soft">{children}</div>
    </div>
  );
}
