import type { StaffWorld } from "./world";

/** An id of Stripe's, and where its Dashboard shows it; no address with the local Stripe. */
export interface StripeRef {
  id: string;
  url: string | null;
}

export function stripeRef({ gateway }: Pick<StaffWorld, "gateway">, id: string): StripeRef {
  return { id, url: gateway.dashboardUrl(id) };
}
