/**
 * The control client of the local Stripe: what a test needs beyond Stripe's own API.
 *
 * Every call is one HTTP request to `/_control/…`, authorized by the secret key. Nothing here exists at the
 * real Stripe, so nothing under `app` or `lib/billing` may import it: tests, chaos and the demo only.
 *
 * Two habits of stripe-node 23 matter when faults are set:
 * - it resends a request once when the socket was destroyed, even with `maxNetworkRetries: 0`, under the same
 *   key: a `drop_before` or `drop_after` that the caller is to see needs `times: 2`;
 * - it does not resend after an answer that was cut in the middle: `cut` needs `times: 1`.
 */

/**
 * What goes wrong with a request.
 * - `drop_before`: the socket is destroyed and nothing was done; `drop_after`: everything was done, then it is.
 * - `cut`: done, and the answer ends in the middle.
 * - `error_500`: nothing was done; `error_500_after`: done. Both are remembered under the idempotency key and
 *   replayed, as Stripe does.
 * - `rate_limit`: 429 before the idempotency layer, nothing remembered; `lock_timeout`: 429 with that code.
 * - `hang_before`: the request waits before its work until `releaseHangs`, and does it then even if the caller has
 *   gone; its key is in use meanwhile (the same key again is answered 409 `idempotency_key_in_use`). `hang_after`:
 *   the work is done and remembered, the answer waits.
 */
export type FaultKind =
  | "drop_before"
  | "drop_after"
  | "cut"
  | "error_500"
  | "error_500_after"
  | "rate_limit"
  | "lock_timeout"
  | "hang_before"
  | "hang_after";

export interface FaultOrder {
  kind: FaultKind;
  /** Only requests of this method; absent: any. */
  method?: "GET" | "POST" | "DELETE";
  /** Only requests whose path begins so, e.g. `/v1/checkout/sessions`; absent: `/v1/`. */
  path?: string;
  /** How many requests it strikes; absent: 1. */
  times?: number | "until_cleared";
  /** How many matching requests go through unharmed first; absent: 0. */
  skip?: number;
}

export interface FaultState extends FaultOrder {
  id: string;
  /** How many requests it has struck so far. */
  struck: number;
  /** How many requests are waiting in it now (hangs only). */
  waiting: number;
}

/** A request that reached the API, newest last; the last thousand are kept. */
export interface SeenRequest {
  id: string;
  method: string;
  path: string;
  idempotencyKey: string | null;
  /** Null while it is worked on, or when the socket was destroyed. */
  status: number | null;
  fault: FaultKind | null;
  replayed: boolean;
}

/** How a session is paid without a browser; each is what a customer could do on the hosted page. */
export type PayOrder =
  | {
      method?: "card";
      /** A test card's number; absent: 4242424242424242. */
      card?: string;
      /** Paid from a wallet that stands before it on the page by itself. */
      wallet?: "apple_pay" | "google_pay";
      /** What the customer does if 3-D Secure is asked for; absent: approve. `leave` stays in requires_action. */
      authentication?: "approve" | "fail" | "leave";
      /** Pays a session that has expired already: a success that Stripe reports too late. */
      afterExpiry?: boolean;
    }
  | {
      method: "sepa_debit" | "us_bank_account";
      /** What becomes of the debit; `waits` leaves it to `settleDelayed`. */
      later: "succeeds" | "fails" | "waits";
      /** After how long of the virtual clock; absent: three days. */
      afterMs?: number;
    }
  | { method: "alipay"; authorization?: "approve" | "fail" | "leave" }
  | {
      method: "link";
      /** Stripe puts it in the place of a card by itself, also where only cards are allowed. */
      inPlaceOfCard?: boolean;
    };

export interface PayOutcome {
  sessionStatus: string;
  paymentStatus: string;
  paymentIntent: string | null;
  setupIntent: string | null;
  /** The status of the intent, or null when there is none. */
  intentStatus: string | null;
  /** What the customer was told when the attempt was declined. */
  error: { code: string | null; declineCode: string | null; message: string } | null;
  /** Where the page would have sent the customer. */
  redirectUrl: string | null;
}

export interface HeldWebhook {
  eventId: string;
  type: string;
  /** The id of the object that the event speaks of. */
  objectId: string;
}

export interface WebhookState {
  mode: "deliver" | "hold" | "drop" | "lose" | "down";
  types: string[] | null;
  copies: number;
  /** Deliveries under way or due now. */
  busy: number;
  /** Deliveries that wait for a retry. */
  waiting: number;
  held: number;
  attempts: number;
  lastStatus: number | null;
}

export interface SandboxControl {
  /** Sets a fault; the first one set that matches a request strikes it. */
  fault(order: FaultOrder): Promise<{ id: string }>;
  faults(): Promise<FaultState[]>;
  /** Removes all faults; what hangs goes on. */
  clearFaults(): Promise<void>;
  /** Lets every hanging request go on; returns how many. */
  releaseHangs(): Promise<number>;
  /** Resolves as soon as `count` requests hang (refused after ten seconds). */
  untilHanging(count: number): Promise<void>;
  /** The API requests seen, oldest first; filtered by method and path prefix. */
  requests(filter?: { method?: string; path?: string }): Promise<SeenRequest[]>;

  /** Keeps events back from now on (all, or only these types) until `releaseWebhooks` or `deliverWebhooks`. */
  holdWebhooks(types?: string[]): Promise<void>;
  heldWebhooks(): Promise<HeldWebhook[]>;
  /**
   * Sends held events one after another, each `copies` times: those named, in that order; absent: all, oldest
   * first. Holding goes on. Resolves when they have been answered.
   */
  releaseWebhooks(order?: string[], copies?: number): Promise<void>;
  /** Loses events from now on (all, or only these types): they stay undelivered and are never retried. */
  dropWebhooks(types?: string[]): Promise<void>;
  /** Loses them for good: they reach nobody, but count as delivered, so that no list of undelivered ones has them. */
  loseWebhooks(types?: string[]): Promise<void>;
  /** The endpoint seems unreachable: each attempt fails and is retried with backoff, for three days. */
  webhooksDown(): Promise<void>;
  /** Back to delivering, once each; what is held is sent. */
  deliverWebhooks(): Promise<void>;
  /** Every delivery from now on is sent this many times at once. */
  duplicateWebhooks(copies: number): Promise<void>;
  /** Sends one event (again), `times` times at once, whatever the mode. */
  resendWebhook(eventId: string, times?: number): Promise<void>;
  /** Resolves when no delivery is under way or due now (retries that wait for the clock do not count). */
  webhooksIdle(): Promise<WebhookState>;
  webhookState(): Promise<WebhookState>;

  /** The virtual time. */
  now(): Promise<Date>;
  /** When something happens by itself next: a session expires, a webhook is sent again; null is never. */
  nextDue(): Promise<Date | null>;
  /** Moves the virtual clock on: sessions expire, delayed methods settle, webhooks are retried, in order. */
  advance(ms: number): Promise<Date>;

  /** Pays (or sets up) through a session as a customer would on the page. A decline is an outcome, not an error. */
  pay(sessionId: string, order?: PayOrder): Promise<PayOutcome>;
  /** Answers the 3-D Secure (or wallet) question of an intent that `pay` left in requires_action. */
  authenticate(intentId: string, answer: "approve" | "fail"): Promise<PayOutcome>;
  /** Leaves the page: nothing changes at Stripe; returns the cancel_url that the customer is sent to. */
  abandon(sessionId: string): Promise<{ redirectUrl: string | null }>;
  /** Expires an open session as if its time had come. */
  expire(sessionId: string): Promise<void>;
  /** Ends a delayed payment (intent in `processing`) now. */
  settleDelayed(intentId: string, outcome: "succeeds" | "fails"): Promise<void>;

  /**
   * Disputes a charge; `inquiry` withdraws no funds. Returns the dispute's id. It may be of less or more than the charge, and
   * its fee a movement of its own.
   */
  dispute(
    chargeId: string,
    kind?: "chargeback" | "inquiry",
    more?: { amountMinor?: number; feeApart?: boolean },
  ): Promise<{ id: string }>;
  /** Money of a dispute comes back in part, or is taken (again), while it is open or after; fee and rate are the day's. */
  moveDispute(disputeId: string, moves: { reinstates?: number; withdraws?: number }): Promise<void>;
  /** The card's issuer warns of fraud: radar.early_fraud_warning.created. */
  warnOfFraud(chargeId: string): Promise<{ id: string }>;
  /** The leave to debit a bank account ends, or comes back: mandate.updated. */
  changeMandate(paymentMethodId: string, status: "active" | "inactive"): Promise<void>;

  /** Sends these bytes to each endpoint, well signed, whatever they are; the statuses that were answered. */
  sendRaw(body: string): Promise<{ statuses: (number | null)[] }>;
  /** What the host switches in Stripe's Dashboard, and whether their balance covers new refunds, until `reset`. */
  dashboard(settings: {
    adaptivePricing?: boolean;
    methods?: string[];
    refundsLackFunds?: boolean;
  }): Promise<void>;
  /** A restricted key that may read or write what stands behind `/v1/`, as `{ customers: "write" }`; 403 for all else. */
  restrictKey(key: string, may: Record<string, "read" | "write">): Promise<void>;
  /** How many requests are heard in a second of real time, 25 in a sandbox of Stripe's; null, as at first: all. */
  limitRate(perSecond: number | null): Promise<void>;

  closeDispute(disputeId: string, outcome: "won" | "lost"): Promise<void>;
  /** Appeals a dispute that is lost: it is open again at Stripe until `closeDispute`. */
  appealDispute(disputeId: string): Promise<void>;
  /** A small movement weeks after the whole one, in the currency that settles; out is negative. */
  adjustDispute(disputeId: string, settledMinor: number): Promise<void>;
  /** Ends a refund now: pending → succeeded or failed, succeeded → failed. */
  settleRefund(refundId: string, outcome: "succeeds" | "fails"): Promise<void>;
  /** The card network renews a card, under another number if one is said: payment_method.automatically_updated. */
  renewCard(paymentMethodId: string, last4?: string): Promise<void>;
  /** Pays out what is available in a currency; null when there is nothing. `fails` sends payout.failed after it. */
  payOut(currency: string, outcome?: "paid" | "failed"): Promise<{ id: string | null }>;

  /** Every object, by its Stripe object name, oldest first. */
  dump(): Promise<Record<string, Array<Record<string, unknown>>>>;
  /** Forgets everything: objects, keys, events, faults, webhook mode and clock. */
  reset(): Promise<void>;
}

/** A client for the control calls of the local Stripe at `url` (e.g. `http://127.0.0.1:4242`). */
export function sandboxControl(url: string, secretKey: string): SandboxControl {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}/_control/${path}`, {
      method,
      headers: { authorization: `Bearer ${secretKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok)
      throw new Error(`The local Stripe refused ${method} ${path}: ${JSON.stringify(answer)}`);
    return answer as T;
  };
  const post = <T = unknown>(path: string, body: unknown = {}) => call<T>("POST", path, body);
  const get = <T>(path: string) => call<T>("GET", path);
  const done = async (answer: Promise<unknown>) => {
    await answer;
  };
  return {
    fault: (order) => post("faults", order),
    faults: () => get("faults"),
    clearFaults: () => done(post("faults/clear")),
    releaseHangs: async () => (await post<{ released: number }>("faults/release")).released,
    untilHanging: (count) => done(post("faults/until-hanging", { count })),
    requests: (filter = {}) => post("requests", filter),

    holdWebhooks: (types) => done(post("webhooks/mode", { mode: "hold", types })),
    heldWebhooks: () => get("webhooks/held"),
    releaseWebhooks: (order, copies) => done(post("webhooks/release", { order, copies })),
    dropWebhooks: (types) => done(post("webhooks/mode", { mode: "drop", types })),
    loseWebhooks: (types) => done(post("webhooks/mode", { mode: "lose", types })),
    webhooksDown: () => done(post("webhooks/mode", { mode: "down" })),
    deliverWebhooks: () => done(post("webhooks/mode", { mode: "deliver" })),
    duplicateWebhooks: (copies) => done(post("webhooks/copies", { copies })),
    resendWebhook: (eventId, times) => done(post("webhooks/resend", { eventId, times })),
    webhooksIdle: () => post("webhooks/idle"),
    webhookState: () => get("webhooks/state"),

    now: async () => new Date((await get<{ now: number }>("clock")).now),
    nextDue: async () => {
      const { nextDue } = await get<{ nextDue: number | null }>("clock");
      return nextDue === null ? null : new Date(nextDue);
    },
    advance: async (ms) => new Date((await post<{ now: number }>("clock/advance", { ms })).now),

    pay: (sessionId, order = {}) => post(`sessions/${sessionId}/pay`, order),
    authenticate: (intentId, answer) => post(`intents/${intentId}/authenticate`, { answer }),
    abandon: (sessionId) => post(`sessions/${sessionId}/abandon`),
    expire: (sessionId) => done(post(`sessions/${sessionId}/expire`)),
    settleDelayed: (intentId, outcome) => done(post(`intents/${intentId}/settle`, { outcome })),

    dispute: (chargeId, kind = "chargeback", more = {}) =>
      post(`charges/${chargeId}/dispute`, { kind, ...more }),
    moveDispute: (disputeId, moves) => done(post(`disputes/${disputeId}/move`, moves)),
    warnOfFraud: (chargeId) => post(`charges/${chargeId}/warn`),
    changeMandate: (paymentMethodId, status) =>
      done(post(`payment-methods/${paymentMethodId}/mandate`, { status })),

    sendRaw: (body) => post("webhooks/raw", { body }),
    dashboard: (settings) => done(post("dashboard", settings)),
    restrictKey: (key, may) => done(post("keys", { key, may })),
    limitRate: (perSecond) => done(post("rate", { perSecond })),

    closeDispute: (disputeId, outcome) => done(post(`disputes/${disputeId}/close`, { outcome })),
    appealDispute: (disputeId) => done(post(`disputes/${disputeId}/appeal`)),
    adjustDispute: (id, settledMinor) => done(post(`disputes/${id}/adjust`, { settledMinor })),
    settleRefund: (refundId, outcome) => done(post(`refunds/${refundId}/settle`, { outcome })),
    renewCard: (paymentMethodId, last4) => done(post(`payment-methods/${paymentMethodId}/renew`, { last4 })),
    payOut: (currency, outcome = "paid") => post("payouts", { currency, outcome }),

    dump: () => get("dump"),
    reset: () => done(post("reset")),
  };
}
