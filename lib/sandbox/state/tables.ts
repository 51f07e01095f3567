import type Stripe from "stripe";

/**
 * What the local Stripe keeps. The names without `$` are Stripe's own object names and go over the wire as they
 * are; the names with `$` are what Stripe knows beside its objects and never shows.
 *
 * Rows are never changed in place: a new version is put. So an event may keep the version it speaks of.
 */
export interface Tables {
  customer: Stripe.Customer | Stripe.DeletedCustomer;
  "checkout.session": Stripe.Checkout.Session;
  payment_intent: Stripe.PaymentIntent;
  setup_intent: Stripe.SetupIntent;
  payment_method: Stripe.PaymentMethod;
  mandate: Stripe.Mandate;
  charge: Stripe.Charge;
  refund: Stripe.Refund;
  dispute: Stripe.Dispute;
  "radar.early_fraud_warning": Stripe.Radar.EarlyFraudWarning;
  balance_transaction: Stripe.BalanceTransaction;
  payout: Stripe.Payout;
  event: EventRow;
  webhook_endpoint: Stripe.WebhookEndpoint;
  $checkout: CheckoutRow;
  $attempt: AttemptRow;
  $instrument: InstrumentRow;
  $endpoint_secret: { id: string; secrets: string[] };
  $disputed: { id: string; outMinor: number };
  $payout_of: { id: string; payout: string };
  $task: Task;
  $key: KeyRow;
  $meta: { id: string; offsetMs: number };
}

export type TableName = keyof Tables;

/** The SDK's event type is a union of hundreds; what is kept is their common shape. */
export interface EventRow {
  id: string;
  object: "event";
  api_version: string;
  created: number;
  data: { object: StripeObject; previous_attributes?: Record<string, unknown> };
  livemode: boolean;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
}

/** Anything with Stripe's two common fields. */
export interface StripeObject {
  id: string;
  object: string;
}

/** What a session was made with and does not show: its lines and what its intent will be made of. */
export interface CheckoutRow {
  id: string;
  lines: Stripe.LineItem[];
  intent: {
    captureMethod: "automatic" | "automatic_async";
    description: string | null;
    metadata: Record<string, string>;
    setupFutureUsage: "off_session" | "on_session" | null;
    receiptEmail: string | null;
    statementDescriptor: string | null;
    statementDescriptorSuffix: string | null;
  };
}

/** The attempt that an intent is in the middle of: which payment method, and where the customer goes back to. */
export interface AttemptRow {
  /** The intent's id. */
  id: string;
  paymentMethod: string;
  returnUrl: string | null;
}

/** What stands behind a payment method: a test card's number, and whether it has been set up. */
export interface InstrumentRow {
  /** The payment method's id. */
  id: string;
  cardNumber: string | null;
  /** The customer authenticated it for use off session. */
  setUp: boolean;
  /** It was used without a customer, or detached: not to be used again. */
  spent: boolean;
}

/** A remembered answer: same key, same parameters, same answer. */
export interface KeyRow {
  /** The idempotency key. */
  id: string;
  requestHash: string;
  requestId: string;
  status: number;
  body: string;
  createdMs: number;
}

/** Something that happens by itself when its time (virtual milliseconds) has come. */
export type Task = { id: string; dueMs: number } & (
  | { kind: "expire_session"; session: string }
  | { kind: "settle_intent"; intent: string; outcome: "succeeds" | "fails" }
  | { kind: "settle_refund"; refund: string; outcome: "succeeds" | "fails" }
  | { kind: "book_charge"; charge: string }
  | { kind: "book_refund"; refund: string }
  | { kind: "deliver"; event: string; endpoint: string; attempt: number; firstMs: number }
);

/** The fields that rows are looked up by, beside their id. */
export const indexedFields: { readonly [N in TableName]?: readonly string[] } = {
  customer: ["email"],
  "checkout.session": ["customer", "payment_intent", "setup_intent"],
  payment_intent: ["customer"],
  setup_intent: ["customer"],
  payment_method: ["customer"],
  charge: ["customer", "payment_intent"],
  refund: ["charge", "payment_intent"],
  dispute: ["charge", "payment_intent"],
  "radar.early_fraud_warning": ["charge", "payment_intent"],
  balance_transaction: ["source"],
  event: ["type"],
};
