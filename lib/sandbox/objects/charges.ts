import type Stripe from "stripe";
import { noSuch } from "@/lib/sandbox/http/api-error";
import { createdRange, listPage, pageParameters } from "@/lib/sandbox/http/list";
import { changedMetadata, metadata, type ParametersOf, text } from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { feeOf } from "@/lib/sandbox/objects/amounts";
import { book } from "@/lib/sandbox/objects/balance-transactions";
import type { Decline } from "@/lib/sandbox/objects/test-cards";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

interface Attempted {
  intent: Stripe.PaymentIntent;
  method: Stripe.PaymentMethod;
  authenticated: boolean;
  outcome: "succeeded" | "pending" | Decline;
}

/** The charge of one attempt: succeeded (with its fee booked), pending (a bank debit under way), or failed. */
export function newCharge(
  world: World,
  { intent, method, authenticated, outcome }: Attempted,
): Stripe.Charge {
  const decline = typeof outcome === "object" ? outcome : null;
  const id = newId(method.type === "card" ? "ch_" : "py_", 24);
  const charge = {
    id,
    object: "charge",
    amount: intent.amount,
    amount_captured: decline ? 0 : intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: method.type === "card" ? "LOCAL STRIPE" : null,
    captured: !decline,
    created: world.clock.nowSeconds(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(decline, outcome === "pending"),
    paid: !decline && outcome !== "pending",
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: detailsOf(method, intent.amount, authenticated),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: decline ? null : `${world.baseUrl}/c/receipt/${id}`,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: decline ? "failed" : outcome === "pending" ? "pending" : "succeeded",
    transfer_data: null,
    transfer_group: null,
  } satisfies Stripe.Charge;
  return arrived(world, charge, intent);
}

/** The end of a pending charge. */
export function endPendingCharge(
  world: World,
  charge: Stripe.Charge,
  decline: Decline | null,
): Stripe.Charge {
  const ended: Stripe.Charge = decline
    ? {
        ...charge,
        status: "failed",
        captured: false,
        amount_captured: 0,
        failure_code: decline.code,
        failure_message: decline.message,
        outcome: outcomeOf(decline, false),
        receipt_url: null,
      }
    : {
        ...charge,
        status: "succeeded",
        paid: true,
        outcome: outcomeOf(null, false),
      };
  return arrived(world, ended, world.store.get("payment_intent", String(charge.payment_intent)));
}

/** Puts and tells it. What came in moves the host's balance: at once, or some time after as the intent captures. */
function arrived(
  world: World,
  charge: Stripe.Charge,
  intent: Pick<Stripe.PaymentIntent, "capture_method"> | undefined,
): Stripe.Charge {
  const isIn = charge.status === "succeeded";
  const isAtOnce = world.balanceDelayMs === 0 || intent?.capture_method === "automatic";
  const put = world.store.put(
    "charge",
    isIn && isAtOnce ? { ...charge, balance_transaction: bookCharge(world, charge).id } : charge,
  );
  world.emit(`charge.${put.status}`, put);
  if (isIn && !isAtOnce) {
    const dueMs = world.clock.nowMs() + world.balanceDelayMs;
    world.plan({ kind: "book_charge", dueMs, charge: charge.id });
  }
  return put;
}

/** Its movement, if it has not moved the balance yet: asynchronous capture, a refund or a dispute brings it. */
export function settledCharge(world: World, id: string): Stripe.Charge | undefined {
  const before = world.store.get("charge", id);
  if (before?.status !== "succeeded" || before.balance_transaction !== null) return before;
  const after = world.store.put("charge", {
    ...before,
    balance_transaction: bookCharge(world, before).id,
  });
  world.emit("charge.updated", after, before);
  return after;
}

function bookCharge(world: World, charge: Stripe.Charge): Stripe.BalanceTransaction {
  return book(world, {
    type: charge.id.startsWith("py_") ? "payment" : "charge",
    reportingCategory: "charge",
    source: charge.id,
    amountMinor: charge.amount,
    fee: feeOf,
    currency: charge.currency,
    description: charge.description,
  });
}

function outcomeOf(decline: Decline | null, isPending: boolean): Stripe.Charge.Outcome {
  return {
    advice_code: decline?.advice ?? null,
    network_advice_code: decline?.network?.adviceCode ?? null,
    network_decline_code: decline?.network?.declineCode ?? null,
    network_status: decline?.isBlocked
      ? "not_sent_to_network"
      : decline
        ? "declined_by_network"
        : "approved_by_network",
    reason: decline?.isBlocked ? "highest_risk_level" : (decline?.declineCode ?? null),
    risk_level: decline?.isBlocked ? "highest" : "normal",
    risk_score: decline?.isBlocked ? 92 : 20,
    seller_message: decline?.isBlocked
      ? "Stripe blocked this payment as too risky."
      : decline
        ? "The bank did not return any further details with this decline."
        : isPending
          ? "The payment is pending."
          : "Payment complete.",
    type: decline?.isBlocked ? "blocked" : decline ? "issuer_declined" : "authorized",
  };
}

function detailsOf(
  method: Stripe.PaymentMethod,
  amountMinor: number,
  authenticated: boolean,
): Stripe.Charge.PaymentMethodDetails {
  if (method.card) return cardDetailsOf(method.card, amountMinor, authenticated);
  if (method.sepa_debit) {
    const { bank_code, branch_code, country, fingerprint, last4 } = method.sepa_debit;
    return {
      type: "sepa_debit",
      sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null },
    };
  }
  if (method.us_bank_account) {
    const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } =
      method.us_bank_account;
    const details = { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number };
    return { type: "us_bank_account", us_bank_account: { ...details, payment_reference: null } };
  }
  if (method.link) return { type: "link", link: { country: null } };
  return { type: "alipay", alipay: { buyer_id: "local", fingerprint: null, transaction_id: newId("", 24) } };
}

function cardDetailsOf(card: Stripe.PaymentMethod.Card, amountMinor: number, authenticated: boolean) {
  return {
    type: "card",
    card: {
      amount_authorized: amountMinor,
      authorization_code: "123456",
      brand: card.brand,
      checks: card.checks,
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      extended_authorization: { status: "disabled" },
      fingerprint: card.fingerprint ?? null,
      funding: card.funding,
      incremental_authorization: { status: "unavailable" },
      installments: null,
      last4: card.last4,
      mandate: null,
      multicapture: { status: "unavailable" },
      network: card.brand,
      network_token: { used: false },
      network_transaction_id: newId("", 15),
      overcapture: { maximum_amount_capturable: amountMinor, status: "unavailable" },
      regulated_status: card.regulated_status,
      three_d_secure: authenticated
        ? {
            authentication_flow: "challenge",
            electronic_commerce_indicator: "05",
            exemption_indicator: null,
            result: "authenticated",
            result_reason: null,
            transaction_id: newId("", 36),
            version: "2.2.0",
          }
        : null,
      transaction_link_id: null,
      wallet: walletOf(card),
    },
  } satisfies Stripe.Charge.PaymentMethodDetails;
}

function walletOf({
  wallet,
}: Stripe.PaymentMethod.Card): Stripe.Charge.PaymentMethodDetails.Card.Wallet | null {
  if (!wallet) return null;
  const type = wallet.type === "apple_pay" ? "apple_pay" : "google_pay";
  return { type, [type]: {}, dynamic_last4: wallet.dynamic_last4 };
}

export const chargeRoutes: readonly Route[] = [
  route("GET", "/v1/charges/:id", {}, (world, _given, id = "") => {
    const charge = world.store.get("charge", id);
    if (!charge) throw noSuch("charge", id);
    return charge;
  }),

  route(
    "POST",
    "/v1/charges/:id",
    { metadata: metadata(), description: text() } satisfies ParametersOf<Stripe.ChargeUpdateParams>,
    (world, given, id = "") => {
      const before = world.store.get("charge", id);
      if (!before) throw noSuch("charge", id);
      const description = given.description ?? before.description;
      const after = { ...before, description, metadata: changedMetadata(before.metadata, given.metadata) };
      world.store.put("charge", after);
      world.emit("charge.updated", after, before);
      return after;
    },
  ),

  route(
    "GET",
    "/v1/charges",
    {
      ...pageParameters,
      created: createdRange(),
      customer: text(),
      payment_intent: text(),
    } satisfies ParametersOf<Stripe.ChargeListParams>,
    (world, given) =>
      listPage(world, "charge", given, {
        url: "/v1/charges",
        by:
          given.payment_intent !== undefined
            ? { field: "payment_intent", value: given.payment_intent }
            : given.customer !== undefined
              ? { field: "customer", value: given.customer }
              : undefined,
        created: given.created,
        matches: (charge) => given.customer === undefined || charge.customer === given.customer,
      }),
  ),
];
