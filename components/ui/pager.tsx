import { ArrowLeft, ArrowRight } from "lucide-react";
import type { ReactNode } from "react";
import { buttonLook } from "@/components/ui/button";
import { Link } from "@/components/ui/link";

interface PagerProps {
  label: string;
  previous: { href: string; text: string } | null;
  next: { href: string; text: string } | null;
  children?: ReactNode;
}

/** Steps through a keyset-paginated list; where there is one page only it says nothing. */
export function Pager({ label, previous, next, children }: PagerProps) {
  if (!previous && !next) return children ? <div className="py-4">{children}</div> : null;
  return (
    <nav aria-label={label} className="flex flex-wrap items-center justify-between gap-3 py-4">
      <div>{children}</div>
      <div className="flex gap-2">
        {previous && (
          <Link href={previous.href} rel="prev" className={buttonLook("secondary", "small")}>
            <ArrowLeft aria-hidden="true" className="mr-1.5 size-4" />
            {previous.text}
          </Link>
        )}
        {next && (
          <Link href={next.href} rel="next" className={buttonLook("secondary", "small")}>
            {next.text}
            <ArrowRight aria-hidden="true" className="ml-1.5 size-4" />
          </Link>
        )}
      </div>
    </nav>
  );
}
