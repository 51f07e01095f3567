import { ChevronDown, Settings2 } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { buttonLook } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { Link } from "@/components/ui/link";

interface UserMenuProps {
  /** Null where nobody is signed in: the menu then holds language and theme alone. */
  user: { name: string; email: string } | null;
  /** Language and theme. */
  preferences: ReactNode;
  signOut?: ReactNode;
  /** Pages about the person and who they act for. */
  links?: readonly { href: string; text: string }[];
  /** Where somebody acts for one of several customers: the others. */
  others?: ReactNode;
}

/** The browser's own popover: it opens without script, closes with Escape and a click beside it, and keeps focus right. */
export function UserMenu({ user, preferences, signOut, links = [], others }: UserMenuProps) {
  const t = useTranslations("shell");
  return (
    <>
      <button
        type="button"
        popoverTarget="user-menu"
        className={classNames(buttonLook("quiet", "small"), "-mr-3 max-w-56 gap-2 text-ink")}
      >
        {user ? (
          <span className="truncate" dir="auto">
            {user.name}
          </span>
        ) : (
          <>
            <Settings2 aria-hidden="true" className="size-4" />
            {t("preferences")}
          </>
        )}
        <ChevronDown aria-hidden="true" className="size-4 shrink-0 text-ink-soft" />
      </button>
      <div
        id="user-menu"
        popover="auto"
        className="fixed inset-auto top-14 right-[max(1rem,calc((100vw-70rem)/2+1rem))] w-64 divide-y divide-line rounded-lg border bg-surface p-0 text-ink shadow-float"
      >
        {user && (
          <div className="px-4 py-3">
            <p className="truncate font-medium" dir="auto">
              {user.name}
            </p>
            <p className="truncate text-ink-soft text-sm">{user.email}</p>
          </div>
        )}
        {others}
        {links.length > 0 && (
          <ul className="p-2">
            {links.map(({ href, text }) => (
              <li key={href}>
                <Link href={href} className="block rounded-md px-2 py-1.5 hover:bg-sunken">
                  {text}
                </Link>
              </li>
            ))}
          </ul>
        )}
        {preferences}
        {signOut && <div className="p-2">{signOut}</div>}
      </div>
    </>
  );
}
