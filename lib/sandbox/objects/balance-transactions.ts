import type Stripe from "stripe";
import { noSuch } from "@/lib/sandbox/http/api-error";
import { createdRange, listPage, pageParameters } from "@/lib/sandbox/http/list";
import { type ParametersOf, text } from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { converted, exchangeRate, settlementCurrency } from "@/lib/sandbox/objects/settlement";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

interface Movement {
  type: Stripe.BalanceTransaction.Type;
  reportingCategory: string;
  source: string;
  /** In the currency of what moved; it is converted into the one that this settles in. */
  amountMinor: number;
  currency: string;
  /** What Stripe keeps, of the amount that is settled and in its currency. */
  fee?: (settledMinor: number, settlementCurrency: string) => number;
  description: string | null;
}

const twoDays = 2 * 86_400;

/** Books a movement of the host's balance at Stripe, in the currency that it settles in, at the rate of the day. */
export function book(world: World, movement: Movement): Stripe.BalanceTransaction {
  const currency = settlementCurrency(world.settlesIn, movement.currency);
  const day = Math.floor(world.clock.nowMs() / 86_400_000);
  const amountMinor = converted(movement.amountMinor, movement.currency, currency, day);
  const feeMinor = movement.fee?.(amountMinor, currency) ?? 0;
  const now = world.clock.nowSeconds();
  const comesIn = movement.type === "charge" || movement.type === "payment";
  return world.store.put("balance_transaction", {
    id: newId("txn_", 24),
    object: "balance_transaction",
    amount: amountMinor,
    available_on: comesIn ? now + twoDays : now,
    balance_type: "payments",
    created: now,
    currency,
    description: movement.description,
    exchange_rate: exchangeRate(movement.amountMinor, movement.currency, amountMinor, currency),
    fee: feeMinor,
    fee_details:
      feeMinor === 0
        ? []
        : [
            {
              amount: feeMinor,
              application: null,
              currency,
              description: movement.type === "adjustment" ? "Dispute fee" : "Stripe processing fees",
              type: "stripe_fee",
            },
          ],
    net: amountMinor - feeMinor,
    reporting_category: movement.reportingCategory,
    source: movement.source,
    status: comesIn ? "pending" : "available",
    type: movement.type,
  } satisfies Stripe.BalanceTransaction);
}

/** Money becomes available by itself as time passes; nothing announces it. */
export function asOfNow(world: World, transaction: Stripe.BalanceTransaction): Stripe.BalanceTransaction {
  const isAvailable = transaction.available_on <= world.clock.nowSeconds();
  return isAvailable && transaction.status === "pending"
    ? { ...transaction, status: "available" }
    : transaction;
}

export const balanceTransactionRoutes: readonly Route[] = [
  route("GET", "/v1/balance_transactions/:id", {}, (world, _given, id = "") => {
    const transaction = world.store.get("balance_transaction", id);
    if (!transaction) throw noSuch("balance transaction", id);
    return asOfNow(world, transaction);
  }),

  route(
    "GET",
    "/v1/balance_transactions",
    {
      ...pageParameters,
      created: createdRange(),
      currency: text(),
      payout: text(),
      source: text(),
      type: text(),
    } satisfies ParametersOf<Stripe.BalanceTransactionListParams>,
    (world, given) => {
      const page = listPage(world, "balance_transaction", given, {
        url: "/v1/balance_transactions",
        by: given.source === undefined ? undefined : { field: "source", value: given.source },
        created: given.created,
        matches: (transaction) =>
          (given.currency === undefined || transaction.currency === given.currency.toLowerCase()) &&
          (given.type === undefined || transaction.type === given.type) &&
          (given.payout === undefined ||
            world.store.get("$payout_of", transaction.id)?.payout === given.payout),
      });
      return { ...page, data: page.data.map((transaction) => asOfNow(world, transaction)) };
    },
  ),
];
