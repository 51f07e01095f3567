import { decimal } from "@/lib/sandbox/objects/amounts";
import { type Html, html } from "@/lib/sandbox/page/html";
import { type PageLanguage, wordsOf } from "@/lib/sandbox/page/words";

interface Layout {
  language: PageLanguage;
  title: string;
  /** Where "Back to shop" leads; null leaves it out. */
  backUrl: string | null;
  body: Html;
  /** `wide` has two columns on large screens. */
  width?: "wide" | "narrow";
}

/** The frame of every hosted page. */
export function page({ language, title, backUrl, body, width = "narrow" }: Layout): string {
  const words = wordsOf(language);
  const document = html`<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · ${words.name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/c/style.css">
</head>
<body class="${width}">
<header>
${backUrl ? html`<a class="back" href="${backUrl}"><span aria-hidden="true">←</span> ${words.back}</a>` : html`<span></span>`}
<p class="test"><strong>${words.testMode}</strong> <span>${words.testNote}</span></p>
</header>
<main>${body}</main>
<footer><p>${words.name}</p></footer>
<script src="/c/fill-in.js" defer></script>
</body>
</html>`;
  return document.text;
}

/** An amount for people, made from its exact digits. */
export function shownAmount(amountMinor: number, currency: string, language: PageLanguage): string {
  const format = new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en", {
    style: "currency",
    currency: currency.toUpperCase(),
  });
  return format.format(decimal(amountMinor, currency) as Intl.StringNumericLiteral);
}
