import { CreditCard, Ellipsis, FileText, House, Inbox, Server, Wallet } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { HostLogo, HostName } from "@/components/shell/host-identity";
import { Mark } from "@/components/shell/mark";
import { MoreMenu } from "@/components/shell/more-menu";
import { NavLink } from "@/components/shell/nav-link";
import { Link } from "@/components/ui/link";

const sections = [
  { href: "/", name: "overview", icon: House },
  { href: "/invoices", name: "invoices", icon: FileText },
  { href: "/balance", name: "balance", icon: Wallet },
  { href: "/services", name: "services", icon: Server },
  { href: "/payment-methods", name: "cards", icon: CreditCard },
  { href: "/inbox", name: "inbox", icon: Inbox },
] as const;

/** A phone's bar has room for four, and for what opens the rest. */
const phoneMost = 4;

interface PortalShellProps {
  hostName: string;
  /** Mails of the inbox that nobody has read. */
  unread: number;
  menu: ReactNode;
  children: ReactNode;
}

/** The frame of every page of a signed-in customer. */
export function PortalShell({ hostName, unread, menu, children }: PortalShellProps) {
  const t = useTranslations("shell");
  const newsOf = (name: string) => (name === "inbox" && unread > 0 ? t("unread", { count: unread }) : null);
  const more = sections.slice(phoneMost);
  return (
    <>
      <SkipLink />
      <header className="sticky top-0 z-20 border-b bg-paper/95 backdrop-blur-sm">
        <div className="page flex h-14 items-center gap-6">
          <Link href="/" className="flex min-w-0 items-center gap-2.5 rounded-sm font-semibold">
            <HostLogo mark={<Mark className="size-6" />} />
            <span className="truncate max-lg:sr-only max-sm:not-sr-only">
              <HostName fallback={hostName} />
            </span>
          </Link>
          <nav aria-label={t("sections")} className="hidden sm:flex">
            {sections.map(({ href, name, icon: Icon }) => (
              <NavLink key={href} href={href} place="top" icon={<Icon />} news={newsOf(name)}>
                {t(name)}
              </NavLink>
            ))}
          </nav>
          <div className="ml-auto">{menu}</div>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="page pb-28 outline-none sm:pb-20">
        {children}
      </main>
      <nav
        aria-label={t("sections")}
        className="fixed inset-x-0 bottom-0 z-20 flex border-t bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
      >
        {sections.slice(0, phoneMost).map(({ href, name, icon: Icon }) => (
          <NavLink
            key={href}
            href={href}
            place="bottom"
            icon={<Icon aria-hidden="true" className="size-5" />}
          >
            {t(name)}
          </NavLink>
        ))}
        <MoreMenu
          hrefs={more.map(({ href }) => href)}
          text={t("more")}
          icon={<Ellipsis aria-hidden="true" className="size-5" />}
          news={unread > 0 ? t("unread", { count: unread }) : null}
        >
          {more.map(({ href, name, icon: Icon }) => (
            <NavLink
              key={href}
              href={href}
              place="menu"
              icon={<Icon aria-hidden="true" className="size-5" />}
              news={newsOf(name)}
            >
              {t(name)}
            </NavLink>
          ))}
        </MoreMenu>
      </nav>
    </>
  );
}

/** The keyboard's way past what repeats on every page. */
export function SkipLink() {
  const t = useTranslations("shell");
  return (
    <a
      href="#content"
      className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-4 py-2 font-medium text-accent-ink focus:translate-y-0"
    >
      {t("skip")}
    </a>
  );
}
