import en from "@/app/messages/en.json";
import { isLocale, type Locale } from "@/app/messages/locale";
import zh from "@/app/messages/zh.json";
import { context } from "@/lib/auth/context";
import type { PaperGiven } from "@/lib/paper/shapes";
import type { PaperMessages } from "@/lib/paper/words";

const messages = { en, zh } as const satisfies Record<Locale, typeof en>;

/** What papers are written with: the words of the customer's language, not of who asks for them, and the host's name. */
export function paperGiven(): PaperGiven {
  return { hostName: context().settings.hostName, messagesOf: paperMessages };
}

export function paperMessages(locale: string): PaperMessages {
  const { paper, movement, status } = messages[isLocale(locale) ? locale : "en"];
  return { paper, movement, status };
}
