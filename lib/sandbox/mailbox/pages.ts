import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isOwnHost } from "@/lib/sandbox/own-page";
import type { CaughtMail, MailStore } from "./caught-mails";
import { html, type Markup, paragraphs, raw } from "./markup";
import { style } from "./style";
import { wordsFor } from "./words";

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const styleHash = createHash("sha256").update(style).digest("base64");
const pagePolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
// A mail's own markup: no script, no picture from outside, an origin of its own; links open in a new window.
const mailSandbox = "allow-popups allow-popups-to-escape-sandbox";
const mailPolicy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox ${mailSandbox}`;

/** What the mailbox answers: `/` all mails, `/mails/ID` one, `/mails/ID/html` its own markup, `/mails.json` for programs. */
export function answerOf(store: MailStore, request: IncomingMessage, port: number): Answer {
  // Links to choose a new password are in these mails: a page elsewhere that only resolves to this machine gets none.
  if (!isOwnHost(request.headers.host, port)) return plain(403);
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405);
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  const language = request.headers["accept-language"];
  if (path === "/") return page(200, listPage(store, language));
  if (path === "/mails.json") return json(store.list());
  const [, id = "", part] = /^\/mails\/([0-9a-f-]{36})(\/html)?$/.exec(path) ?? [];
  const mail = store.find(id);
  if (mail === undefined) return page(404, missingPage(store.keep, language));
  if (part === undefined) return page(200, mailPage(mail, language));
  return mail.html === null ? page(404, missingPage(store.keep, language)) : ownMarkup(mail.html);
}

function listPage(store: MailStore, language: string | undefined): Markup {
  const { lang, words } = wordsFor(language);
  const mails = store.list();
  const rows = mails.map(
    (mail) => html`<li><a href="/mails/${mail.id}">
<span class="subject">${mail.subject || words.noSubject}</span>
<span class="to">${mail.to.join(", ")}</span>
<time datetime="${mail.receivedAt.toISOString()}">${instantText(mail.receivedAt, lang)}</time>
</a></li>`,
  );
  const list = mails.length === 0 ? html`<p class="empty">${words.empty}</p>` : html`<ul>${rows}</ul>`;
  return shell(
    lang,
    words.title,
    html`<header><h1>${words.title}</h1><a href="/">${words.refresh}</a></header>
<p class="about">${words.about.replace("{most}", String(store.keep))}</p>
${list}`,
  );
}

function mailPage(mail: CaughtMail, language: string | undefined): Markup {
  const { lang, words } = wordsFor(language);
  const subject = mail.subject || words.noSubject;
  const framed =
    mail.html === null
      ? html``
      : html`<h2>${words.html}</h2>
<iframe sandbox="${mailSandbox}" src="/mails/${mail.id}/html" title="${words.html}"></iframe>`;
  return shell(
    lang,
    subject,
    html`<nav><a href="/">${words.back}</a></nav>
<h1>${subject}</h1>
<dl>
<dt>${words.from}</dt><dd>${mail.from}</dd>
<dt>${words.to}</dt><dd>${mail.to.join(", ")}</dd>
<dt>${words.received}</dt><dd><time datetime="${mail.receivedAt.toISOString()}">${instantText(mail.receivedAt, lang)}</time></dd>
</dl>
<h2>${words.text}</h2>
<div class="text">${paragraphs(mail.text)}</div>
${framed}`,
  );
}

function missingPage(keep: number, language: string | undefined): Markup {
  const { lang, words } = wordsFor(language);
  return shell(
    lang,
    words.title,
    html`<nav><a href="/">${words.back}</a></nav><p class="empty">${words.notFound.replace("{most}", String(keep))}</p>`,
  );
}

function shell(lang: string, title: string, content: Markup): Markup {
  return html`<!doctype html>
<html lang="${lang}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${title}</title><style>${raw(style)}</style></head>
<body><main>
${content}
</main></body>
</html>
`;
}

function instantText(instant: Date, lang: string): string {
  return new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium" }).format(instant);
}

const always = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

function page(status: number, markup: Markup): Answer {
  return {
    status,
    headers: { ...always, "content-type": "text/html; charset=utf-8", "content-security-policy": pagePolicy },
    body: markup.text,
  };
}

function ownMarkup(body: string): Answer {
  return {
    status: 200,
    headers: { ...always, "content-type": "text/html; charset=utf-8", "content-security-policy": mailPolicy },
    body: body.replace(/<head[^>]*>/i, '$&<base target="_blank">'),
  };
}

function json(mails: readonly CaughtMail[]): Answer {
  const headers = { ...always, "content-type": "application/json; charset=utf-8" };
  return { status: 200, headers, body: JSON.stringify(mails) };
}

function plain(status: number): Answer {
  return { status, headers: { ...always, "content-type": "text/plain" }, body: "" };
}
