"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";

interface SignOutButtonProps {
  text: string;
  failed: string;
  /** The door that one came in by. */
  door?: "/sign-in" | "/admin/sign-in";
}

/** Ends the session with next-auth's two requests; its own client would be the largest script of every page. */
export function SignOutButton({ text, failed, door = "/sign-in" }: SignOutButtonProps) {
  const [state, setState] = useState<"idle" | "pending" | "failed">("idle");

  async function signOut() {
    setState("pending");
    try {
      const { csrfToken } = (await (await fetch("/api/auth/csrf")).json()) as { csrfToken: string };
      const body = new URLSearchParams({ csrfToken, callbackUrl: "/sign-in", json: "true" });
      const answer = await fetch("/api/auth/signout", { method: "POST", body });
      if (!answer.ok) throw new Error("signing out was refused");
      // A whole page load: nothing that this page knew stays in the browser.
      window.location.assign(door);
    } catch {
      setState("failed");
    }
  }

  return (
    <>
      <Button
        kind="quiet"
        pending={state === "pending"}
        onClick={signOut}
        className="w-full justify-start px-2"
      >
        {text}
      </Button>
      {state === "failed" && (
        <p role="alert" className="px-2 py-1 text-bad text-sm">
          {failed}
        </p>
      )}
    </>
  );
}
