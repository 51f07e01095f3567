"use client";

import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";
import { isHere, type NavHref, NewsDot, navLook, navMark } from "@/components/shell/nav-link";
import { classNames } from "@/components/ui/class-names";

interface MoreMenuProps {
  hrefs: readonly NavHref[];
  text: string;
  icon: ReactNode;
  news: string | null;
  children: ReactNode;
}

/** What has no room in a phone's bar: the browser's own popover, which opens without script and closes with Escape. */
export function MoreMenu({ hrefs, text, icon, news, children }: MoreMenuProps) {
  const path = usePathname();
  const menu = useRef<HTMLDivElement>(null);
  const here = hrefs.some((href) => isHere(path, href));

  // Following a link does not load the page anew, and the menu would stay.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it closes when the path changes.
  useEffect(() => menu.current?.hidePopover(), [path]);

  return (
    <>
      <button
        type="button"
        popoverTarget="more-menu"
        className={classNames(
          navLook("bottom"),
          here ? "text-accent" : "text-ink-soft hover:text-ink",
          here && navMark("bottom"),
        )}
      >
        <span className="relative">
          {icon}
          {news && <NewsDot text={news} className="absolute -top-0.5 -right-1.5" />}
        </span>
        {text}
      </button>
      <div
        id="more-menu"
        ref={menu}
        popover="auto"
        className="fixed inset-auto right-3 bottom-[calc(4rem+env(safe-area-inset-bottom))] w-60 rounded-lg border bg-surface p-2 text-ink shadow-float"
      >
        {children}
      </div>
    </>
  );
}
