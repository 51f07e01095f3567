import { getTranslations } from "next-intl/server";

/** As they write themselves; any other is Stripe's name with capitals. */
const brands: Record<string, string> = {
  blik: "BLIK",
  cashapp: "Cash App Pay",
  eps: "EPS",
  fpx: "FPX",
  grabpay: "GrabPay",
  ideal: "iDEAL",
  mobilepay: "MobilePay",
  p24: "Przelewy24",
  paynow: "PayNow",
  paypal: "PayPal",
  paypay: "PayPay",
  promptpay: "PromptPay",
  twint: "TWINT",
  upi: "UPI",
};

/** What Stripe's page offers, in one line. */
export async function methodsLine(methods: readonly string[]): Promise<string> {
  const t = await getTranslations("methods");
  const own: Record<string, string> = {
    card: t("card"),
    alipay: t("alipay"),
    wechat_pay: t("wechat_pay"),
  };
  const named = methods.map((method) => own[method] ?? methodName(method));
  return t("line", { methods: named.join(t("separator")) });
}

/** A method's own name, as Stripe's page has it. */
export function methodName(method: string): string {
  return brands[method] ?? capitals(method);
}

function capitals(method: string): string {
  return method.replace(/(^|_)([a-z])/g, (_, gap, letter) => `${gap && " "}${letter.toUpperCase()}`);
}
