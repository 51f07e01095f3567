"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

interface NavLinkProps {
  href: "/invoices" | "/balance" | "/services" | "/payment-methods" | "/inbox";
  /** Beside the name of the portal, or one of the phone's bar at the bottom. */
  place: "top" | "bottom";
  icon: ReactNode;
  children: ReactNode;
}

export function NavLink({ href, place, icon, children }: NavLinkProps) {
  const path = usePathname();
  const here = path === href || path.startsWith(`${href}/`);
  return (
    <Link
      href={href}
      aria-current={path === href ? "page" : here ? "true" : undefined}
      className={classNames(
        looks[place],
        here ? "text-accent" : "text-ink-soft hover:text-ink",
        here && marks[place],
      )}
    >
      {place === "bottom" && icon}
      {children}
    </Link>
  );
}

const looks = {
  top: "relative flex h-14 items-center px-3 font-medium text-base",
  bottom:
    "relative grid min-h-14 flex-1 place-content-center justify-items-center gap-0.5 font-medium text-xs",
} as const;

/** Where the reader is: a line as well as a colour. */
const marks = {
  top: "after:absolute after:inset-x-3 after:-bottom-px after:h-0.5 after:bg-accent",
  bottom: "after:absolute after:inset-x-6 after:-top-px after:h-0.5 after:bg-accent",
} as const;
