import { ChevronDown, Menu } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { PlainShell } from "@/components/shell/plain-shell";
import { Preferences } from "@/components/shell/preferences";
import { SignOutButton } from "@/components/shell/sign-out-button";
import { UserMenu } from "@/components/shell/user-menu";
import { buttonLook } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { Link } from "@/components/ui/link";
import { LinkTabs } from "@/components/ui/link-tabs";

const sections = [
  { name: "desk", href: "/admin" },
  { name: "customers", href: "/admin/customers" },
  { name: "invoices", href: "/admin/invoices" },
  { name: "payments", href: "/admin/payments" },
  { name: "services", href: "/admin/services" },
  { name: "renewals", href: "/admin/renewals" },
  { name: "events", href: "/admin/events" },
  { name: "books", href: "/admin/books" },
  { name: "activity", href: "/admin/activity" },
  { name: "bank", href: "/admin/bank" },
  { name: "mail", href: "/admin/mail" },
  { name: "plans", href: "/admin/plans" },
  { name: "webhooks", href: "/admin/webhooks" },
  { name: "team", href: "/admin/team" },
  { name: "settings", href: "/admin/settings" },
] as const;

interface StaffFrameProps {
  hostName: string;
  user: { name: string; email: string } | null;
  /** Null where it is none of them: what was asked for is not there. */
  here: (typeof sections)[number]["name"] | null;
  children: ReactNode;
}

/** The frame of the staff section: who is signed in, and the way between its pages. */
export function StaffFrame({ hostName, user, here, children }: StaffFrameProps) {
  const t = useTranslations("staffNav");
  const words = useTranslations("shell");
  const links = sections.map(({ name, href }) => ({ href, text: t(name), isHere: name === here }));
  return (
    <PlainShell
      hostName={hostName}
      menu={
        <UserMenu
          user={user}
          preferences={<Preferences />}
          signOut={
            <SignOutButton text={words("signOut")} failed={words("signOutFailed")} door="/admin/sign-in" />
          }
        />
      }
    >
      <div className="max-xl:hidden">
        <LinkTabs label={t("sections")} tabs={links} isDense />
      </div>
      <SectionMenu label={t("sections")} here={here === null ? t("sections") : t(here)} links={links} />
      {children}
    </PlainShell>
  );
}

interface SectionMenuProps {
  label: string;
  here: string;
  links: readonly { href: string; text: string; isHere: boolean }[];
}

/** Where the sections have no room beside each other: one button with all of them, which opens without script. */
function SectionMenu({ label, here, links }: SectionMenuProps) {
  return (
    <nav aria-label={label} className="border-b pb-2 xl:hidden">
      <button
        type="button"
        popoverTarget="section-menu"
        className={classNames(buttonLook("secondary"), "w-full justify-between gap-2 sm:w-64")}
      >
        <span className="inline-flex items-center gap-2">
          <Menu aria-hidden="true" className="size-4" />
          {here}
        </span>
        <ChevronDown aria-hidden="true" className="size-4 text-ink-soft" />
      </button>
      <div
        id="section-menu"
        popover="auto"
        className="fixed inset-auto top-36 left-4 w-[calc(100vw-2rem)] rounded-lg border bg-surface max-h-[calc(100dvh-10rem)] overflow-y-auto p-2 text-ink shadow-float sm:w-64"
      >
        <ul className="grid">
          {links.map(({ href, text, isHere }) => (
            <li key={href}>
              <Link
                href={href}
                aria-current={isHere ? "true" : undefined}
                className={classNames(
                  "block rounded-md px-3 py-2.5 font-medium hover:bg-sunken",
                  isHere ? "text-accent" : "text-ink",
                )}
              >
                {text}
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </nav>
  );
}
