import type { Gateway, Outcome } from "@/lib/gateway/port";

export type Around = <T>(work: () => Promise<Outcome<T>>) => Promise<Outcome<T>>;

/** The same gateway, with something done around each of its calls to Stripe. */
export function eachCall(gateway: Gateway, around: Around): Gateway {
  return {
    isLive: gateway.isLive,
    dashboardUrl: (id) => gateway.dashboardUrl(id),
    chargeLimits: (currency) => gateway.chargeLimits(currency),
    learnedLimits: () => gateway.learnedLimits(),
    learnLimits: (learned) => gateway.learnLimits(learned),
    readAccount: () => around(() => gateway.readAccount()),
    readSettlement: () => around(() => gateway.readSettlement()),
    verifyEvent: (body, signature, now) => gateway.verifyEvent(body, signature, now),
    createCustomer: (input, key) => around(() => gateway.createCustomer(input, key)),
    readCustomer: (id) => around(() => gateway.readCustomer(id)),
    updateCustomer: (id, to) => around(() => gateway.updateCustomer(id, to)),
    createCheckout: (request, key) => around(() => gateway.createCheckout(request, key)),
    readCheckout: (id) => around(() => gateway.readCheckout(id)),
    expireCheckout: (id) => around(() => gateway.expireCheckout(id)),
    findCheckouts: (customer, payment) => around(() => gateway.findCheckouts(customer, payment)),
    createIntent: (request, key) => around(() => gateway.createIntent(request, key)),
    readIntent: (id) => around(() => gateway.readIntent(id)),
    cancelIntent: (id, reason) => around(() => gateway.cancelIntent(id, reason)),
    findIntents: (customer, payment) => around(() => gateway.findIntents(customer, payment)),
    createCardSetup: (request, key) => around(() => gateway.createCardSetup(request, key)),
    listCards: (customer) => around(() => gateway.listCards(customer)),
    readCard: (id) => around(() => gateway.readCard(id)),
    detachCard: (id) => around(() => gateway.detachCard(id)),
    createRefund: (request, key) => around(() => gateway.createRefund(request, key)),
    readRefund: (id) => around(() => gateway.readRefund(id)),
    findRefund: (charge, refund, fits) => around(() => gateway.findRefund(charge, refund, fits)),
    readDispute: (id) => around(() => gateway.readDispute(id)),
    listRefunds: (since, from) => around(() => gateway.listRefunds(since, from)),
    listDisputes: (since, from) => around(() => gateway.listDisputes(since, from)),
    listMovements: (since, from) => around(() => gateway.listMovements(since, from)),
    readChargeOwner: (id) => around(() => gateway.readChargeOwner(id)),
    findCheckoutOf: (intent) => around(() => gateway.findCheckoutOf(intent)),
    readSetup: (url) => around(() => gateway.readSetup(url)),
    readFee: (id) => around(() => gateway.readFee(id)),
    undeliveredEvents: (since, types, from) => around(() => gateway.undeliveredEvents(since, types, from)),
  };
}
