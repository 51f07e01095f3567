import { invalidRequest } from "@/lib/sandbox/http/api-error";
import { type MethodType, methodTypes } from "@/lib/sandbox/objects/payment-methods";

/** The currencies that the other methods can be used in; cards take them all. */
const currenciesOf: Readonly<Record<Exclude<MethodType, "card">, readonly string[]>> = {
  sepa_debit: ["eur"],
  us_bank_account: ["usd"],
  alipay: ["aud", "cad", "cny", "eur", "gbp", "hkd", "jpy", "myr", "nzd", "sgd", "usd"],
};

/** Reads `allowed_payment_method_types`; a type that the local Stripe does not have is refused. */
export function allowedTypes(given: readonly string[] | undefined): readonly MethodType[] | null {
  if (given === undefined) return null;
  return given.map((type, at) => {
    const known = methodTypes.find((each) => each === type);
    if (known) return known;
    throw invalidRequest(
      `Invalid allowed_payment_method_types[${at}]: the local Stripe has ${methodTypes.join(", ")}; got ${type}.`,
      { param: `allowed_payment_method_types[${at}]` },
    );
  });
}

/** What the customer may pay with: what is allowed, less what does not fit the currency, as Stripe filters it. */
export function offeredTypes(currency: string, allowed: readonly MethodType[] | null): string[] {
  return (allowed ?? methodTypes).filter((type) => type === "card" || currenciesOf[type].includes(currency));
}
