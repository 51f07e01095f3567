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
  readonly link: { readonly label: string; readonly url: string };
  readonly otherLink?: { readonly label: string; readonly url: string };
  /** In the mail alone: the inbox is read by everybody who may see the account. */
  readonly payLinks?: readonly PayLinkLine[];
  readonly note: string;
}

/** A letter as a mail, plain text and the same as HTML: no pictures, nothing that tracks, readable in dark mode. */
export function mailOf(letter: Letter): Mail {
  const words = mailWords(letter.locale);
  const { email, copies = [] } = letter.recipient;
  const name = oneLine(letter.recipient.name);
  const greeting = words("layout.greeting", { name });
  const from = words("layout.from", { host: letter.host.name, address: letter.host.url });
  const { intro, link, otherLink, note } = letter;
  const other = otherLink ? `${otherLink.label}: ${otherLink.url}\n\n` : "";
  const pay = payLinesOf(letter)
    .map(({ words, url }) => `${words}: ${url}\n\n`)
    .join("");
  const textWith = (links: string) =>
    `${greeting}\n\n${intro}\n\n${link.url}\n\n${other}${links}${note}\n\n-- \n${from}\n`;
  return {
    to: { address: email, name },
    cc: copies.filter((address) => address !== email.toLowerCase()),
    subject: oneLine(letter.subject),
    text: textWith(pay),
    inboxText: textWith(""),
    link: link.url,
    html: htmlOf({ ...letter, greeting, from, copyLink: words("layout.copyLink") }),
  };
}

function payLinesOf({ locale, payLinks = [] }: Letter): { words: string; url: string }[] {
  const words = mailWords(locale);
  return payLinks.map(({ number, url }) => ({ words: words("layout.payLink", { number }), url }));
}

function htmlOf(parts: Letter & { greeting: string; from: string; copyLink: string }): string {
  const { locale, subject, greeting, intro, link, otherLink, note, copyLink, from } = parts;
  const url = escapeHtml(link.url);
  const button =
    "display:inline-block;padding:12px 20px;border-radius:6px;background:#1f4fd1;color:#ffffff;text-decoration:none;font-weight:600";
  const pay = payLinesOf(parts)
    .map(({ words, url }) => `\n<p><a href="${escapeHtml(url)}">${escapeHtml(words)}</a></p>`)
    .join("");
  const other = otherLink
    ? `\n<p><a href="${escapeHtml(otherLink.url)}">${escapeHtml(otherLink.label)}</a></p>`
    : "";
  const small = "font-size:13px;line-height:1.5;opacity:.75";
  return `<!doctype html>
<html lang="${locale === "zh" ? "zh-Hans" : "en"}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="max-width:560px;margin:0 auto">
<p>${escapeHtml(greeting)}</p>
<p>${escapeHtml(intro)}</p>
<p><a href="${url}" style="${button}">${escapeHtml(link.label)}</a></p>${other}${pay}
<p style="white-space:pre-line">${escapeHtml(note)}</p>
<p style="${small}">${escapeHtml(copyLink)}<br><a href="${url}">${url}</a></p>
<p style="${small}">${escapeHtml(from)}</p>
</div>
</body>
</html>
`;
}

/** A person's name is their own text: whatever it is, it stays words on one line. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
