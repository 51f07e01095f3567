import type { Route } from "@/lib/sandbox/http/route";
import { accountRoutes } from "@/lib/sandbox/objects/account";
import { balanceTransactionRoutes } from "@/lib/sandbox/objects/balance-transactions";
import { chargeRoutes } from "@/lib/sandbox/objects/charges";
import { checkoutSessionRoutes } from "@/lib/sandbox/objects/checkout-sessions";
import { customerRoutes } from "@/lib/sandbox/objects/customers";
import { disputeRoutes } from "@/lib/sandbox/objects/disputes";
import { earlyFraudWarningRoutes } from "@/lib/sandbox/objects/early-fraud-warnings";
import { eventRoutes } from "@/lib/sandbox/objects/events";
import { mandateRoutes } from "@/lib/sandbox/objects/mandates";
import { methodConfigurationRoutes } from "@/lib/sandbox/objects/method-configurations";
import { paymentIntentRoutes } from "@/lib/sandbox/objects/payment-intents";
import { paymentMethodRoutes } from "@/lib/sandbox/objects/payment-methods";
import { payoutRoutes } from "@/lib/sandbox/objects/payouts";
import { refundRoutes } from "@/lib/sandbox/objects/refunds";
import { setupIntentRoutes } from "@/lib/sandbox/objects/setup-intents";
import { webhookEndpointRoutes } from "@/lib/sandbox/objects/webhook-endpoints";

/** Every method of the API. */
export const routes: readonly Route[] = [
  ...accountRoutes,
  ...balanceTransactionRoutes,
  ...chargeRoutes,
  ...checkoutSessionRoutes,
  ...customerRoutes,
  ...disputeRoutes,
  ...earlyFraudWarningRoutes,
  ...eventRoutes,
  ...mandateRoutes,
  ...methodConfigurationRoutes,
  ...paymentIntentRoutes,
  ...paymentMethodRoutes,
  ...payoutRoutes,
  ...refundRoutes,
  ...setupIntentRoutes,
  ...webhookEndpointRoutes,
];
