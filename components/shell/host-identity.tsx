"use client";

import { createContext, type ReactNode, useContext } from "react";

interface Host {
  name: string;
  logoUrl: string | null;
}

const Identity = createContext<Host | null>(null);

/** Says to the frames of all pages what the host is called and where its logo is. */
export function HostIdentity({ host, children }: { host: Host; children: ReactNode }) {
  return <Identity value={host}>{children}</Identity>;
}

/** The host's name as its settings have it. */
export function HostName({ fallback }: { fallback: string }) {
  return useContext(Identity)?.name ?? fallback;
}

/** The host's logo, or the portal's own mark while there is none. */
export function HostLogo({ mark }: { mark: ReactNode }) {
  const logoUrl = useContext(Identity)?.logoUrl;
  if (!logoUrl) return mark;
  // The name stands beside it. Small, and kept by the browser: there is nothing to optimize.
  // biome-ignore lint/performance/noImgElement: next/image would fetch it through another route.
  return <img src={logoUrl} alt="" className="h-6 max-w-32 object-contain" />;
}
