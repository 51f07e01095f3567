import type { ReactNode } from "react";
import { PortalFrame } from "@/app/(portal)/portal-frame";
import { currentUser, customerOf } from "@/lib/auth/current";

/** The frame only: each page asks by itself who is there, and sends the signed-out away. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  if (!user) return children;
  return (
    <PortalFrame user={user} actor={await customerOf(user)}>
      {children}
    </PortalFrame>
  );
}
