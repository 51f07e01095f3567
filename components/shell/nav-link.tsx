"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";
import { Link } from "@/components/ui/link";

export type NavHref = "/" | "/invoices" | "/balance" | "/services" | "/payment-methods" | "/inbox";

type Place = "top" | "bottom" | "menu";

interface NavLinkProps {
  href: NavHref;
  /** Beside the name of the portal, one of the phone's bar at the bottom, or in what that opens. */
  place: Place;
  icon: ReactNode;
  /** That something new is there, in words. */
  news?: string | null;
  children: ReactNode;
}

export function NavLink({ href, place, icon, news, children }: NavLinkProps) {
  const path = usePathname();
  const here = isHere(path, href);
  return (
    <Link
      href={href}
      aria-current={path === href ? "page" : here ? "true" : undefined}
      className={classNames(
        navLook(place),
        here ? "text-accent" : "text-ink-soft hover:text-ink",
        here && navMark(place),
      )}
    >
      {place !== "top" && icon}
      {children}
      {news && <NewsDot text={news} className={place === "top" ? "ml-1.5" : "ml-auto"} />}
    </Link>
  );
}

/** Every path is below the overview's own. */
export function isHere(path: string, href: NavHref): boolean {
  return path === href || (href !== "/" && path.startsWith(`${href}/`));
}

/** A dot for the eye, and its words for the ear. */
export function NewsDot({ text, className }: { text: string; className?: string }) {
  return (
    <span className={classNames("inline-flex", className)}>
      <span aria-hidden="true" className="size-2 rounded-full bg-accent" />
      <span className="sr-only">{text}</span>
    </span>
  );
}

export function navLook(place: Place): string {
  return looks[place];
}

export function navMark(place: Place): string {
  return marks[place];
}

const looks = {
  top: "relative flex h-14 items-center px-3 font-medium text-base max-md:px-2",
  bottom:
    "relative grid min-h-14 flex-1 place-content-center justify-items-center gap-0.5 font-medium text-xs",
  menu: "flex min-h-11 items-center gap-3 rounded-md px-3 font-medium text-base",
} as const;

/** Where the reader is: a line as well as a colour. */
const marks = {
  top: "after:absolute after:inset-x-3 after:-bottom-px after:h-0.5 after:bg-accent",
  bottom: "after:absolute after:inset-x-6 after:-top-px after:h-0.5 after:bg-accent",
  menu: "bg-accent-soft",
} as const;
