import { FileDown } from "lucide-react";
import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";
import type { CustomerId } from "@/lib/kernel/id";

interface FileLinkProps extends ComponentProps<"a"> {
  href: string;
  /** Whose page this is, on customers' pages: the file is that customer's, whatever was switched to since. */
  customerId?: CustomerId;
}

/** To a file rather than a page: a plain link, which the router neither follows nor fetches ahead. */
export function FileLink({ className, children, href, customerId, ...rest }: FileLinkProps) {
  return (
    <a
      {...rest}
      href={customerId ? `${href}${href.includes("?") ? "&" : "?"}customer=${customerId}` : href}
      className={classNames(
        "inline-flex items-center gap-1.5 rounded-sm font-medium text-accent underline decoration-accent/40 underline-offset-3 hover:decoration-accent",
        className,
      )}
    >
      <FileDown aria-hidden="true" className="size-4 shrink-0" />
      {children}
    </a>
  );
}
