import type { Gateway, Outcome } from "@/lib/gateway/port";

export type Around = <T>(work: () => Promise<Outcome<T>>) => Promise<Outcome<T>>;

/** The same gateway, with something done around each of its calls to Stripe. */
export function eachCall(gateway: Gateway, around: Around): Gateway {
  return {
    isLive: gateway.isLive,
    chargeLimits: (currency) => gateway.chargeLimits(currency),
    verifyEvent: (body, signature, now) => gateway.verifyEvent(body, signature, now),
    createCustomer: (input, key) => around(() => gateway.createCustomer(input, key)),
    createCheckout: (request, key) => around(() => gateway.createCheckout(request, key)),
    readCheckout: (id) => around(() => gateway.readCheckout(id)),
    expireCheckout: (id) => around(() => gateway.expireCheckout(id)),
    findCheckout: (customer, payment) => around(() => gateway.findCheckout(customer, payment)),
    readFee: (id) => around(() => gateway.readFee(id)),
    undeliveredEvents: (since) => around(() => gateway.undeliveredEvents(since)),
  };
}
