import { letterHtml, type NamedLink } from "./letter";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";

/** An invoice, and the address under which whoever gets the mail can pay it without signing in. */
export interface PayLinkLine {
  readonly number: string;
  readonly url: string;
}

/** What every mail of ours is made of: a few sentences, one main link, and sometimes another way. */
export interface Letter {
  readonly locale: string;
  /** `copies`: further addresses that the customer named for mails about invoices. */
  readonly recipient: { readonly name: string; readonly email: string; readonly copies?: readonly string[] };
  readonly host: { readonly name: string; readonly url: string };
  readonly subject: string;
  readonly intro: string;
  readonly link: NamedLink;
  readonly otherLink?: NamedLink;
  /** In the mail alone: the inbox is read by everybody who may see the account. */
  readonly payLinks?: readonly PayLinkLine[];
  readonly note: string;
}

/** A letter as a mail, plain text and the same as HTML: no pictures, nothing that tracks, readable in dark mode. */
export async function mailOf(letter: Letter): Promise<Mail> {
  const words = mailWords(letter.locale);
  const { email, copies = [] } = letter.recipient;
  const name = oneLine(letter.recipient.name);
  const subject = oneLine(letter.subject);
  const greeting = words("layout.greeting", { name });
  const from = words("layout.from", { host: letter.host.name, address: letter.host.url });
  const { intro, link, otherLink, note, payLinks = [] } = letter;
  const others = otherLink ? [otherLink] : [];
  const pay = payLinks.map(({ number, url }) => ({ label: words("layout.payLink", { number }), url }));
  const textWith = (links: readonly NamedLink[]) => {
    const lines = links.map(({ label, url }) => `${label}: ${url}\n\n`).join("");
    return `${greeting}\n\n${intro}\n\n${link.url}\n\n${lines}${note}\n\n-- \n${from}\n`;
  };
  return {
    to: { address: email, name },
    cc: copies.filter((address) => address !== email.toLowerCase()),
    subject,
    text: textWith([...others, ...pay]),
    inboxText: textWith(others),
    link: link.url,
    html: await letterHtml({
      language: letter.locale === "zh" ? "zh-Hans" : "en",
      subject,
      greeting,
      intro,
      link,
      furtherLinks: [...others, ...pay],
      note,
      copyLink: words("layout.copyLink"),
      from,
    }),
  };
}

/** A person's name is their own text: whatever it is, it stays words on one line. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
}
