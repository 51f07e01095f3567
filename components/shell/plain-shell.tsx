import type { ReactNode } from "react";
import { HostLogo, HostName } from "@/components/shell/host-identity";
import { Mark } from "@/components/shell/mark";
import { SkipLink } from "@/components/shell/portal-shell";

interface PlainShellProps {
  hostName: string;
  menu: ReactNode;
  children: ReactNode;
}

/** The frame of pages that stand alone: signing in, coming back from paying, nothing found. */
export function PlainShell({ hostName, menu, children }: PlainShellProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink />
      <header className="page flex h-14 items-center justify-between gap-4 sm:h-18">
        <p className="flex min-w-0 items-center gap-2.5 font-semibold">
          <HostLogo mark={<Mark className="size-6" />} />
          <span className="truncate">
            <HostName fallback={hostName} />
          </span>
        </p>
        {menu}
      </header>
      <main id="content" tabIndex={-1} className="page flex flex-1 flex-col pb-16 outline-none">
        {children}
      </main>
    </div>
  );
}
