"use client";

import { X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";

interface Toast {
  id: number;
  sentence: string;
}

let current: Toast | null = null;
const listeners = new Set<() => void>();

function show(toast: Toast | null): void {
  current = toast;
  for (const changed of listeners) changed();
}

/** Says in one sentence what happened, where the page it happened on has gone. Refusals stay beside their button. */
export function toast(sentence: string): void {
  show({ id: (current?.id ?? 0) + 1, sentence });
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

const shownMs = 10_000;

/** The one place of toasts. It is there before they come, so that screen readers hear them. */
export function Toaster({ close }: { close: string }) {
  const shown = useSyncExternalStore(
    subscribe,
    () => current,
    () => null,
  );
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => show(null), shownMs);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-4 bottom-20 z-40 flex justify-center sm:bottom-6"
    >
      {shown && (
        <div className="pointer-events-auto flex max-w-lg items-start gap-3 rounded-lg bg-ink py-3 pr-2 pl-4 text-paper text-sm shadow-float">
          <p className="py-0.5">{shown.sentence}</p>
          <button type="button" aria-label={close} onClick={() => show(null)} className="rounded-sm p-1">
            <X aria-hidden="true" className="size-4" />
          </button>
        </div>
      )}
    </div>
  );
}
