import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isOwnHost } from "@/lib/sandbox/own-page";
import type { CaughtFile, CaughtMail, MailStore } from "./caught-mails";
import { html, type Markup, paragraphs, raw } from "./markup";
import { style } from "./style";
import { type MailboxWords, wordsFor } from "./words";

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;
}

const styleHash = createHash("sha256").update(style).digest("base64");
const pagePolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
// A mail's own markup: no script, no picture from outside, an origin of its own; links open in a new window.
const mailSandbox = "allow-popups allow-popups-to-escape-sandbox";
const mailPolicy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox ${mailSandbox}`;

// A file that anybody may have sent: nothing in it runs or loads. A viewer of PDF may be a plugin to the browser.
const filePolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const pdfPolicy = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * What the mailbox answers: `/` all mails, `/mails/ID` one, `/mails/ID/html` its own markup, `/mails/ID/files/0` its first
 * file, `/mails.json` for programs.
 */
export async function answerOf(store: MailStore, request: IncomingMessage, port: number): Promise<Answer> {
  // Links to choose a new password are in these mails: a page elsewhere that only resolves to this machine gets none.
  if (!isOwnHost(request.headers.host, port)) return plain(403);
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405);
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  const language = request.headers["accept-language"];
  if (path === "/") return page(200, listPage(store, language));
  if (path === "/mails.json") return json(store.list());
  const [, id = "", part, place] = /^\/mails\/([0-9a-f-]{36})(\/html|\/files\/(\d{1,3}))?$/.exec(path) ?? [];
  const mail = store.find(id);
  if (mail !== undefined && part === undefined) return page(200, mailPage(mail, language));
  if (mail?.html && part === "/html") return ownMarkup(mail.html);
  const file = place === undefined ? undefined : mail?.files[Number(place)];
  const content = mail && file && (await store.fileOf(mail.id, Number(place)));
  if (file && content) return ownFile(file, content);
  return page(404, missingPage(store.keep, language));
}

function listPage(store: MailStore, language: string | undefined): Markup {
  const { lang, words } = wordsFor(language);
  const mails = store.list();
  const rows = mails.map(
    (mail) => html`<li><a href="/mails/${mail.id}">
<span class="subject">${mail.subject || words.noSubject}</span>
<span class="to">${mail.to.join(", ")}</span>
<span class="when">${filesMark(mail, words)}<time datetime="${mail.receivedAt.toISOString()}">${instantText(mail.receivedAt, lang)}</time></span>
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
${filesOf(mail, lang, words)}
<h2>${words.text}</h2>
<div class="text">${paragraphs(mail.text)}</div>
${framed}`,
  );
}

/** In the list: how many files came with it. */
function filesMark({ files }: CaughtMail, words: MailboxWords): Markup {
  if (files.length === 0) return html``;
  const said = files.length === 1 ? words.oneFile : words.someFiles.replace("{count}", String(files.length));
  return html`<span class="files">${said}</span> `;
}

/** The files that came with it, each a link that opens it. */
function filesOf({ id, files }: CaughtMail, lang: string, words: MailboxWords): Markup {
  if (files.length === 0) return html``;
  const rows = files.map(
    ({ name, bytes }, at) =>
      html`<li><a href="/mails/${id}/files/${String(at)}" target="_blank" rel="noreferrer noopener">${name || words.noName}</a> <span class="files">${sizeText(bytes, lang)}</span></li>`,
  );
  return html`<h2>${words.files}</h2>
<ul class="attached">${rows}</ul>`;
}

/** In kB as a file manager counts them; what is smaller, in bytes. */
function sizeText(bytes: number, lang: string): string {
  const [value, unit] = bytes < 1000 ? [bytes, "byte"] : [bytes / 1000, "kilobyte"];
  const format = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(lang, format).format(value);
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

/** A PDF is shown, whatever else it may be is saved: nothing is ever markup of this origin. */
function ownFile({ name }: CaughtFile, body: Buffer): Answer {
  const isPdf = body.subarray(0, 5).toString("latin1") === "%PDF-";
  // By way of UTF-8, so that half a surrogate is a replacement sign.
  const saved = Buffer.from(name.replaceAll(/[\\/\p{Cc}]/gu, "_")).toString();
  const quoted = encodeURIComponent(saved).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return {
    status: 200,
    headers: {
      ...always,
      "content-type": isPdf ? "application/pdf" : "application/octet-stream",
      "content-disposition": `${isPdf ? "inline" : "attachment"}; filename*=UTF-8''${quoted || "file"}`,
      "content-security-policy": isPdf ? pdfPolicy : filePolicy,
    },
    body,
  };
}

function json(mails: readonly CaughtMail[]): Answer {
  const headers = { ...always, "content-type": "application/json; charset=utf-8" };
  return { status: 200, headers, body: JSON.stringify(mails) };
}

function plain(status: number): Answer {
  return { status, headers: { ...always, "content-type": "text/plain" }, body: "" };
}
