"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Spinner } from "@/components/ui/spinner";

interface Words {
  title: string;
  body: string;
}

/** When the page says that it need not be waited for. */
const longMs = 30_000;
/** Nobody looks at it any more; the mail will tell. */
const giveUpMs = 15 * 60_000;

/** Reads the page again and again until the payment's outcome is known: each time the server asks Stripe. */
export function Confirming({ first, long }: { first: Words; long: Words }) {
  const router = useRouter();
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const startedAt = performance.now();
    let timer: ReturnType<typeof setTimeout>;
    function look() {
      const waitedMs = performance.now() - startedAt;
      setLong(waitedMs >= longMs);
      if (waitedMs > giveUpMs) return;
      router.refresh();
      // Often at first, when somebody waits; then less and less.
      timer = setTimeout(look, Math.min(15_000, 1500 + waitedMs / 8));
    }
    timer = setTimeout(look, 1200);
    return () => clearTimeout(timer);
  }, [router]);
  const words = isLong ? long : first;
  return (
    <>
      <h1 className="flex items-center gap-3 font-semibold text-2xl tracking-tight">
        <Spinner className="size-5 text-accent" />
        {words.title}
      </h1>
      <p className="text-ink-soft">{words.body}</p>
    </>
  );
}
