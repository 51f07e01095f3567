import { createTranslator } from "next-intl";
import en from "@/app/messages/en.json";
import { isLocale, type Locale } from "@/app/messages/locale";
import zh from "@/app/messages/zh.json";
import { context } from "@/lib/auth/context";
import type { PaperGiven } from "@/lib/paper/shapes";
import type { Words } from "@/lib/paper/words";

const messages = { en, zh } as const satisfies Record<Locale, typeof en>;

/** What papers are written with: the words of the customer's language, not of who asks for them, and the host's name. */
export function paperGiven(): PaperGiven {
  return { hostName: context().settings.hostName, wordsOf: paperWords };
}

export function paperWords(locale: string): Words {
  const spoken = isLocale(locale) ? locale : "en";
  const t = createTranslator<typeof en>({ locale: spoken, messages: messages[spoken] });
  // A movement of a reason that is newer than the messages is a correction, as on the balance's page.
  return (key, values) => {
    const known = key as Parameters<typeof t.has>[0];
    return key.startsWith("movement.") && !t.has(known) ? t("movement.other") : t(known, values as never);
  };
}
