import { classNames } from "@/components/ui/class-names";
import { Link } from "@/components/ui/link";

interface LinkTabsProps {
  label: string;
  tabs: readonly { href: string; text: string; isHere: boolean }[];
  /** Where there are many of them. */
  isDense?: boolean;
}

/** Views of one page, each with an address. On a phone they scroll sideways. */
export function LinkTabs({ label, tabs, isDense = false }: LinkTabsProps) {
  return (
    <nav aria-label={label} className="-mx-4 overflow-x-auto border-b px-4 sm:mx-0 sm:px-0">
      <ul className={classNames("flex", isDense ? "gap-4 text-sm" : "gap-5")}>
        {tabs.map(({ href, text, isHere }) => (
          <li key={href}>
            <Link
              href={href}
              scroll={false}
              aria-current={isHere ? "true" : undefined}
              className={classNames(
                "block whitespace-nowrap border-b-2 py-2 font-medium",
                isHere ? "border-accent text-ink" : "border-transparent text-ink-soft hover:text-ink",
              )}
            >
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
