import { type Currency, isCurrency } from "@/lib/kernel/money";

export interface TopUpQuery {
  /** The invoice from which it was begun, by its number; the use case judges what it is. */
  invoiceNumber: string | null;
  /** An amount that is put at hand, as a person types it. */
  amount: string | null;
  currency: Currency | null;
}

/** From where it was begun, and what was asked for; what is not understood is left out. */
export function parseTopUpQuery(raw: Record<string, string | string[] | undefined>): TopUpQuery {
  const first = (name: string) => [raw[name] ?? ""].flat()[0] ?? "";
  const [number, amount, currency] = [first("invoice"), first("amount"), first("currency")];
  return {
    invoiceNumber: number !== "" && number.length <= 100 ? number : null,
    amount: /^\d{1,12}([.,]\d{1,3})?$/.test(amount) ? amount : null,
    currency: isCurrency(currency) ? currency : null,
  };
}

export function topUpHref({ invoiceNumber, amount, currency }: TopUpQuery): string {
  const params = new URLSearchParams();
  if (invoiceNumber) params.set("invoice", invoiceNumber);
  if (amount) params.set("amount", amount);
  if (currency) params.set("currency", currency);
  const query = params.toString();
  return query ? `/balance/top-up?${query}` : "/balance/top-up";
}
