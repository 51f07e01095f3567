import { invalidRequest } from "@/lib/sandbox/http/api-error";
import { type MethodType, methodTypes } from "@/lib/sandbox/objects/payment-methods";
import type { World } from "@/lib/sandbox/world";

/** The currencies that the other methods can be used in; cards and Link take them all. */
const currenciesOf: Readonly<Record<Exclude<MethodType, "card" | "link">, readonly string[]>> = {
  sepa_debit: ["eur"],
  us_bank_account: ["usd"],
  alipay: ["aud", "cad", "cny", "eur", "gbp", "hkd", "jpy", "myr", "nzd", "sgd", "usd"],
};

/** Stripe's other types: named as allowed they are taken, and not offered, as Stripe does with what the account lacks. */
const otherTypes = new Set(
  (
    "acss_debit affirm afterpay_clearpay alma amazon_pay au_becs_debit bacs_debit bancontact billie bizum blik boleto " +
    "cashapp crypto customer_balance eps fpx giropay grabpay ideal kakao_pay klarna konbini kr_card mb_way " +
    "mobilepay multibanco naver_pay nz_bank_account oxxo p24 pay_by_bank payco paynow paypal paypay payto pix promptpay " +
    "revolut_pay samsung_pay satispay scalapay sequra sofort sunbit swish twint upi wechat_pay zip"
  ).split(" "),
);

/** Reads `allowed_payment_method_types`: a filter on what is there. What no version of Stripe has is refused. */
export function allowedTypes(given: readonly string[] | undefined): readonly MethodType[] | null {
  if (given === undefined) return null;
  return given.flatMap((type, at) => {
    const known = methodTypes.find((each) => each === type);
    if (known) return [known];
    if (otherTypes.has(type)) return [];
    throw invalidRequest(
      `Invalid allowed_payment_method_types[${at}]: ${type} is no type of payment method.`,
      {
        param: `allowed_payment_method_types[${at}]`,
      },
    );
  });
}

/**
 * What the customer may pay with: what is allowed and switched on in the Dashboard, less what does not fit the currency, as
 * Stripe filters it.
 */
export function offeredTypes(
  { dashboard }: World,
  currency: string,
  allowed: readonly MethodType[] | null,
): string[] {
  return (allowed ?? methodTypes).filter((type) => {
    if (type === "card") return true;
    if (!dashboard.methods.includes(type)) return false;
    return type === "link" || currenciesOf[type].includes(currency);
  });
}
