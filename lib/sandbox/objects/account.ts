import type Stripe from "stripe";
import { type Route, route } from "@/lib/sandbox/http/route";
import { asOfNow } from "@/lib/sandbox/objects/balance-transactions";
import type { World } from "@/lib/sandbox/world";

/** The host's own account, as far as the local Stripe has one. */
function accountOf(world: World): Stripe.Account {
  return {
    id: world.accountId,
    object: "account",
    charges_enabled: true,
    country: "US",
    created: world.clock.nowSeconds(),
    default_currency: world.settlesIn[0],
    details_submitted: true,
    email: null,
    payouts_enabled: true,
    type: "standard",
  } satisfies Stripe.Account;
}

/** What lies there: in the currencies that it settles in, and in those where something moved. */
function balanceOf(world: World): Stripe.Balance {
  const sums = new Map<string, Record<"available" | "pending", number>>(
    world.settlesIn.map((currency) => [currency, { available: 0, pending: 0 }]),
  );
  for (const each of world.store.table("balance_transaction").oldestFirst()) {
    const sum = sums.get(each.currency) ?? { available: 0, pending: 0 };
    sum[asOfNow(world, each).status === "available" ? "available" : "pending"] += each.net;
    sums.set(each.currency, sum);
  }
  const of = (which: "available" | "pending") =>
    [...sums].map(([currency, sum]) => ({
      amount: sum[which],
      currency,
      source_types: { card: sum[which] },
    }));
  return {
    object: "balance",
    available: of("available"),
    livemode: false,
    pending: of("pending"),
  } satisfies Stripe.Balance;
}

export const accountRoutes: readonly Route[] = [
  route("GET", "/v1/account", {}, accountOf),
  route("GET", "/v1/balance", {}, balanceOf),
];
