/**
 * The page on which a customer pays. For browser tests, by role and name (English; words.ts has the Chinese):
 *
 * - textboxes "Card number", "Expiry", "CVC"; button "Pay $12.30" (in a session that only saves: "Save card")
 * - links of the test cards, each named by its number in groups of four and what it does; choosing one fills the form
 * - links "Card", "Bank debit", "Alipay" choose the method, where the session offers them
 * - link "Link", where it is switched on: button "Pay with Link"
 * - buttons "Debit that succeeds later", "Debit that fails later"; button "Continue to Alipay"
 * - a decline is an alert on this same page; link "Back to shop" leads to the cancel_url
 * - the page of question-page.ts: buttons "Complete authentication", "Fail authentication", or for Alipay
 *   "Authorize test payment", "Fail test payment"
 * - the page of ended-page.ts: heading "This payment page has expired", "This has been paid", or "The bank debit is
 *   under way" with the buttons "Bank pays now", "Bank refuses now"; link "Return to shop"
 */
import type Stripe from "stripe";
import { delayedTypes } from "@/lib/sandbox/objects/payment-methods";
import { testCards } from "@/lib/sandbox/objects/test-cards";
import { type Html, html } from "@/lib/sandbox/page/html";
import { page, shownAmount } from "@/lib/sandbox/page/layout";
import { type PageLanguage, type Words, wordsOf } from "@/lib/sandbox/page/words";

export interface PayPage {
  session: Stripe.Checkout.Session;
  lines: readonly Stripe.LineItem[];
  description: string | null;
  keepsCard: boolean;
  language: PageLanguage;
  method: string;
  /** What the form holds already. */
  filled: { number: string; expiry: string; cvc: string };
  /** Why the last attempt did not succeed. */
  alert: string | null;
  debitDays: number;
}

export function payPage(view: PayPage): string {
  const { session, language } = view;
  const words = wordsOf(language);
  const isSetup = session.mode === "setup";
  const title = isSetup ? words.saveTitle : words.pay(totalOf(view));
  const body = html`
<section class="summary" aria-labelledby="title">
${isSetup ? html`<h1 id="title">${words.saveTitle}</h1><p>${words.saveIntro}</p>` : summary(view, words)}
</section>
<section class="panel" aria-label="${words.methods}">
${view.alert ? html`<p class="alert" role="alert">${view.alert}</p>` : null}
${methodLinks(view, words)}
${methodForm(view, words)}
</section>`;
  return page({ language, title, backUrl: session.cancel_url, body, width: "wide" });
}

function totalOf({ session, language }: PayPage): string {
  return shownAmount(session.amount_total ?? 0, session.currency ?? "usd", language);
}

function summary(view: PayPage, words: Words): Html {
  const { lines, language } = view;
  const line = (item: Stripe.LineItem) => html`<li>
<span class="what">${item.description ?? ""}${(item.quantity ?? 1) > 1 ? html` <small>${words.quantity(item.quantity ?? 1)}</small>` : null}</span>
<span class="amount">${shownAmount(item.amount_total, item.currency, language)}</span>
</li>`;
  return html`<h1 id="title" class="total">${totalOf(view)}</h1>
${view.description ? html`<p>${view.description}</p>` : null}
<ul class="lines">${lines.map(line)}</ul>
<p class="sum"><span>${words.total}</span><span class="amount">${totalOf(view)}</span></p>`;
}

function methodLinks({ session, method }: PayPage, words: Words): Html | null {
  const names: Record<string, string> = { card: words.card, alipay: words.alipay, link: "Link" };
  const types = session.payment_method_types;
  if (types.length < 2) return null;
  const link = (type: string) =>
    html`<a href="?method=${type}" ${type === method ? html`aria-current="page"` : null}>${names[type] ?? words.bankDebit}</a>`;
  return html`<nav class="methods" aria-label="${words.methods}">${types.map(link)}</nav>`;
}

function methodForm(view: PayPage, words: Words): Html {
  if (view.method === "alipay") {
    return html`<form method="post"><input type="hidden" name="method" value="alipay">
<p>${words.alipayIntro}</p>
<button class="primary">${words.continueToAlipay}</button></form>`;
  }
  if (view.method === "link") {
    return html`<form method="post"><input type="hidden" name="method" value="link">
<p>${words.linkIntro}</p>
<button class="primary">${words.payWithLink}</button></form>`;
  }
  if (delayedTypes.includes(view.method)) {
    return html`<form method="post"><input type="hidden" name="method" value="${view.method}">
<p>${words.debitIntro(view.debitDays)}</p>
<button class="primary" name="later" value="succeeds">${words.debitSucceeds}</button>
<button class="plain" name="later" value="fails">${words.debitFails}</button></form>`;
  }
  return cardForm(view, words);
}

function cardForm(view: PayPage, words: Words): Html {
  const { session, filled } = view;
  const isSetup = session.mode === "setup";
  return html`<form method="post" autocomplete="off" novalidate>
<input type="hidden" name="method" value="card">
<label for="number">${words.cardNumber}</label>
<input id="number" name="number" inputmode="numeric" autocomplete="cc-number" placeholder="4242 4242 4242 4242" required value="${filled.number}">
<div class="pair">
<div><label for="expiry">${words.expiry}</label>
<input id="expiry" name="expiry" inputmode="numeric" autocomplete="cc-exp" placeholder="${words.expiryHint}" required value="${filled.expiry}"></div>
<div><label for="cvc">${words.cvc}</label>
<input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc" placeholder="123" required value="${filled.cvc}"></div>
</div>
${view.keepsCard && !isSetup ? html`<p class="note">${words.keepsCard}</p>` : null}
<button class="primary">${isSetup ? words.saveCard : words.pay(totalOf(view))}</button>
</form>
${cardList(view, words)}`;
}

function cardList({ language }: PayPage, words: Words): Html {
  const item = (card: (typeof testCards)[number]) => html`<li>
<a href="?card=${card.number}" data-card="${grouped(card.number)}"><code>${grouped(card.number)}</code> <span>${card.name[language]}</span></a>
</li>`;
  return html`<section class="cards" aria-labelledby="cards-title">
<h2 id="cards-title">${words.testCards}</h2><p>${words.testCardsHint}</p>
<ul>${testCards.map(item)}</ul></section>`;
}

/** 4242424242424242 → 4242 4242 4242 4242; American Express has its own way. */
export function grouped(number: string): string {
  if (number.length === 15) return number.replace(/^(\d{4})(\d{6})(\d{5})$/, "$1 $2 $3");
  return number.replace(/(\d{4})(?=\d)/g, "$1 ");
}
