import type Stripe from "stripe";
import { ApiError, invalidRequest, noSuch, noSuchInParameter } from "@/lib/sandbox/http/api-error";
import { listPage, pageParameters } from "@/lib/sandbox/http/list";
import {
  changedMetadata,
  group,
  integer,
  metadata,
  oneOf,
  type ParametersOf,
  required,
  text,
} from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { customerNamed } from "@/lib/sandbox/objects/customers";
import { type Decline, type TestCard, testCard, tokenCard } from "@/lib/sandbox/objects/test-cards";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

/** The kinds of payment method that the local Stripe has. */
export const methodTypes = ["card", "sepa_debit", "us_bank_account", "alipay", "link"] as const;
export type MethodType = (typeof methodTypes)[number];

/** Those that send the customer to another page, and can be used only while the customer is there. */
export const redirectTypes: readonly string[] = ["alipay"];
/** Those whose outcome is known days later only. */
export const delayedTypes: readonly string[] = ["sepa_debit", "us_bank_account"];

interface CardDetails {
  card: TestCard;
  expMonth: number;
  expYear: number;
  /** The wallet that it was paid from. */
  wallet?: Wallet;
}

export type Wallet = "apple_pay" | "google_pay";

/** A new card, not yet attached to a customer. */
export function newCard(
  world: World,
  { card, expMonth, expYear, wallet }: CardDetails,
  email: string | null = null,
) {
  const method = {
    ...commonFields(world, "card", email),
    card: {
      brand: card.brand,
      checks: {
        address_line1_check: null,
        address_postal_code_check: null,
        cvc_check: card.onCharge?.code === "incorrect_cvc" ? "fail" : "pass",
      },
      country: card.country,
      display_brand: card.brand === "amex" ? "american_express" : card.brand,
      exp_month: expMonth,
      exp_year: expYear,
      // The same card has the same fingerprint, whoever uses it.
      fingerprint: `local${card.number.slice(-11)}`,
      funding: "credit",
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: "unregulated",
      three_d_secure_usage: { supported: true },
      wallet: wallet ? { type: wallet, [wallet]: {}, dynamic_last4: card.number.slice(-4) } : null,
    },
  } satisfies Stripe.PaymentMethod;
  world.store.put("$instrument", { id: method.id, cardNumber: card.number, setUp: false, spent: false });
  return world.store.put("payment_method", method);
}

/** A new bank account or wallet. */
export function newOtherMethod(world: World, type: Exclude<MethodType, "card">, email: string | null = null) {
  const common = commonFields(world, type, email);
  const details = {
    alipay: { alipay: {} },
    link: { link: { email: email ?? "link@example.com" } },
    sepa_debit: {
      sepa_debit: {
        bank_code: "37040044",
        branch_code: "",
        country: "DE",
        fingerprint: "localsepa3000",
        generated_from: { charge: null, setup_attempt: null },
        last4: "3000",
      },
    },
    us_bank_account: {
      us_bank_account: {
        account_holder_type: "individual",
        account_type: "checking",
        bank_name: "STRIPE TEST BANK",
        financial_connections_account: null,
        fingerprint: "localbank6789",
        last4: "6789",
        networks: { preferred: "ach", supported: ["ach"] },
        routing_number: "110000000",
        status_details: {},
      },
    },
  } satisfies Record<typeof type, Partial<Stripe.PaymentMethod>>;
  const method = { ...common, ...details[type] } satisfies Stripe.PaymentMethod;
  world.store.put("$instrument", { id: method.id, cardNumber: null, setUp: true, spent: false });
  return world.store.put("payment_method", method);
}

function commonFields(world: World, type: MethodType, email: string | null) {
  const address = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
  return {
    id: newId("pm_", 24),
    object: "payment_method" as const,
    allow_redisplay: "unspecified" as const,
    billing_details: { address, email, name: null, phone: null, tax_id: null },
    created: world.clock.nowSeconds(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type,
  };
}

/** The card of a `pm_card_…` token, freshly made; the payment method itself otherwise. */
export function methodNamed(world: World, id: string, param = "payment_method"): Stripe.PaymentMethod {
  const card = tokenCard(id);
  if (card) return newCard(world, { card, ...laterYear(world) });
  const method = world.store.get("payment_method", id);
  if (!method) throw noSuchInParameter("PaymentMethod", id, param);
  return method;
}

/** An expiry that is well in the future of the virtual clock. */
export function laterYear(world: World) {
  return { expMonth: 12, expYear: new Date(world.clock.nowMs()).getUTCFullYear() + 4 };
}

/** The test card behind a payment method; null for bank accounts and wallets. */
export function cardOf(world: World, methodId: string): TestCard | null {
  const number = world.store.get("$instrument", methodId)?.cardNumber;
  return number ? (testCard(number) ?? null) : null;
}

/** Notes that the customer authenticated this method for use off session. */
export function noteSetUp(world: World, methodId: string): void {
  const instrument = world.store.get("$instrument", methodId);
  if (instrument) world.store.put("$instrument", { ...instrument, setUp: true });
}

/** Notes that an unattached method was used: it cannot be used again. */
export function noteSpent(world: World, methodId: string): void {
  const instrument = world.store.get("$instrument", methodId);
  if (instrument) world.store.put("$instrument", { ...instrument, spent: true });
}

/** Gives a method to a customer, if it is not theirs already. */
export function attach(
  world: World,
  method: Stripe.PaymentMethod,
  customer: string,
  allowRedisplay: "always" | "limited" | "unspecified" = "unspecified",
): Stripe.PaymentMethod {
  if (method.customer === customer) return method;
  const attached = world.store.put("payment_method", {
    ...method,
    customer,
    allow_redisplay: allowRedisplay,
  });
  world.emit("payment_method.attached", attached);
  return attached;
}

/** A decline as an error of the API. */
export function cardError(
  decline: Decline,
  more: Partial<ConstructorParameters<typeof ApiError>[1]> = {},
): ApiError {
  return new ApiError(402, {
    type: "card_error",
    code: decline.code,
    decline_code: decline.declineCode,
    ...adviceOf(decline),
    message: decline.message,
    ...more,
  });
}

/** What an error says of how to go on, where somebody said it. */
export function adviceOf({ advice, network }: Decline) {
  return {
    ...(advice ? { advice_code: advice } : {}),
    ...(network ? { network_decline_code: network.declineCode } : {}),
    ...(network?.adviceCode ? { network_advice_code: network.adviceCode } : {}),
  };
}

const methodType = required(oneOf(...methodTypes));
const billing = group({ email: text(), name: text(), phone: text() });

/** Of a card only its expiry can be changed, as at Stripe. */
const changes = {
  card: group({ exp_month: integer({ min: 1, max: 12 }), exp_year: integer() }),
  metadata: metadata(),
} satisfies ParametersOf<Stripe.PaymentMethodUpdateParams>;

export const paymentMethodRoutes: readonly Route[] = [
  route(
    "POST",
    "/v1/payment_methods",
    {
      type: methodType,
      card: group({ token: text(), number: text(), exp_month: integer(), exp_year: integer(), cvc: text() }),
      billing_details: billing,
      metadata: metadata(),
    } satisfies ParametersOf<Stripe.PaymentMethodCreateParams>,
    (world, given) => {
      const email = given.billing_details?.email ?? null;
      const made =
        given.type === "card"
          ? newCard(world, { card: cardGiven(given.card), ...laterYear(world) }, email)
          : newOtherMethod(world, given.type, email);
      return world.store.put("payment_method", { ...made, metadata: changedMetadata({}, given.metadata) });
    },
  ),

  route("GET", "/v1/payment_methods/:id", {}, (world, _given, id = "") => {
    const method = world.store.get("payment_method", id);
    if (!method) throw noSuch("PaymentMethod", id, "payment_method");
    return method;
  }),

  route("POST", "/v1/payment_methods/:id", changes, (world, given, id = "") => {
    const before = world.store.get("payment_method", id);
    if (!before) throw noSuch("PaymentMethod", id, "payment_method");
    if (!before.customer) {
      throw invalidRequest("You must save this PaymentMethod to a customer before you can update it.");
    }
    const card = before.card && {
      ...before.card,
      exp_month: given.card?.exp_month ?? before.card.exp_month,
      exp_year: given.card?.exp_year ?? before.card.exp_year,
    };
    const after = {
      ...before,
      ...(card && { card }),
      metadata: changedMetadata(before.metadata ?? {}, given.metadata),
    };
    world.store.put("payment_method", after);
    world.emit("payment_method.updated", after, before);
    return after;
  }),

  route(
    "GET",
    "/v1/payment_methods",
    { ...pageParameters, customer: text(), type: text() },
    (world, given) => {
      if (given.customer === undefined)
        throw invalidRequest("Missing required param: customer.", { param: "customer" });
      customerNamed(world, given.customer);
      return listPage(world, "payment_method", given, {
        url: "/v1/payment_methods",
        by: { field: "customer", value: given.customer },
        matches: (method) => given.type === undefined || method.type === given.type,
      });
    },
  ),

  route(
    "POST",
    "/v1/payment_methods/:id/attach",
    { customer: required(text()) } satisfies ParametersOf<Stripe.PaymentMethodAttachParams>,
    (world, given, id = "") => {
      const customer = customerNamed(world, given.customer);
      const method = methodNamed(world, id);
      refuseSpent(world, method);
      if (method.customer && method.customer !== customer.id) {
        throw invalidRequest("The payment method you provided has already been attached to a customer.");
      }
      const decline = cardOf(world, method.id)?.onAttach;
      if (decline) throw cardError(decline);
      return attach(world, method, customer.id);
    },
  ),

  route("POST", "/v1/payment_methods/:id/detach", {}, (world, _given, id = "") => {
    const method = world.store.get("payment_method", id);
    if (!method) throw noSuch("PaymentMethod", id, "payment_method");
    if (!method.customer) {
      const message =
        "The payment method you provided is not attached to a customer so detachment is impossible.";
      throw invalidRequest(message);
    }
    const detached = world.store.put("payment_method", { ...method, customer: null });
    noteSpent(world, id);
    world.emit("payment_method.detached", detached, method);
    return detached;
  }),
];

/** Refuses a method that was detached, or used once without a customer: with a sentence, but no code, as Stripe does. */
export function refuseSpent(world: World, method: Stripe.PaymentMethod): void {
  if (method.customer || !world.store.get("$instrument", method.id)?.spent) return;
  throw invalidRequest(
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a " +
      "connected account without Customer attachment, or was detached from a Customer. It may not be used again. To " +
      "use a PaymentMethod multiple times, you must attach it to a Customer first.",
  );
}

function cardGiven(given: { token?: string | undefined; number?: string | undefined } | undefined): TestCard {
  if (given?.number !== undefined) {
    throw new ApiError(402, {
      type: "invalid_request_error",
      message:
        "Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens " +
        "that map to the test card you are using.",
    });
  }
  const token = given?.token;
  const card = token ? tokenCard(token.replace(/^tok_/, "pm_card_")) : undefined;
  if (!card) throw noSuchInParameter("token", token ?? "", "card[token]");
  return card;
}
