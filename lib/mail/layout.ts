import { formatMoney, type Money } from "@/lib/kernel/money";
import { type LetterRow, letterHtml, type NamedLink } from "./letter";
import type { Attachment, Mail } from "./mailer";
import { mailWords } from "./messages";

/** The address under which whoever gets the mail pays what it names in one currency, without signing in. */
export interface PayLinkLine {
  readonly amount: Money;
  readonly url: string;
  /** In a copy: it pays by card alone. */
  readonly copyUrl: string;
  /** The balance covers it, and the link of the mail itself may use it. */
  readonly isFromBalance: boolean;
}

/** What every mail of ours is made of: a few sentences, one main link, and sometimes another way. */
export interface Letter {
  readonly locale: string;
  /** `copies`: further addresses that the customer named for mails about invoices. */
  readonly recipient: { readonly name: string; readonly email: string; readonly copies?: readonly string[] };
  readonly host: { readonly name: string; readonly url: string };
  readonly subject: string;
  readonly intro: string;
  /** What it is about, one line each. */
  readonly rows?: readonly LetterRow[];
  /** A page of the portal: the main link, unless there is something to pay. */
  readonly link: NamedLink;
  readonly otherLink?: NamedLink;
  /** The button, in the mail alone: the inbox is read by everybody who may see the account. */
  readonly payLinks?: readonly PayLinkLine[];
  readonly note: string;
  /** For copies, where the note speaks of the balance. */
  readonly copyNote?: string;
  readonly attachments?: readonly Attachment[];
}

/** A letter as a mail, plain text and the same as HTML: no pictures, nothing that tracks, readable in dark mode. */
export async function mailOf(letter: Letter): Promise<Mail> {
  const { email, copies = [] } = letter.recipient;
  const name = oneLine(letter.recipient.name);
  const addresses = [...new Set(copies.map((address) => address.toLowerCase()))].filter(
    (address) => address !== email.toLowerCase(),
  );
  const own = await written(letter, "own");
  const copy = addresses.length > 0 ? await written(letter, "copy") : null;
  return {
    to: { address: email, name },
    subject: oneLine(letter.subject),
    text: own.text,
    html: own.html,
    inboxText: (await written(letter, "inbox")).text,
    link: letter.link.url,
    ...(letter.attachments && { attachments: letter.attachments }),
    ...(copy && { copies: { addresses, ...copy } }),
  };
}

/** In the mail itself, in a copy of it, and in the portal's inbox. */
async function written(
  letter: Letter,
  where: "own" | "copy" | "inbox",
): Promise<{ text: string; html: string }> {
  const words = mailWords(letter.locale);
  const { intro, rows = [], link, otherLink, payLinks = [] } = letter;
  const pay = where === "inbox" ? [] : payLinks.map((line) => buttonOf(letter.locale, line, where));
  const [button = link, ...morePay] = pay;
  const small = [...morePay, ...(otherLink ? [otherLink] : []), ...(pay.length > 0 ? [link] : [])];
  const note = where === "copy" ? (letter.copyNote ?? letter.note) : letter.note;
  const greeting = words("layout.greeting", { name: oneLine(letter.recipient.name) });
  const from = words("layout.from", { host: letter.host.name, address: letter.host.url });
  const copyLink = words("layout.copyLink");
  const lines = [
    greeting,
    intro,
    ...(rows.length > 0 ? [rows.map(textOf).join("\n\n")] : []),
    pay.length > 0 ? `${button.label}: ${button.url}` : button.url,
    ...small.map(({ label, url }) => `${label}: ${url}`),
    note,
  ];
  return {
    text: `${lines.filter((line) => line !== "").join("\n\n")}\n\n-- \n${from}\n`,
    html: await letterHtml({
      language: letter.locale === "zh" ? "zh-Hans" : "en",
      subject: oneLine(letter.subject),
      greeting,
      intro,
      rows,
      link: button,
      furtherLinks: small,
      note,
      copyLink,
      from,
    }),
  };
}

/** In plain text; a service without an amount is named alone. */
function textOf({ title, amount, detail }: LetterRow): string {
  const head = amount === "" ? title : `${title}: ${amount}`;
  return `${head}\n${detail}`.trimEnd();
}

function buttonOf(
  locale: string,
  { amount, url, copyUrl, isFromBalance }: PayLinkLine,
  where: "own" | "copy",
): NamedLink {
  const facts = { amount: formatMoney(amount, locale) };
  if (where === "copy") return { label: mailWords(locale)("layout.pay", facts), url: copyUrl };
  return { label: mailWords(locale)(isFromBalance ? "layout.payFromBalance" : "layout.pay", facts), url };
}

/** A person's name is their own text: whatever it is, it stays words on one line. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
}
