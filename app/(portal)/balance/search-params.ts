import { type Currency, isCurrency } from "@/lib/kernel/money";

export interface BalanceQuery {
  currency: Currency | null;
  cursor: string | null;
}

/** Which currency's movements, and from where on; what is not understood is left out. */
export function parseBalanceQuery(raw: Record<string, string | string[] | undefined>): BalanceQuery {
  const currency = [raw.currency ?? ""].flat()[0] ?? "";
  const cursor = [raw.cursor ?? ""].flat()[0] ?? "";
  return { currency: isCurrency(currency) ? currency : null, cursor: cursor || null };
}

export function balanceHref({ currency, cursor }: BalanceQuery): string {
  const params = new URLSearchParams();
  if (currency) params.set("currency", currency);
  if (cursor) params.set("cursor", cursor);
  const query = params.toString();
  return query ? `/balance?${query}` : "/balance";
}
