import type Stripe from "stripe";

/** Stripe's page in the customer's language where the portal speaks it too; a language is no reason to refuse money. */
export function checkoutLocale(locale: string): Stripe.Checkout.SessionCreateParams.Locale {
  const language = locale.split("-")[0];
  return language === "en" || language === "zh" ? language : "auto";
}
