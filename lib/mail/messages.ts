import { createTranslator } from "next-intl";
import en from "./messages/en.json";
import zh from "./messages/zh.json";

const messages = { en, zh } as const satisfies Record<string, typeof en>;

type MailLocale = keyof typeof messages;

/** The words of mails in a person's language, or in English if we do not speak it. */
export function mailWords(locale: string) {
  const spoken: MailLocale = Object.hasOwn(messages, locale) ? (locale as MailLocale) : "en";
  return createTranslator<typeof en>({ locale: spoken, messages: messages[spoken] });
}
