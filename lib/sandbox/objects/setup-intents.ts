import type Stripe from "stripe";
import { type ApiError, invalidRequest, noSuch } from "@/lib/sandbox/http/api-error";
import { createdRange, listPage, pageParameters } from "@/lib/sandbox/http/list";
import {
  changedMetadata,
  flag,
  list,
  metadata,
  oneOf,
  type ParametersOf,
  pageUrl,
  text,
} from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { followSetupIntent } from "@/lib/sandbox/objects/checkout-outcome";
import { customerNamed } from "@/lib/sandbox/objects/customers";
import {
  adviceOf,
  attach,
  cardError,
  cardOf,
  methodNamed,
  noteSetUp,
  refuseSpent,
} from "@/lib/sandbox/objects/payment-methods";
import type { Decline } from "@/lib/sandbox/objects/test-cards";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

const notAuthenticated: Decline = {
  code: "setup_intent_authentication_failure",
  declineCode: "",
  message:
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
  advice: "try_again_later",
};

interface NewSetup {
  customer: string | null;
  description: string | null;
  metadata: Record<string, string>;
  usage: "off_session" | "on_session";
}

/** A new SetupIntent, not yet confirmed. Only cards are set up here. */
export function newSetupIntent(world: World, made: NewSetup): Stripe.SetupIntent {
  const id = newId("seti_", 24);
  const intent = {
    id,
    object: "setup_intent",
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: { allow_redirects: "always", enabled: true },
    cancellation_reason: null,
    client_secret: `${id}_secret_${newId("", 25)}`,
    created: world.clock.nowSeconds(),
    customer: made.customer,
    customer_account: null,
    description: made.description,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: made.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ["card"],
    single_use_mandate: null,
    status: "requires_payment_method",
    usage: made.usage,
  } satisfies Stripe.SetupIntent;
  world.store.put("setup_intent", intent);
  world.emit("setup_intent.created", intent);
  return intent;
}

export interface SetupAttempt {
  intent: Stripe.SetupIntent;
  declined: ApiError | null;
}

/** One attempt to set a card up: it is checked, and authenticated by the customer if it asks for that. */
export function confirmSetupIntent(
  world: World,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  returnUrl: string | null,
): SetupAttempt {
  const card = cardOf(world, method.id);
  if (card?.onAttach) return decline(world, intent, method, card.onAttach);
  if (!card?.authentication) return succeed(world, intent, method);
  world.store.put("$attempt", { id: intent.id, paymentMethod: method.id, returnUrl });
  const waiting = changed(world, intent, {
    status: "requires_action",
    payment_method: method.id,
    next_action: {
      type: "redirect_to_url",
      redirect_to_url: { return_url: returnUrl, url: `${world.baseUrl}/c/authenticate/${intent.id}` },
    },
  });
  return { intent: waiting, declined: null };
}

/** The customer's answer to the 3-D Secure page. */
export function answerSetupIntent(
  world: World,
  intent: Stripe.SetupIntent,
  answer: "approve" | "fail",
): SetupAttempt {
  const attempt = world.store.get("$attempt", intent.id);
  const method = attempt && world.store.get("payment_method", attempt.paymentMethod);
  if (intent.status !== "requires_action" || !method) {
    throw invalidRequest("This SetupIntent does not wait for the customer.", {
      code: "setup_intent_unexpected_state",
    });
  }
  world.store.delete("$attempt", intent.id);
  return answer === "approve"
    ? succeed(world, intent, method)
    : decline(world, intent, method, notAuthenticated);
}

function succeed(world: World, intent: Stripe.SetupIntent, method: Stripe.PaymentMethod): SetupAttempt {
  noteSetUp(world, method.id);
  if (intent.customer) attach(world, method, String(intent.customer), "limited");
  const patch = { status: "succeeded", payment_method: method.id, next_action: null, last_setup_error: null };
  return { intent: changed(world, intent, patch), declined: null };
}

function decline(
  world: World,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  reason: Decline,
): SetupAttempt {
  const error: Stripe.SetupIntent.LastSetupError = {
    type: reason === notAuthenticated ? "invalid_request_error" : "card_error",
    code: reason.code,
    ...(reason.declineCode === "" ? {} : { decline_code: reason.declineCode }),
    doc_url: `https://docs.stripe.com/error-codes#${reason.code.replaceAll("_", "-")}`,
    message: reason.message,
    payment_method: method,
    ...adviceOf(reason),
  };
  const patch = {
    status: "requires_payment_method",
    payment_method: null,
    next_action: null,
    last_setup_error: error,
  };
  const after = changed(world, intent, patch, "setup_intent.setup_failed");
  return { intent: after, declined: cardError(reason, { setup_intent: after, payment_method: method }) };
}

function changed(
  world: World,
  before: Stripe.SetupIntent,
  patch: Partial<Stripe.SetupIntent>,
  event?: string,
): Stripe.SetupIntent {
  const after = world.store.put("setup_intent", { ...before, ...patch });
  world.emit(event ?? `setup_intent.${after.status}`, after);
  followSetupIntent(world, after);
  return after;
}

function setupOf(world: World, id: string): Stripe.SetupIntent {
  const intent = world.store.get("setup_intent", id);
  if (!intent) throw noSuch("setupintent", id, "intent");
  return intent;
}

function refuseCheckout(world: World, intent: Stripe.SetupIntent): void {
  const [session] = world.store
    .table("checkout.session")
    .newestFirst({ field: "setup_intent", value: intent.id });
  if (!session) return;
  throw invalidRequest(
    "This SetupIntent belongs to a Checkout Session. To cancel it, expire the session instead.",
    {
      code: "setup_intent_unexpected_state",
    },
  );
}

function confirm(
  world: World,
  intent: Stripe.SetupIntent,
  given: { payment_method: string | undefined; return_url: string | undefined },
): Stripe.SetupIntent {
  if (given.payment_method === undefined) {
    throw invalidRequest("You cannot confirm this SetupIntent because it's missing a payment method.", {
      code: "setup_intent_unexpected_state",
    });
  }
  const method = methodNamed(world, given.payment_method);
  refuseSpent(world, method);
  const attempt = confirmSetupIntent(world, intent, method, given.return_url ?? null);
  if (attempt.declined) throw attempt.declined;
  return attempt.intent;
}

export const setupIntentRoutes: readonly Route[] = [
  route(
    "POST",
    "/v1/setup_intents",
    {
      allowed_payment_method_types: list(text()),
      confirm: flag(),
      customer: text(),
      description: text(),
      metadata: metadata(),
      payment_method: text(),
      return_url: pageUrl(),
      usage: oneOf("off_session", "on_session"),
    } satisfies ParametersOf<Stripe.SetupIntentCreateParams>,
    (world, given) => {
      const customer = given.customer === undefined ? null : customerNamed(world, given.customer).id;
      if (given.return_url !== undefined && !given.confirm) {
        throw invalidRequest("The parameter `return_url` can only be used with `confirm=true`.", {
          param: "return_url",
        });
      }
      const intent = newSetupIntent(world, {
        customer,
        description: given.description ?? null,
        metadata: changedMetadata({}, given.metadata),
        usage: given.usage ?? "off_session",
      });
      return given.confirm ? confirm(world, intent, given) : intent;
    },
  ),

  route(
    "GET",
    "/v1/setup_intents",
    {
      ...pageParameters,
      created: createdRange(),
      customer: text(),
    } satisfies ParametersOf<Stripe.SetupIntentListParams>,
    (world, given) =>
      listPage(world, "setup_intent", given, {
        url: "/v1/setup_intents",
        by: given.customer === undefined ? undefined : { field: "customer", value: given.customer },
        created: given.created,
      }),
  ),

  route("GET", "/v1/setup_intents/:id", {}, (world, _given, id = "") => setupOf(world, id)),

  route(
    "POST",
    "/v1/setup_intents/:id/confirm",
    {
      payment_method: text(),
      return_url: pageUrl(),
    } satisfies ParametersOf<Stripe.SetupIntentConfirmParams>,
    (world, given, id = "") => {
      const intent = setupOf(world, id);
      refuseCheckout(world, intent);
      if (intent.status === "succeeded" || intent.status === "canceled") {
        throw invalidRequest(
          `You cannot confirm this SetupIntent because it has a status of ${intent.status}.`,
          {
            code: "setup_intent_unexpected_state",
          },
        );
      }
      return confirm(world, intent, given);
    },
  ),

  route("POST", "/v1/setup_intents/:id/cancel", {}, (world, _given, id = "") => {
    const before = setupOf(world, id);
    refuseCheckout(world, before);
    if (before.status === "succeeded" || before.status === "canceled") {
      throw invalidRequest(
        `You cannot cancel this SetupIntent because it has a status of ${before.status}.`,
        {
          code: "setup_intent_unexpected_state",
        },
      );
    }
    const canceled = world.store.put("setup_intent", { ...before, status: "canceled", next_action: null });
    world.emit("setup_intent.canceled", canceled);
    return canceled;
  }),
];
