import type Stripe from "stripe";
import { noSuch } from "@/lib/sandbox/http/api-error";
import { createdRange, listPage, pageParameters } from "@/lib/sandbox/http/list";
import { type ParametersOf, text } from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

/** The card's issuer suspects a charge; nothing moves, and often a dispute follows. */
export function warnOfFraud(world: World, chargeId: string): Stripe.Radar.EarlyFraudWarning {
  const charge = world.store.get("charge", chargeId);
  if (!charge) throw noSuch("charge", chargeId);
  const warning = {
    id: newId("issfr_", 24),
    object: "radar.early_fraud_warning",
    actionable: true,
    charge: charge.id,
    created: world.clock.nowSeconds(),
    fraud_type: "misc",
    livemode: false,
    payment_intent: String(charge.payment_intent),
  } satisfies Stripe.Radar.EarlyFraudWarning;
  world.store.put("radar.early_fraud_warning", warning);
  world.emit("radar.early_fraud_warning.created", warning);
  return warning;
}

const path = "/v1/radar/early_fraud_warnings";

export const earlyFraudWarningRoutes: readonly Route[] = [
  route("GET", `${path}/:id`, {}, (world, _given, id = "") => {
    const warning = world.store.get("radar.early_fraud_warning", id);
    if (!warning) throw noSuch("early fraud warning", id);
    return warning;
  }),

  route(
    "GET",
    path,
    {
      ...pageParameters,
      charge: text(),
      created: createdRange(),
      payment_intent: text(),
    } satisfies ParametersOf<Stripe.Radar.EarlyFraudWarningListParams>,
    (world, given) =>
      listPage(world, "radar.early_fraud_warning", given, {
        url: path,
        by:
          given.charge !== undefined
            ? { field: "charge", value: given.charge }
            : given.payment_intent !== undefined
              ? { field: "payment_intent", value: given.payment_intent }
              : undefined,
        created: given.created,
      }),
  ),
];
