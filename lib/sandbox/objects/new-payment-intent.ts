import type Stripe from "stripe";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

interface NewIntent {
  amount: number;
  captureMethod: "automatic" | "automatic_async";
  currency: string;
  customer: string | null;
  description: string | null;
  metadata: Record<string, string>;
  receiptEmail: string | null;
  setupFutureUsage: "off_session" | "on_session" | null;
  statementDescriptor: string | null;
  statementDescriptorSuffix: string | null;
  allowedTypes: string[] | null;
  types: string[];
  allowsRedirects: boolean;
}

/** A new PaymentIntent, not yet confirmed. */
export function newPaymentIntent(world: World, made: NewIntent): Stripe.PaymentIntent {
  const id = newId("pi_", 24);
  const intent = {
    id,
    object: "payment_intent",
    allowed_payment_method_types: made.allowedTypes,
    amount: made.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: made.allowedTypes
      ? null
      : { allow_redirects: made.allowsRedirects ? "always" : "never", enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: made.captureMethod,
    client_secret: `${id}_secret_${newId("", 25)}`,
    confirmation_method: "automatic",
    created: world.clock.nowSeconds(),
    currency: made.currency,
    customer: made.customer,
    customer_account: null,
    description: made.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: made.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: made.types,
    payment_record: null,
    processing: null,
    receipt_email: made.receiptEmail,
    review: null,
    setup_future_usage: made.setupFutureUsage,
    shipping: null,
    source: null,
    statement_descriptor: made.statementDescriptor,
    statement_descriptor_suffix: made.statementDescriptorSuffix,
    status: "requires_payment_method",
    transfer_data: null,
    transfer_group: null,
  } satisfies Stripe.PaymentIntent;
  world.store.put("payment_intent", intent);
  world.emit("payment_intent.created", intent);
  return intent;
}
