"use client";

import { useEffect } from "react";
import { keepText, keptText, restoreText } from "@/components/shell/kept-text";
import { toast } from "@/components/ui/toast";

/** What Next says of an action that the build of now does not have: the page is of the build before. */
const unknownAction = "x-nextjs-action-not-found";
/** A page that was just loaded and still asks for such an action is not mended by loading it again. */
const againAfterMs = 10_000;

/**
 * A page that was left open over an upgrade knows only actions that are gone. It is loaded again, with what was typed, and
 * says so: nothing was done. Once for all forms and buttons, by what they all ask with.
 */
export function AfterUpgrade({ text }: { text: string }) {
  useEffect(() => {
    const fetched = window.fetch;
    const loadedAt = Date.now();
    let isLeaving = false;
    window.fetch = async (...asked) => {
      const answer = await fetched(...asked);
      if (answer.headers.get(unknownAction) !== "1" || isLeaving || Date.now() - loadedAt < againAfterMs)
        return answer;
      isLeaving = true;
      keepText(document, sessionStorage);
      location.reload();
      // Nobody is told "try again" in the moment before the page goes.
      return new Promise(() => {});
    };
    return () => {
      window.fetch = fetched;
    };
  }, []);

  useEffect(() => {
    const kept = keptText(location.pathname, sessionStorage);
    if (kept === null) return;
    toast(text);
    // What React has yet to take over would lose what is put into it.
    const put = () => setTimeout(() => restoreText(document, kept), 200);
    if (document.readyState === "complete") put();
    else window.addEventListener("load", put, { once: true });
  }, [text]);
  return null;
}
