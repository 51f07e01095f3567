"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { Spinner } from "@/components/ui/spinner";

/** Reads the page again and again while something is on its way; it ends when the page no longer shows this. */
export function KeepLooking({ text, everyMs = 700 }: { text: string; everyMs?: number }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), everyMs);
    return () => clearInterval(timer);
  }, [router, everyMs]);
  return (
    <p role="status" className="flex items-center gap-3">
      <Spinner className="size-5 text-accent" />
      {text}
    </p>
  );
}
