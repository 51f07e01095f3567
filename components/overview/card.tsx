import type { ReactNode } from "react";
import { TextLink } from "@/components/ui/text-link";

interface CardProps {
  id: string;
  title: string;
  more: { href: string; text: string };
  children: ReactNode;
}

/** One thing that a customer wants to know, and where there is more of it. */
export function Card({ id, title, more, children }: CardProps) {
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col rounded-lg border bg-surface p-5 sm:p-6">
      <div className="flex items-baseline justify-between gap-4 pb-2">
        <h2 id={id} className="caption">
          {title}
        </h2>
        <TextLink href={more.href} className="whitespace-nowrap text-sm">
          {more.text}
        </TextLink>
      </div>
      {children}
    </section>
  );
}
