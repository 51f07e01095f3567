import type Stripe from "stripe";
import { html } from "@/lib/sandbox/page/html";
import { page, shownAmount } from "@/lib/sandbox/page/layout";
import { type PageLanguage, wordsOf } from "@/lib/sandbox/page/words";
import { successUrl } from "@/lib/sandbox/pay-session";

/** What a session shows that can no longer be paid: expired, paid, or waiting for a bank. */
export function endedPage(session: Stripe.Checkout.Session, language: PageLanguage): string {
  const words = wordsOf(language);
  if (session.status === "expired") {
    return notice(language, words.expiredTitle, words.expiredIntro, session.cancel_url);
  }
  if (session.payment_status !== "unpaid") {
    const title = session.mode === "setup" ? words.savedTitle : words.paidTitle;
    return notice(language, title, words.paidIntro, successUrl(session));
  }
  const body = html`<section class="panel center">
<h1>${words.underWayTitle}</h1>
<p>${words.underWayIntro}</p>
<form method="post" action="/c/settle/${session.id}">
<button class="primary" name="outcome" value="succeeds">${words.endSucceeds}</button>
<button class="plain" name="outcome" value="fails">${words.endFails}</button>
</form>
<p><a href="${successUrl(session) ?? "#"}">${words.toShop}</a></p>
</section>`;
  return page({ language, title: words.underWayTitle, backUrl: null, body });
}

/** An address that belongs to nothing. */
export function unknownPage(language: PageLanguage): string {
  const words = wordsOf(language);
  return notice(language, words.unknownTitle, words.unknownIntro, null);
}

/** The receipt that a charge's `receipt_url` leads to. */
export function receiptPage(charge: Stripe.Charge, language: PageLanguage): string {
  const words = wordsOf(language);
  const amount = shownAmount(charge.amount, charge.currency, language);
  return notice(
    language,
    words.receiptTitle,
    [amount, charge.description, charge.id].filter(Boolean).join(" · "),
    null,
  );
}

function notice(language: PageLanguage, title: string, intro: string, url: string | null): string {
  const body = html`<section class="panel center">
<h1>${title}</h1>
<p>${intro}</p>
${url ? html`<p><a class="primary" href="${url}">${wordsOf(language).toShop}</a></p>` : null}
</section>`;
  return page({ language, title, backUrl: null, body });
}
