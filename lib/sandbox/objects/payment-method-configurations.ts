import { pageParameters } from "@/lib/sandbox/http/list";
import { type Route, route } from "@/lib/sandbox/http/route";
import { methodTypes } from "@/lib/sandbox/objects/payment-methods";

/** The account's one configuration: everything that the local Stripe has is on. */
const configuration = {
  id: "pmc_local",
  object: "payment_method_configuration",
  active: true,
  application: null,
  is_default: true,
  livemode: false,
  name: "Default",
  parent: null,
  ...Object.fromEntries(
    methodTypes.map((type) => [
      type,
      { available: true, display_preference: { overridable: null, preference: "none", value: "on" } },
    ]),
  ),
};

export const paymentMethodConfigurationRoutes: readonly Route[] = [
  route("GET", "/v1/payment_method_configurations", { limit: pageParameters.limit }, () => ({
    object: "list" as const,
    data: [configuration],
    has_more: false,
    url: "/v1/payment_method_configurations",
  })),
];
