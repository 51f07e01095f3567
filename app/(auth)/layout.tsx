import type { ReactNode } from "react";
import { PlainShell } from "@/components/shell/plain-shell";
import { Preferences } from "@/components/shell/preferences";
import { UserMenu } from "@/components/shell/user-menu";
import { context } from "@/lib/auth/context";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <PlainShell
      hostName={context().settings.hostName}
      menu={<UserMenu user={null} preferences={<Preferences />} />}
    >
      <div className="mx-auto grid w-full max-w-sm gap-6 pt-8 sm:pt-16">{children}</div>
    </PlainShell>
  );
}
