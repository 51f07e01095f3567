"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useTransition } from "react";

interface FilterFormProps {
  action: string;
  className?: string;
  children: ReactNode;
}

/** A form that asks for an address, without what was left empty. The browser's own GET where scripts do not run. */
export function FilterForm({ action, className, children }: FilterFormProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();

  function goTo(data: FormData) {
    const wanted = new URLSearchParams();
    for (const [name, value] of data) {
      if (typeof value === "string" && value.trim() !== "") wanted.append(name, value.trim());
    }
    const query = wanted.toString();
    startTransition(() => router.push(query ? `${action}?${query}` : action, { scroll: false }));
  }

  return (
    <form
      action={action}
      method="get"
      aria-busy={pending}
      className={className}
      onSubmit={(event) => {
        event.preventDefault();
        goTo(new FormData(event.currentTarget));
      }}
    >
      {children}
    </form>
  );
}
