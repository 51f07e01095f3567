"use client";

import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { type DemoChoice, DemoLogins } from "@/components/sign-in/demo-logins";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

interface SignInFormProps {
  /** Which door this is. */
  section?: "portal" | "admin";
  /** Where to go then: a path of this site, checked by the page. */
  callbackPath: string;
  texts: { email: string; password: string; submit: string };
  answers: AnswerTexts;
  demo: DemoChoice | null;
  /** Other ways on from here. */
  children: ReactNode;
}

/** Signs in with next-auth's two requests, as its own client does in many times the script. */
export function SignInForm(props: SignInFormProps) {
  const { section = "portal", callbackPath, texts, answers, demo, children } = props;
  const [pending, setPending] = useState(false);
  const [sentence, setSentence] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);

  function fill(email: string, password: string) {
    for (const [name, value] of Object.entries({ email, password })) {
      const input = form.current?.elements.namedItem(name);
      if (input instanceof HTMLInputElement) input.value = value;
    }
    form.current?.requestSubmit();
  }

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const fields = new FormData(event.currentTarget);
    setPending(true);
    setSentence(null);
    try {
      const refusal = await signIn({
        email: String(fields.get("email")),
        password: String(fields.get("password")),
        section,
      });
      if (refusal === null) {
        // A whole page load: nothing that was shown signed out stays in the browser.
        window.location.assign(callbackPath);
        return;
      }
      setSentence(sentenceOf(refusal, answers));
    } catch {
      setSentence(answers.lost);
    }
    setPending(false);
  }

  return (
    // A POST, so that a form sent before this script runs puts no password into an address.
    <form
      ref={form}
      method="post"
      action="/api/auth/callback/credentials"
      onSubmit={submit}
      className="grid gap-4"
    >
      <Field id="email" label={texts.email}>
        {(control) => (
          <Input
            {...control}
            name="email"
            type="email"
            autoComplete="username"
            maxLength={254}
            required
            autoFocus
          />
        )}
      </Field>
      <Field id="password" label={texts.password}>
        {(control) => (
          <Input {...control} name="password" type="password" autoComplete="current-password" required />
        )}
      </Field>
      {sentence && (
        <Callout tone="bad" role="alert">
          <p>{sentence}</p>
        </Callout>
      )}
      <Button type="submit" kind="primary" size="large" pending={pending} className="w-full">
        {texts.submit}
      </Button>
      {children}
      {demo && <DemoLogins {...demo} onChoose={fill} />}
    </form>
  );
}

interface Refused {
  code: string;
  retryAfterSeconds?: number;
  id?: string;
}

/** Null when signed in. */
async function signIn(given: { email: string; password: string; section: string }): Promise<Refused | null> {
  const { csrfToken } = (await (await fetch("/api/auth/csrf")).json()) as { csrfToken: string };
  const body = new URLSearchParams({ ...given, csrfToken, callbackUrl: "/", json: "true" });
  const answer = await fetch("/api/auth/callback/credentials", { method: "POST", body });
  const { url, ...refusal } = (await answer.json()) as { url?: string; code?: string; address?: string };
  if (refusal.code !== undefined) return { ...refusal, code: refusal.code };
  const [code, detail] = (new URL(url ?? "", window.location.href).searchParams.get("error") ?? "").split(
    ":",
  );
  if (answer.ok && !code) return null;
  if (code === "too_many_attempts") return { code, retryAfterSeconds: Number(detail) };
  return { code: code || "fault", id: detail };
}
