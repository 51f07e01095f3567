import type Stripe from "stripe";
import { pageParameters } from "@/lib/sandbox/http/list";
import { flag } from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { methodTypes } from "@/lib/sandbox/objects/payment-methods";
import type { World } from "@/lib/sandbox/world";

/** The account's one configuration of methods, as the Dashboard has it now. */
function configurationOf({ dashboard }: World): Stripe.PaymentMethodConfiguration {
  const method = (type: string) => {
    const value = dashboard.methods.includes(type) ? ("on" as const) : ("off" as const);
    return { available: true, display_preference: { overridable: null, preference: value, value } };
  };
  const methods = Object.fromEntries(methodTypes.map((type) => [type, method(type)]));
  return {
    id: "pmc_local",
    object: "payment_method_configuration",
    active: true,
    application: null,
    is_default: true,
    livemode: false,
    name: "Default",
    parent: null,
    ...methods,
    apple_pay: method("card"),
    google_pay: method("card"),
  } satisfies Stripe.PaymentMethodConfiguration;
}

export const methodConfigurationRoutes: readonly Route[] = [
  route("GET", "/v1/payment_method_configurations", { ...pageParameters, active: flag() }, (world) => ({
    object: "list",
    url: "/v1/payment_method_configurations",
    has_more: false,
    data: [configurationOf(world)],
  })),
  route("GET", "/v1/payment_method_configurations/:id", {}, configurationOf),
];
