import type Stripe from "stripe";
import { invalidRequest, noSuch } from "@/lib/sandbox/http/api-error";
import { type Route, route } from "@/lib/sandbox/http/route";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

/** The customer's leave to debit an account ends, or comes back: only the bank tells that. */
export function changeMandate(
  world: World,
  paymentMethodId: string,
  status: "active" | "inactive",
): Stripe.Mandate {
  const method = world.store.get("payment_method", paymentMethodId);
  if (!method) throw noSuch("PaymentMethod", paymentMethodId, "payment_method");
  if (method.type !== "sepa_debit" && method.type !== "us_bank_account")
    throw invalidRequest("Only bank debits have a mandate here.");
  const before = [...world.store.table("mandate").oldestFirst()].find(
    ({ payment_method: of }) => of === paymentMethodId,
  );
  const was = before ?? newMandate(world, method);
  const mandate = world.store.put("mandate", { ...was, status });
  world.emit("mandate.updated", mandate, was);
  return mandate;
}

function newMandate(world: World, method: Stripe.PaymentMethod) {
  return {
    id: newId("mandate_", 24),
    object: "mandate",
    customer_acceptance: {
      accepted_at: world.clock.nowSeconds(),
      online: { ip_address: "127.0.0.1", user_agent: "local" },
      type: "online",
    },
    livemode: false,
    multi_use: {},
    payment_method: method.id,
    payment_method_details:
      method.type === "sepa_debit"
        ? {
            type: "sepa_debit",
            sepa_debit: { reference: newId("", 16).toUpperCase(), url: "https://local.example/mandate" },
          }
        : { type: "us_bank_account", us_bank_account: {} },
    status: "active",
    type: "multi_use",
  } satisfies Stripe.Mandate;
}

export const mandateRoutes: readonly Route[] = [
  route("GET", "/v1/mandates/:id", {}, (world, _given, id = "") => {
    const mandate = world.store.get("mandate", id);
    if (!mandate) throw noSuch("mandate", id, "mandate");
    return mandate;
  }),
];
