import type Stripe from "stripe";
import { ApiError, invalidRequest, noSuch } from "@/lib/sandbox/http/api-error";
import { createdRange, listPage, pageParameters } from "@/lib/sandbox/http/list";
import {
  changedMetadata,
  flag,
  group,
  integer,
  list,
  metadata,
  oneOf,
  type ParametersOf,
  pageUrl,
  required,
  text,
  unsettable,
} from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { checkCharge, knownCurrency } from "@/lib/sandbox/objects/amounts";
import { refuseCardDescriptor } from "@/lib/sandbox/objects/card-descriptor";
import { confirmPaymentIntent } from "@/lib/sandbox/objects/confirm-intent";
import { customerNamed } from "@/lib/sandbox/objects/customers";
import { checkEmail } from "@/lib/sandbox/objects/email";
import { newPaymentIntent } from "@/lib/sandbox/objects/new-payment-intent";
import { allowedTypes, offeredTypes } from "@/lib/sandbox/objects/offered-types";
import { methodNamed, redirectTypes, refuseSpent } from "@/lib/sandbox/objects/payment-methods";
import type { World } from "@/lib/sandbox/world";

interface ConfirmGiven {
  off_session: boolean | undefined;
  return_url: string | undefined;
  error_on_requires_action: boolean | undefined;
}

function confirm(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  given: ConfirmGiven,
): Stripe.PaymentIntent {
  const attempt = confirmPaymentIntent(world, intent, {
    method,
    offSession: given.off_session === true,
    returnUrl: given.return_url ?? null,
  });
  if (attempt.declined) throw attempt.declined;
  if (attempt.intent.status === "requires_action" && given.error_on_requires_action) {
    throw invalidRequest("This payment required an authentication action to complete.", {
      code: "authentication_required",
    });
  }
  return attempt.intent;
}

/** The payment method to confirm with: one of the customer's own, or one that nobody has. */
function methodFor(
  world: World,
  customer: string | null,
  methodId: string | undefined,
): Stripe.PaymentMethod {
  if (methodId === undefined) {
    throw invalidRequest(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the " +
        "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment " +
        "method.",
      { code: "payment_intent_unexpected_state" },
    );
  }
  const method = methodNamed(world, methodId);
  refuseSpent(world, method);
  if (!method.customer || method.customer === customer) return method;
  const message =
    customer === null
      ? `The payment method ${methodId} belongs to a customer. Please include the customer in the \`customer\` ` +
        "parameter on the PaymentIntent."
      : `The customer does not have a payment method with the ID ${methodId}. The payment method must be attached ` +
        "to the customer.";
  throw invalidRequest(message, { code: "resource_missing", param: "payment_method" });
}

/** Redirect-based methods may be chosen unless the caller said otherwise; then Stripe wants to know the way back. */
function mayRedirect(
  types: readonly string[],
  automatic: { allow_redirects?: string | undefined } | null,
): boolean {
  if (automatic) return automatic.allow_redirects !== "never";
  return types.some((type) => redirectTypes.includes(type));
}

function returnUrlMissing(): ApiError {
  return invalidRequest(
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these " +
      "payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't " +
      "want to accept redirect-based payment methods and don't want to provide a `return_url`, set " +
      "`automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` " +
      "when creating Setup Intents and Payment Intents.",
    { param: "return_url" },
  );
}

function unexpected(intent: Stripe.PaymentIntent, message: string): ApiError {
  return new ApiError(400, {
    type: "invalid_request_error",
    code: "payment_intent_unexpected_state",
    message,
    payment_intent: intent,
  });
}

function intentOf(world: World, id: string): Stripe.PaymentIntent {
  const intent = world.store.get("payment_intent", id);
  if (!intent) throw noSuch("payment_intent", id, "intent");
  return intent;
}

function refuseCheckout(world: World, intent: Stripe.PaymentIntent, act: "confirm" | "cancel"): void {
  const [session] = world.store
    .table("checkout.session")
    .newestFirst({ field: "payment_intent", value: intent.id });
  if (!session) return;
  throw unexpected(
    intent,
    `You cannot ${act} this PaymentIntent because it belongs to a Checkout Session (${session.id}). To cancel it, ` +
      "expire the Checkout Session instead.",
  );
}

const confirmShape = {
  payment_method: text(),
  off_session: flag(),
  return_url: pageUrl(),
  error_on_requires_action: flag(),
};

const createShape = {
  ...confirmShape,
  amount: required(integer()),
  currency: required(text()),
  allowed_payment_method_types: list(text()),
  automatic_payment_methods: group({ enabled: required(flag()), allow_redirects: oneOf("always", "never") }),
  capture_method: oneOf("automatic", "automatic_async"),
  confirm: flag(),
  customer: text(),
  description: text(),
  metadata: metadata(),
  receipt_email: text(),
  setup_future_usage: oneOf("off_session", "on_session"),
  statement_descriptor: text({ max: 22 }),
  statement_descriptor_suffix: text({ max: 22 }),
} satisfies ParametersOf<Stripe.PaymentIntentCreateParams>;

/** What is said of an attempt is refused where none is made. */
function refuseUnconfirmed(given: Partial<ConfirmGiven> & { confirm: boolean | undefined }): void {
  if (given.confirm) return;
  for (const param of ["off_session", "return_url", "error_on_requires_action"] as const) {
    if (given[param] === undefined || given[param] === false) continue;
    throw invalidRequest(`The parameter \`${param}\` can only be used with \`confirm=true\`.`, { param });
  }
}

export const paymentIntentRoutes: readonly Route[] = [
  route("POST", "/v1/payment_intents", createShape, (world, given) => {
    const currency = knownCurrency(given.currency, "currency");
    checkCharge(world, given.amount, currency, "intent");
    const customer = given.customer === undefined ? null : customerNamed(world, given.customer).id;
    if (given.allowed_payment_method_types && given.automatic_payment_methods) {
      throw invalidRequest(
        "You may only specify one of these parameters: allowed_payment_method_types, automatic_payment_methods.",
        { code: "parameters_exclusive" },
      );
    }
    refuseUnconfirmed(given);
    checkEmail(given.receipt_email, "receipt_email");
    if (given.off_session && given.setup_future_usage !== undefined) {
      throw invalidRequest(
        "`setup_future_usage` cannot be set when `off_session` is true: the payment method is saved already.",
        { param: "setup_future_usage" },
      );
    }
    const allowed = allowedTypes(given.allowed_payment_method_types);
    const types = offeredTypes(world, currency, allowed);
    refuseCardDescriptor(types, given.statement_descriptor);
    const automatic = allowed ? null : (given.automatic_payment_methods ?? {});
    // What cannot be confirmed is refused before there is an intent.
    const method =
      given.confirm || given.payment_method !== undefined
        ? methodFor(world, customer, given.payment_method)
        : null;
    if (given.confirm && given.return_url === undefined && mayRedirect(types, automatic))
      throw returnUrlMissing();
    const intent = newPaymentIntent(world, {
      amount: given.amount,
      captureMethod: given.capture_method ?? "automatic_async",
      currency,
      customer,
      description: given.description ?? null,
      metadata: changedMetadata({}, given.metadata),
      receiptEmail: given.receipt_email ?? null,
      setupFutureUsage: given.setup_future_usage ?? null,
      statementDescriptor: given.statement_descriptor ?? null,
      statementDescriptorSuffix: given.statement_descriptor_suffix ?? null,
      allowedTypes: given.allowed_payment_method_types ?? null,
      types,
      allowsRedirects: given.automatic_payment_methods?.allow_redirects !== "never",
    });
    if (!method) return intent;
    if (given.confirm) return confirm(world, intent, method, given);
    return world.store.put("payment_intent", {
      ...intent,
      payment_method: method.id,
      status: "requires_confirmation",
    });
  }),

  route(
    "GET",
    "/v1/payment_intents",
    {
      ...pageParameters,
      created: createdRange(),
      customer: text(),
    } satisfies ParametersOf<Stripe.PaymentIntentListParams>,
    (world, given) =>
      listPage(world, "payment_intent", given, {
        url: "/v1/payment_intents",
        by: given.customer === undefined ? undefined : { field: "customer", value: given.customer },
        created: given.created,
      }),
  ),

  route("GET", "/v1/payment_intents/:id", {}, (world, _given, id = "") => intentOf(world, id)),

  route(
    "POST",
    "/v1/payment_intents/:id",
    {
      description: unsettable(text()),
      metadata: metadata(),
    } satisfies ParametersOf<Stripe.PaymentIntentUpdateParams>,
    (world, given, id = "") => {
      const before = intentOf(world, id);
      return world.store.put("payment_intent", {
        ...before,
        description: given.description === undefined ? before.description : given.description,
        // Cleared by an update for any reason, as Stripe documents.
        last_payment_error: null,
        metadata: changedMetadata(before.metadata, given.metadata),
      });
    },
  ),

  route(
    "POST",
    "/v1/payment_intents/:id/confirm",
    confirmShape satisfies ParametersOf<Stripe.PaymentIntentConfirmParams>,
    (world, given, id = "") => {
      const intent = intentOf(world, id);
      refuseCheckout(world, intent, "confirm");
      const canConfirm = ["requires_payment_method", "requires_confirmation", "requires_action"];
      if (!canConfirm.includes(intent.status)) {
        const message =
          intent.status === "succeeded"
            ? "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
            : `You cannot confirm this PaymentIntent because it has a status of ${intent.status}.`;
        throw unexpected(intent, message);
      }
      const chosen =
        given.payment_method ?? (intent.payment_method ? String(intent.payment_method) : undefined);
      const method = methodFor(world, intent.customer ? String(intent.customer) : null, chosen);
      const automatic = intent.automatic_payment_methods;
      if (given.return_url === undefined && mayRedirect(intent.payment_method_types, automatic)) {
        throw returnUrlMissing();
      }
      return confirm(world, intent, method, given);
    },
  ),

  route(
    "POST",
    "/v1/payment_intents/:id/cancel",
    {
      cancellation_reason: oneOf("abandoned", "duplicate", "fraudulent", "requested_by_customer"),
    } satisfies ParametersOf<Stripe.PaymentIntentCancelParams>,
    (world, given, id = "") => {
      const before = intentOf(world, id);
      refuseCheckout(world, before, "cancel");
      const canCancel = [
        "requires_payment_method",
        "requires_confirmation",
        "requires_action",
        "requires_capture",
      ];
      if (!canCancel.includes(before.status)) {
        throw unexpected(
          before,
          `You cannot cancel this PaymentIntent because it has a status of ${before.status}. Only a PaymentIntent ` +
            "with one of the following statuses may be canceled: requires_payment_method, requires_capture, " +
            "requires_confirmation, requires_action.",
        );
      }
      const canceled = world.store.put("payment_intent", {
        ...before,
        status: "canceled",
        canceled_at: world.clock.nowSeconds(),
        cancellation_reason: given.cancellation_reason ?? null,
        last_payment_error: null,
        next_action: null,
      });
      world.store.delete("$attempt", id);
      world.emit("payment_intent.canceled", canceled);
      return canceled;
    },
  ),
];
