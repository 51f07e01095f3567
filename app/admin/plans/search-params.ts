import type { PriceWish } from "@/lib/admin/plan-price";

/** The price that the address asks about; null while it asks about none. */
export function priceWishOf(planKey: string, raw: Record<string, unknown>): PriceWish | null {
  const text = (name: string) => (typeof raw[name] === "string" ? (raw[name] as string) : "");
  const price = text("price");
  if (price === "") return null;
  return { planKey, currency: text("currency"), price, from: text("from") };
}
