import type Stripe from "stripe";
import { invalidRequest, noSuch, ParameterError } from "@/lib/sandbox/http/api-error";
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
} from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { checkCharge, knownCurrency } from "@/lib/sandbox/objects/amounts";
import { refuseCardDescriptor } from "@/lib/sandbox/objects/card-descriptor";
import { type LineGiven, newLine } from "@/lib/sandbox/objects/checkout-lines";
import { locales } from "@/lib/sandbox/objects/checkout-locales";
import { expireSession } from "@/lib/sandbox/objects/checkout-outcome";
import { customerNamed } from "@/lib/sandbox/objects/customers";
import { checkEmail } from "@/lib/sandbox/objects/email";
import { allowedTypes, offeredTypes } from "@/lib/sandbox/objects/offered-types";
import { newSetupIntent } from "@/lib/sandbox/objects/setup-intents";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

const halfHour = 30 * 60;
const day = 86_400;

const lineItem = group({
  quantity: integer({ min: 1 }),
  price_data: required(
    group({
      currency: required(text()),
      unit_amount: required(integer({ min: 0 })),
      product_data: required(
        group({ name: required(text()), description: text(), metadata: metadata(), images: list(text()) }),
      ),
      tax_behavior: oneOf("exclusive", "inclusive", "unspecified"),
    }),
  ),
});

const createShape = {
  adaptive_pricing: group({ enabled: flag() }),
  allowed_payment_method_types: list(text()),
  cancel_url: pageUrl(),
  client_reference_id: text({ max: 200 }),
  currency: text(),
  customer: text(),
  customer_creation: oneOf("always", "if_required"),
  customer_email: text(),
  expires_at: integer(),
  line_items: list(lineItem),
  locale: oneOf(...locales),
  metadata: metadata(),
  mode: oneOf("payment", "setup", "subscription"),
  payment_intent_data: group({
    capture_method: oneOf("automatic", "automatic_async"),
    description: text(),
    metadata: metadata(),
    receipt_email: text(),
    setup_future_usage: oneOf("off_session", "on_session"),
    statement_descriptor: text({ max: 22 }),
    statement_descriptor_suffix: text({ max: 22 }),
  }),
  setup_intent_data: group({ description: text(), metadata: metadata() }),
  submit_type: oneOf("auto", "book", "donate", "pay"),
  success_url: pageUrl(),
  ui_mode: oneOf("hosted_page"),
  wallet_options: group({ link: group({ display: oneOf("auto", "never") }) }),
} satisfies ParametersOf<Stripe.Checkout.SessionCreateParams>;

type Given = { [K in keyof typeof createShape]: ReturnType<(typeof createShape)[K]> };

function createSession(world: World, given: Given): Stripe.Checkout.Session {
  const mode = given.mode ?? "payment";
  if (mode === "subscription")
    throw invalidRequest("The local Stripe has no subscriptions.", { param: "mode" });
  if (given.success_url === undefined) {
    throw invalidRequest("Missing required param: success_url.", {
      code: "parameter_missing",
      param: "success_url",
    });
  }
  refuseOfMode(given, mode);
  checkEmail(given.customer_email, "customer_email");
  checkEmail(given.payment_intent_data?.receipt_email, "payment_intent_data[receipt_email]");
  if (given.customer !== undefined && given.customer_email !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: customer, customer_email.", {
      code: "parameters_exclusive",
    });
  }
  const customer = given.customer === undefined ? null : customerNamed(world, given.customer).id;
  const expiresAt = expiry(world, given.expires_at);
  const lines = linesOf(world, given, mode);
  const currency = lines[0]?.currency ?? (given.currency ? knownCurrency(given.currency, "currency") : null);
  const total = mode === "payment" ? lines.reduce((sum, line) => sum + line.amount_total, 0) : null;
  if (total !== null && currency !== null) checkCharge(world, total, currency, "session");
  const allowed = allowedTypes(given.allowed_payment_method_types);
  const types = mode === "setup" ? ["card"] : offeredTypes(world, currency ?? "usd", allowed);
  if (types.length === 0) throw invalidRequest("No valid payment method types for this Checkout Session.");
  refuseCardDescriptor(types, given.payment_intent_data?.statement_descriptor, "payment_intent_data");
  const setup = mode === "setup" ? setupIntentOf(world, given, customer) : null;
  const id = newId("cs_test_", 58);
  const session = {
    ...unusedFields,
    id,
    wallet_options: given.wallet_options?.link
      ? { link: { display: given.wallet_options.link.display ?? "auto" } }
      : null,
    adaptive_pricing: { enabled: given.adaptive_pricing?.enabled ?? world.dashboard.adaptivePricing },
    allowed_payment_method_types: given.allowed_payment_method_types ?? null,
    amount_subtotal: total,
    amount_total: total,
    cancel_url: given.cancel_url ?? null,
    client_reference_id: given.client_reference_id ?? null,
    created: world.clock.nowSeconds(),
    currency,
    customer,
    customer_creation:
      mode === "payment" && customer === null ? (given.customer_creation ?? "if_required") : null,
    customer_details: null,
    customer_email: given.customer_email ?? null,
    expires_at: expiresAt,
    locale: given.locale ?? null,
    metadata: changedMetadata({}, given.metadata),
    mode,
    payment_intent: null,
    payment_method_types: types,
    payment_status: mode === "setup" ? "no_payment_required" : "unpaid",
    setup_intent: setup?.id ?? null,
    status: "open",
    submit_type: given.submit_type ?? null,
    success_url: given.success_url,
    total_details: mode === "payment" ? { amount_discount: 0, amount_shipping: 0, amount_tax: 0 } : null,
    url: `${world.baseUrl}/c/pay/${id}`,
  } satisfies Stripe.Checkout.Session;
  world.store.put("checkout.session", session);
  const intent = given.payment_intent_data;
  world.store.put("$checkout", {
    id,
    lines,
    intent: {
      captureMethod: intent?.capture_method ?? "automatic_async",
      description: intent?.description ?? null,
      metadata: changedMetadata({}, intent?.metadata),
      setupFutureUsage: intent?.setup_future_usage ?? null,
      receiptEmail: intent?.receipt_email ?? null,
      statementDescriptor: intent?.statement_descriptor ?? null,
      statementDescriptorSuffix: intent?.statement_descriptor_suffix ?? null,
    },
  });
  world.plan({ kind: "expire_session", dueMs: expiresAt * 1000, session: id });
  return session;
}

const unusedFields = {
  object: "checkout.session",
  after_expiration: null,
  allow_promotion_codes: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer_account: null,
  discounts: [],
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  livemode: false,
  managed_payments: null,
  origin_context: null,
  payment_link: null,
  payment_method_collection: "if_required",
  payment_method_configuration_details: null,
  payment_method_options: {},
  permissions: null,
  phone_number_collection: { enabled: false },
  recovered_from: null,
  saved_payment_method_options: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  subscription: null,
  ui_mode: "hosted_page",
  wallet_options: null,
} satisfies Partial<Stripe.Checkout.Session>;

/** What belongs to the other mode is refused, and so is what a mode cannot do without. */
function refuseOfMode(given: Given, mode: "payment" | "setup"): void {
  const strange =
    mode === "setup"
      ? (["payment_intent_data", "submit_type"] as const).find((name) => given[name] !== undefined)
      : (["setup_intent_data"] as const).find((name) => given[name] !== undefined);
  if (strange !== undefined)
    throw invalidRequest(`You can not pass \`${strange}\` in \`${mode}\` mode.`, { param: strange });
  if (given.customer !== undefined && given.customer_creation !== undefined) {
    throw invalidRequest("`customer_creation` cannot be used with `customer`.", {
      param: "customer_creation",
    });
  }
  if (mode === "setup" && given.currency === undefined && given.allowed_payment_method_types === undefined) {
    const message =
      "You must provide `currency` in `setup` mode when `allowed_payment_method_types` is not set.";
    throw invalidRequest(message, { code: "parameter_missing", param: "currency" });
  }
}

/** Between thirty minutes and a day from now; a day when nothing is said. */
function expiry(world: World, asked: number | undefined): number {
  const now = world.clock.nowSeconds();
  if (asked === undefined) return now + day;
  // The half hour is measured when the request arrives; Stripe leaves some seconds for its way.
  if (asked < now + halfHour - 10) {
    const message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.";
    throw invalidRequest(message, { param: "expires_at" });
  }
  if (asked > now + day) {
    const message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.";
    throw invalidRequest(message, { param: "expires_at" });
  }
  return asked;
}

function linesOf(world: World, given: Given, mode: "payment" | "setup"): Stripe.LineItem[] {
  const lines: LineGiven[] = given.line_items ?? [];
  if (mode === "setup") {
    if (lines.length > 0)
      throw invalidRequest("You can not pass `line_items` in `setup` mode.", { param: "line_items" });
    return [];
  }
  if (lines.length === 0) {
    const message = "You must provide at least one recurring price or one-time price in `line_items`.";
    throw invalidRequest(message, { code: "parameter_missing", param: "line_items" });
  }
  if (lines.length > 100)
    throw invalidRequest("You can pass at most 100 line items.", { param: "line_items" });
  const made = lines.map((line, at) => newLine(world, line, at));
  if (new Set(made.map((line) => line.currency)).size > 1) {
    throw invalidRequest("All line items must be in the same currency.", { param: "line_items" });
  }
  return made;
}

function setupIntentOf(world: World, given: Given, customer: string | null): Stripe.SetupIntent {
  return newSetupIntent(world, {
    customer,
    description: given.setup_intent_data?.description ?? null,
    metadata: changedMetadata({}, given.setup_intent_data?.metadata),
    usage: "off_session",
  });
}

function sessionOf(world: World, id: string): Stripe.Checkout.Session {
  const session = world.store.get("checkout.session", id);
  if (!session) throw noSuch("checkout.session", id, "session");
  return session;
}

export const checkoutSessionRoutes: readonly Route[] = [
  route("POST", "/v1/checkout/sessions", createShape, createSession),

  route(
    "GET",
    "/v1/checkout/sessions",
    {
      ...pageParameters,
      created: createdRange(),
      customer: text(),
      payment_intent: text(),
      status: oneOf("complete", "expired", "open"),
    } satisfies ParametersOf<Stripe.Checkout.SessionListParams>,
    (world, given) =>
      listPage(world, "checkout.session", given, {
        url: "/v1/checkout/sessions",
        by:
          given.payment_intent !== undefined
            ? { field: "payment_intent", value: given.payment_intent }
            : given.customer !== undefined
              ? { field: "customer", value: given.customer }
              : undefined,
        created: given.created,
        matches: (session) =>
          (given.status === undefined || session.status === given.status) &&
          (given.customer === undefined || session.customer === given.customer),
      }),
  ),

  route("GET", "/v1/checkout/sessions/:id", {}, (world, _given, id = "") => sessionOf(world, id)),

  route("GET", "/v1/checkout/sessions/:id/line_items", pageParameters, (world, given, id = "") => {
    const lines = world.store.get("$checkout", sessionOf(world, id).id)?.lines ?? [];
    if (given.ending_before !== undefined) {
      throw new ParameterError("The local Stripe pages through line items forwards only.", "ending_before");
    }
    const from = given.starting_after ? lines.findIndex((line) => line.id === given.starting_after) + 1 : 0;
    const limit = given.limit ?? 10;
    return {
      object: "list",
      data: lines.slice(from, from + limit),
      has_more: lines.length > from + limit,
      url: `/v1/checkout/sessions/${id}/line_items`,
    };
  }),

  route("POST", "/v1/checkout/sessions/:id/expire", {}, (world, _given, id = "") => {
    const session = sessionOf(world, id);
    if (session.status !== "open") {
      throw invalidRequest(
        'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ' +
          `\`${session.status}\`.`,
      );
    }
    return expireSession(world, session);
  }),
];
