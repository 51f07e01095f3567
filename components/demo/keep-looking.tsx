"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { Spinner } from "@/components/ui/spinner";

const everyMs = 700;

/** Reads the page again and again while something is on its way; it ends when the page no longer shows this. */
export function KeepLooking({ text }: { text: string }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), everyMs);
    return () => clearInterval(timer);
  }, [router]);
  return (
    <p role="status" className="flex items-center gap-3">
      <Spinner className="size-5 text-accent" />
      {text}
    </p>
  );
}
