"use client";

import { useRouter } from "next/navigation";
import { useOptimistic, useSyncExternalStore, useTransition } from "react";
import { Radio } from "@/components/ui/choice";

const yearSeconds = 365 * 24 * 60 * 60;

function remember(cookie: string, value: string): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in every browser that we serve.
  document.cookie = `${cookie}=${value}; path=/; max-age=${yearSeconds}; samesite=lax${secure}`;
}

interface ChoiceProps {
  legend: string;
  cookie: string;
  options: { value: string; label: string; lang?: string }[];
}

/** Light, dark, or as the system has it. Takes effect at once; the server reads the cookie for the next page. */
export function ThemeChoice({ legend, cookie, options }: ChoiceProps) {
  const theme = useSyncExternalStore(
    watchTheme,
    () => document.documentElement.dataset.theme ?? "system",
    () => null,
  );
  function choose(value: string) {
    document.documentElement.dataset.theme = value;
    remember(cookie, value);
  }
  return <Choices name="theme" legend={legend} options={options} chosen={theme} onChoose={choose} />;
}

export function LanguageChoice({ legend, cookie, options, current }: ChoiceProps & { current: string }) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [chosen, showChosen] = useOptimistic(current);
  function choose(value: string) {
    remember(cookie, value);
    startTransition(() => {
      // The mark moves at once; the words follow when the server has sent them.
      showChosen(value);
      router.refresh();
    });
  }
  return (
    <div aria-busy={pending}>
      <Choices name="language" legend={legend} options={options} chosen={chosen} onChoose={choose} />
    </div>
  );
}

function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}

interface ChoicesProps extends Omit<ChoiceProps, "cookie"> {
  name: string;
  chosen: string | null;
  onChoose: (value: string) => void;
}

function Choices({ name, legend, options, chosen, onChoose }: ChoicesProps) {
  return (
    <fieldset className="px-4 py-3">
      <legend className="caption float-left mb-1 w-full">{legend}</legend>
      {options.map(({ value, label, lang }) => (
        <label key={value} className="clear-both flex min-h-8 cursor-pointer items-center gap-2.5">
          <Radio name={name} value={value} checked={chosen === value} onChange={() => onChoose(value)} />
          <span lang={lang}>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
