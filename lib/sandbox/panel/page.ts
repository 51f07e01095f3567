import { createHash } from "node:crypto";
import { html, type Markup, raw } from "../mailbox/markup";
import type { KnownService } from "./receive-event";
import type { Arrival, PanelState } from "./state";
import { style } from "./style";
import { type PanelWords, wordsFor } from "./words";

const styleHash = createHash("sha256").update(style).digest("base64");
export const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;

/** The panel's only page, in the browser's language. */
export function pageOf(state: PanelState, acceptLanguage: string | undefined): string {
  const { lang, words } = wordsFor(acceptLanguage);
  const at = (instant: Date) => timeOf(instant, lang);
  return html`<!doctype html>
<html lang="${lang}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${words.title}</title><style>${raw(style)}</style></head>
<body><main>
<header><h1>${words.title}</h1><a href="/">${words.refresh}</a></header>
<p class="quiet">${words.about}</p>
${switchOf(state, words)}
<h2>${words.services}</h2>
${servicesOf(state, words, at)}
<h2>${words.arrivals}</h2>
${arrivalsOf(state.arrivals, words, at)}
</main></body>
</html>
`.text;
}

function switchOf({ isDown }: PanelState, words: PanelWords): Markup {
  const [look, says, act, does] = isDown
    ? (["down", words.isDown, "/up", words.beUp] as const)
    : (["up", words.isUp, "/down", words.beDown] as const);
  return html`<section class="switch ${look}">
<p>${says}</p>
<form method="post" action="${act}"><button>${does}</button></form>
</section>`;
}

const shapes = { running: "●", stopped: "◐", removed: "○" } as const;

function servicesOf(
  { services, startedAt }: PanelState,
  words: PanelWords,
  at: (instant: Date) => Markup,
): Markup {
  const [before = "", after = ""] = words.since.split("{at}");
  const since = html`<p class="quiet">${before}${at(startedAt)}${after}</p>`;
  if (services.size === 0) return html`${since}<p class="empty">${words.noService}</p>`;
  const known = [...services.values()].sort((a, b) => b.knownAt.getTime() - a.knownAt.getTime());
  const row = ({ label, customer, plan, standing, knownAt }: KnownService) => html`<tr>
<td><b>${label}</b><span class="quiet">${plan}</span></td>
<td>${customer}</td>
<td class="${standing}"><span aria-hidden="true">${shapes[standing]}</span> ${words[standing]}</td>
<td class="quiet">${at(knownAt)}</td>
</tr>`;
  return html`${since}<table class="services">
<thead><tr><th>${words.service}</th><th>${words.customer}</th><th>${words.standing}</th><th>${words.knownAt}</th></tr></thead>
<tbody>${known.map(row)}</tbody>
</table>`;
}

function arrivalsOf(arrivals: readonly Arrival[], words: PanelWords, at: (instant: Date) => Markup): Markup {
  if (arrivals.length === 0) return html`<p class="empty">${words.noArrival}</p>`;
  const row = ({ at: cameAt, became, event }: Arrival) => html`<tr>
<td>${event ? html`<code>${event.type}</code><span class="quiet">${event.data.label ?? event.data.number ?? ""}</span>` : "–"}</td>
<td class="${event ? "" : "failed"}">${words[became]}</td>
<td class="quiet">${at(cameAt)}</td>
</tr>`;
  return html`<table class="events">
<thead><tr><th>${words.event}</th><th>${words.became}</th><th>${words.cameAt}</th></tr></thead>
<tbody>${arrivals.map(row)}</tbody>
</table>`;
}

function timeOf(instant: Date, lang: string): Markup {
  const text = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" }).format(instant);
  return html`<time datetime="${instant.toISOString()}">${text}</time>`;
}
