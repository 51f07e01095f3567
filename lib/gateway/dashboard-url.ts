/** Where ids of each kind are shown in Stripe's Dashboard; any other is found by its search. */
const pages = new Map(
  Object.entries({
    ch: "payments/",
    cus: "customers/",
    dp: "disputes/",
    du: "disputes/",
    evt: "events/",
    pi: "payments/",
    po: "payouts/",
    py: "payments/",
  }),
);

/** Where Stripe's Dashboard shows an object; null for the local Stripe, which has none. */
export function dashboardUrl(id: string, of: { isLive: boolean; isLocal: boolean }): string | null {
  if (of.isLocal) return null;
  const base = `https://dashboard.stripe.com/${of.isLive ? "" : "test/"}`;
  const page = pages.get(id.split("_")[0] ?? "");
  return page ? `${base}${page}${encodeURIComponent(id)}` : `${base}search?query=${encodeURIComponent(id)}`;
}
