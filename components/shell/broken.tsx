"use client";

import { useErrorTexts } from "@/components/shell/client-texts";
import { Button, buttonLook } from "@/components/ui/button";

export interface BrokenProps {
  error: Error & { digest?: string };
  retry: () => void;
}

/** A page that could not be made. Never the error's own words: only the reference under which the log has them. */
export function Broken({ error, retry }: BrokenProps) {
  const texts = useErrorTexts();
  if (!texts) return null;
  return (
    <div role="alert" className="grid max-w-prose justify-items-start gap-3 py-16">
      <h1 className="font-semibold text-2xl tracking-tight">{texts.title}</h1>
      <p className="text-ink-soft">{texts.body}</p>
      <div className="mt-2 flex flex-wrap gap-3">
        <Button kind="primary" onClick={retry}>
          {texts.again}
        </Button>
        <a href="/" className={buttonLook("secondary")}>
          {texts.home}
        </a>
      </div>
      {error.digest && (
        <p className="figures mt-4 text-ink-soft text-sm">
          {texts.reference} {error.digest}
        </p>
      )}
    </div>
  );
}
