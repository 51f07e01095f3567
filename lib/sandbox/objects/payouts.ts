import type Stripe from "stripe";
import { noSuch } from "@/lib/sandbox/http/api-error";
import { createdRange, listPage, pageParameters } from "@/lib/sandbox/http/list";
import { oneOf, type ParametersOf } from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { asOfNow, book } from "@/lib/sandbox/objects/balance-transactions";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

/**
 * Pays everything that is available in a currency to the host's bank; null when nothing is. One that fails was paid
 * first, as at Stripe, and its money comes back.
 */
export function payOut(world: World, currency: string, outcome: "paid" | "failed"): Stripe.Payout | null {
  const parts = [...world.store.table("balance_transaction").oldestFirst()].filter(
    (part) =>
      part.currency === currency &&
      asOfNow(world, part).status === "available" &&
      !part.type.startsWith("payout") &&
      !world.store.get("$payout_of", part.id),
  );
  const amount = parts.reduce((sum, part) => sum + part.net, 0);
  if (amount <= 0) return null;
  const id = newId("po_", 24);
  const transaction = bookPayout(world, { type: "payout", id, amountMinor: -amount, currency });
  for (const part of [...parts, transaction]) world.store.put("$payout_of", { id: part.id, payout: id });
  const now = world.clock.nowSeconds();
  const payout = {
    id,
    object: "payout",
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: now,
    automatic: true,
    balance_transaction: transaction.id,
    created: now,
    currency,
    description: "STRIPE PAYOUT",
    destination: "ba_local",
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: {},
    method: "standard",
    original_payout: null,
    payout_method: null,
    reconciliation_status: "completed",
    reversed_by: null,
    source_type: "card",
    statement_descriptor: null,
    status: "in_transit",
    trace_id: null,
    type: "bank_account",
  } satisfies Stripe.Payout;
  world.store.put("payout", payout);
  world.emit("payout.created", payout);
  const paid = world.store.put("payout", { ...payout, status: "paid" });
  world.emit("payout.paid", paid);
  world.emit("payout.reconciliation_completed", paid);
  return outcome === "paid" ? paid : failPayout(world, paid);
}

function failPayout(world: World, payout: Stripe.Payout): Stripe.Payout {
  const { id, amount, currency } = payout;
  const back = bookPayout(world, { type: "payout_failure", id, amountMinor: amount, currency });
  const failed = world.store.put("payout", {
    ...payout,
    status: "failed",
    failure_balance_transaction: back.id,
    failure_code: "account_closed",
    failure_message: "The bank account has been closed.",
  });
  // Its parts wait for the next payout again.
  for (const part of [...world.store.table("$payout_of").oldestFirst()]) {
    if (part.payout === id && part.id !== payout.balance_transaction)
      world.store.delete("$payout_of", part.id);
  }
  world.emit("payout.failed", failed, payout);
  return failed;
}

interface PayoutMovement {
  type: "payout" | "payout_failure";
  id: string;
  amountMinor: number;
  currency: string;
}

function bookPayout(world: World, { type, id, amountMinor, currency }: PayoutMovement) {
  const reportingCategory = type === "payout" ? "payout" : "payout_reversal";
  return book(world, {
    type,
    reportingCategory,
    source: id,
    amountMinor,
    currency,
    description: "STRIPE PAYOUT",
  });
}

export const payoutRoutes: readonly Route[] = [
  route("GET", "/v1/payouts/:id", {}, (world, _given, id = "") => {
    const payout = world.store.get("payout", id);
    if (!payout) throw noSuch("payout", id, "payout");
    return payout;
  }),

  route(
    "GET",
    "/v1/payouts",
    {
      ...pageParameters,
      created: createdRange(),
      status: oneOf("pending", "paid", "failed", "canceled", "in_transit"),
    } satisfies ParametersOf<Stripe.PayoutListParams>,
    (world, given) =>
      listPage(world, "payout", given, {
        url: "/v1/payouts",
        created: given.created,
        matches: (payout) => given.status === undefined || payout.status === given.status,
      }),
  ),
];
