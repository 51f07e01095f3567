import type Stripe from "stripe";
import { html } from "@/lib/sandbox/page/html";
import { page, shownAmount } from "@/lib/sandbox/page/layout";
import { type PageLanguage, wordsOf } from "@/lib/sandbox/page/words";

/** What the customer's bank asks (3-D Secure), or the wallet: yes or no. */
export function questionPage(
  intent: Stripe.PaymentIntent | Stripe.SetupIntent,
  language: PageLanguage,
): string {
  const words = wordsOf(language);
  const isWallet = intent.next_action?.type === "alipay_handle_redirect";
  const amount =
    intent.object === "payment_intent" ? shownAmount(intent.amount, intent.currency, language) : null;
  const title = isWallet ? words.walletTitle : words.questionTitle;
  const asks = isWallet ? words.walletIntro : words.questionIntro;
  const body = html`<section class="panel center">
<h1>${title}</h1>
<p>${amount === null ? words.questionSetup : asks(amount)}</p>
<form method="post">
<button class="primary" name="answer" value="approve">${isWallet ? words.authorize : words.approve}</button>
<button class="plain" name="answer" value="fail">${isWallet ? words.refuse : words.fail}</button>
</form>
</section>`;
  return page({ language, title, backUrl: null, body });
}
