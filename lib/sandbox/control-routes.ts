import type { FaultOrder, PayOrder } from "@/lib/sandbox/control";
import type { DueTasks } from "@/lib/sandbox/due-tasks";
import { invalidRequest, noSuch } from "@/lib/sandbox/http/api-error";
import type { Doors, Permission } from "@/lib/sandbox/http/doors";
import type { Faults } from "@/lib/sandbox/http/faults";
import type { SeenRequests } from "@/lib/sandbox/http/seen-requests";
import { expireSession } from "@/lib/sandbox/objects/checkout-outcome";
import { settleDelayed } from "@/lib/sandbox/objects/confirm-intent";
import {
  adjustDispute,
  appealDispute,
  closeDispute,
  type DisputeGiven,
  openDispute,
  reinstate,
  withdrawAgain,
} from "@/lib/sandbox/objects/disputes";
import { warnOfFraud } from "@/lib/sandbox/objects/early-fraud-warnings";
import { changeMandate } from "@/lib/sandbox/objects/mandates";
import { payOut } from "@/lib/sandbox/objects/payouts";
import { settleRefund } from "@/lib/sandbox/objects/refunds";
import { testCard } from "@/lib/sandbox/objects/test-cards";
import {
  answerIntent,
  type Choice,
  openSession,
  outcomeOf,
  payThroughSession,
  reopenSession,
  sessionOfIntent,
} from "@/lib/sandbox/pay-session";
import type { StripeObject, TableName } from "@/lib/sandbox/state/tables";
import type { Deliveries } from "@/lib/sandbox/webhooks/deliveries";
import type { Dashboard, World } from "@/lib/sandbox/world";

export interface Controls {
  world: World;
  faults: Faults;
  seen: SeenRequests;
  deliveries: Deliveries;
  due: DueTasks;
  doors: Doors;
  reset(): void;
}

type Body = { readonly [name: string]: unknown };
type Handler = (controls: Controls, body: Body, id: string) => unknown;

const handlers: Record<string, Handler> = {
  "POST faults": ({ faults }, body) => ({ id: faults.set(body as unknown as FaultOrder) }),
  "GET faults": ({ faults }) => faults.states(),
  "POST faults/clear": ({ faults }) => {
    faults.clear();
    return {};
  },
  "POST faults/release": ({ faults }) => ({ released: faults.release() }),
  "POST faults/until-hanging": async ({ faults }, { count }) => {
    await within(10_000, faults.untilHanging(Number(count)));
    return {};
  },
  "POST requests": ({ seen }, body) => seen.list(body as { method?: string; path?: string }),

  "POST webhooks/mode": ({ deliveries, due }, { mode, types }) => {
    deliveries.setMode(
      oneOf(mode, "deliver", "hold", "drop", "lose", "down"),
      (types as string[] | undefined) ?? null,
    );
    due.run();
    return {};
  },
  "POST webhooks/copies": ({ deliveries }, { copies }) => {
    deliveries.setCopies(Number(copies));
    return {};
  },
  "GET webhooks/held": ({ deliveries, due }) => {
    due.run();
    return deliveries.held();
  },
  "POST webhooks/release": async ({ deliveries, due }, { order, copies }) => {
    due.run();
    await deliveries.release((order as string[] | undefined) ?? null, Number(copies ?? 1));
    return {};
  },
  "POST webhooks/resend": async ({ deliveries, world }, { eventId, times }) => {
    const event = world.store.get("event", String(eventId));
    if (!event) throw noSuch("event", String(eventId));
    await deliveries.resend(event, Number(times ?? 1));
    return {};
  },
  "POST webhooks/idle": async ({ deliveries, due }) => {
    await due.idle();
    return deliveries.state();
  },
  "GET webhooks/state": ({ deliveries }) => deliveries.state(),

  "GET clock": ({ world }) => ({ now: world.clock.nowMs(), nextDue: world.nextDueMs() }),
  "POST clock/advance": async ({ due, world }, { ms }) => {
    await due.advance(Number(ms));
    return { now: world.clock.nowMs() };
  },

  "POST sessions/:id/pay": ({ world }, body, id) => pay(world, id, body as unknown as PayOrder),
  "POST sessions/:id/abandon": ({ world }, _body, id) => {
    const session = world.store.get("checkout.session", id);
    if (!session) throw noSuch("checkout.session", id);
    return { redirectUrl: session.cancel_url };
  },
  "POST sessions/:id/expire": ({ world }, _body, id) => {
    world.store.transact(() => expireSession(world, openSession(world, id)));
    return {};
  },
  "POST intents/:id/authenticate": ({ world }, { answer }, id) => {
    const attempt = world.store.transact(() => answerIntent(world, id, oneOf(answer, "approve", "fail")));
    return outcomeOf(world, sessionOfIntent(world, id), attempt);
  },
  "POST intents/:id/settle": ({ world }, { outcome }, id) => {
    const intent = world.store.get("payment_intent", id);
    if (!intent) throw noSuch("payment_intent", id);
    if (intent.status !== "processing") throw invalidRequest(`This intent has a status of ${intent.status}.`);
    world.store.transact(() => settleDelayed(world, intent, oneOf(outcome, "succeeds", "fails")));
    return {};
  },

  "POST webhooks/raw": async ({ deliveries }, { body }) => ({
    statuses: await deliveries.sendRaw(String(body)),
  }),
  "POST dashboard": ({ world }, settings) => {
    world.dashboard = { ...world.dashboard, ...(settings as Partial<Dashboard>) };
    return {};
  },
  "POST keys": ({ doors }, { key, may }) => {
    doors.restrict(String(key), may as Record<string, Permission>);
    return {};
  },
  "POST rate": ({ doors }, { perSecond }) => {
    doors.limit(perSecond === null ? null : Number(perSecond));
    return {};
  },

  "POST charges/:id/dispute": ({ world }, body, id) => {
    const kind = oneOf(body.kind, "chargeback", "inquiry");
    const given = { ...(body as Omit<DisputeGiven, "kind">), kind };
    return { id: world.store.transact(() => openDispute(world, id, given)).id };
  },
  "POST charges/:id/warn": ({ world }, _given, id) => ({
    id: world.store.transact(() => warnOfFraud(world, id)).id,
  }),
  "POST disputes/:id/move": ({ world }, { reinstates, withdraws }, id) => {
    const dispute = world.store.get("dispute", id);
    if (!dispute) throw noSuch("dispute", id);
    world.store.transact(() => {
      const after = reinstates === undefined ? dispute : reinstate(world, dispute, Number(reinstates));
      if (withdraws !== undefined) withdrawAgain(world, after, Number(withdraws));
    });
    return {};
  },
  "POST payment-methods/:id/mandate": ({ world }, { status }, id) => {
    world.store.transact(() => changeMandate(world, id, oneOf(status, "active", "inactive")));
    return {};
  },
  "POST disputes/:id/appeal": ({ world }, _given, id) => {
    const dispute = world.store.get("dispute", id);
    if (!dispute) throw noSuch("dispute", id);
    world.store.transact(() => appealDispute(world, dispute));
    return {};
  },
  "POST disputes/:id/adjust": ({ world }, { settledMinor }, id) => {
    const dispute = world.store.get("dispute", id);
    if (!dispute) throw noSuch("dispute", id);
    world.store.transact(() => adjustDispute(world, dispute, Number(settledMinor)));
    return {};
  },
  "POST disputes/:id/close": ({ world }, { outcome }, id) => {
    const dispute = world.store.get("dispute", id);
    if (!dispute) throw noSuch("dispute", id);
    world.store.transact(() => closeDispute(world, dispute, oneOf(outcome, "won", "lost")));
    return {};
  },
  "POST refunds/:id/settle": ({ world }, { outcome }, id) => {
    const refund = world.store.get("refund", id);
    if (!refund) throw noSuch("refund", id);
    world.store.transact(() => settleRefund(world, refund, oneOf(outcome, "succeeds", "fails")));
    return {};
  },
  "POST payment-methods/:id/renew": ({ world }, { last4 }, id) => {
    world.store.transact(() => renewCard(world, id, typeof last4 === "string" ? last4 : undefined));
    return {};
  },
  "POST payouts": ({ world }, { currency, outcome }) => ({
    id:
      world.store.transact(() =>
        payOut(world, String(currency).toLowerCase(), oneOf(outcome, "paid", "failed")),
      )?.id ?? null,
  }),

  "GET dump": ({ world }) => dump(world),
  "POST reset": ({ reset }) => {
    reset();
    return {};
  },
};

/** Answers one control call; null when there is no such call. */
export async function answerControl(
  controls: Controls,
  method: string,
  path: string,
  bodyText: string,
): Promise<{ result: unknown } | null> {
  const [noun = "", id = "", ...verbs] = path.split("/");
  const named = handlers[`${method} ${path}`];
  const handler = named ?? handlers[`${method} ${[noun, ":id", ...verbs].join("/")}`];
  if (!handler) return null;
  const body = bodyText === "" ? {} : JSON.parse(bodyText);
  return { result: await handler(controls, body, named ? "" : id) };
}

function pay(world: World, sessionId: string, order: PayOrder) {
  const attempt = world.store.transact(() => {
    if ("afterExpiry" in order && order.afterExpiry) reopenSession(world, sessionId);
    const first = payThroughSession(world, sessionId, choiceOf(order));
    const answer = answerOf(order);
    if (first.intent.status !== "requires_action" || answer === "leave") return first;
    return answerIntent(world, first.intent.id, answer);
  });
  return outcomeOf(world, world.store.get("checkout.session", sessionId) ?? null, attempt);
}

function choiceOf(order: PayOrder): Choice {
  if (order.method === "link") return { method: "link", inPlaceOfCard: order.inPlaceOfCard === true };
  if (order.method === "alipay") return { method: "alipay" };
  if ("later" in order) {
    const later = order.later === "waits" ? null : order.later;
    return {
      method: order.method,
      later,
      ...(order.afterMs === undefined ? {} : { afterMs: order.afterMs }),
    };
  }
  const number = order.card ?? "4242424242424242";
  const card = testCard(number);
  if (!card) throw invalidRequest(`${number} is not a test card.`);
  return { method: "card", card, ...("wallet" in order && order.wallet ? { wallet: order.wallet } : {}) };
}

function answerOf(order: PayOrder): "approve" | "fail" | "leave" {
  if (order.method === "alipay") return order.authorization ?? "approve";
  return ("authentication" in order ? order.authentication : undefined) ?? "approve";
}

/** A number of its own, if it is said, and four more years. */
function renewCard(world: World, id: string, last4?: string): void {
  const before = world.store.get("payment_method", id);
  if (!before?.card) throw noSuch("card", id);
  const card = {
    ...before.card,
    exp_year: before.card.exp_year + 4,
    ...(last4 && { last4, fingerprint: `local${last4}` }),
  };
  const after = world.store.put("payment_method", { ...before, card });
  world.emit("payment_method.automatically_updated", after, before);
}

function dump(world: World): Record<string, StripeObject[]> {
  const names = [
    "customer",
    "checkout.session",
    "payment_intent",
    "setup_intent",
    "payment_method",
    "charge",
    "refund",
    "dispute",
    "mandate",
    "radar.early_fraud_warning",
    "balance_transaction",
    "payout",
    "event",
    "webhook_endpoint",
  ] as const satisfies readonly TableName[];
  return Object.fromEntries(names.map((name) => [name, [...world.store.table(name).oldestFirst()]]));
}

function oneOf<const V extends string>(value: unknown, ...values: readonly V[]): V {
  const known = values.find((each) => each === value);
  if (known === undefined) throw invalidRequest(`${String(value)} is none of ${values.join(", ")}`);
  return known;
}

function within(ms: number, promise: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(invalidRequest(`Not within ${ms} ms`)), ms);
    void promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
