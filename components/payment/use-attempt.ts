"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { PaymentId } from "@/lib/kernel/id";

/**
 * The payment's id as this panel holds on to it: after a lost connection it stays, so that trying again is the same
 * payment. After a refusal that attempt is over: the page is read anew, and brings the next id with it.
 */
export function useAttempt(paymentId: PaymentId) {
  const router = useRouter();
  const [held, setHeld] = useState(paymentId);
  const [isOver, setOver] = useState(false);
  if (isOver && held !== paymentId) {
    setHeld(paymentId);
    setOver(false);
  }
  function renew() {
    setOver(true);
    router.refresh();
  }
  return { id: held, renew };
}

/** Whether the browser is on its way to another page; a page that the back button brings back as it was left is not. */
export function useLeaving() {
  const router = useRouter();
  const state = useState(false);
  const [, setLeaving] = state;
  useEffect(() => {
    function comeBack(event: PageTransitionEvent) {
      if (!event.persisted) return;
      setLeaving(false);
      router.refresh();
    }
    window.addEventListener("pageshow", comeBack);
    return () => window.removeEventListener("pageshow", comeBack);
  }, [router]);
  return state;
}
