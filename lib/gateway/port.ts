import type { Currency } from "@/lib/kernel/money";

/**
 * Three outcomes, and the type makes it impossible to forget the third: a timeout, a 5xx, a cut answer, 409 and 429
 * are `unknown`, never a failure. `declined` is a definite refusal: nothing was created or changed.
 */
export type Outcome<T> =
  | { outcome: "succeeded"; value: T }
  | {
      outcome: "declined";
      code: string;
      message: string;
      /** Refused for who asked, before it was looked at what: says nothing of an earlier call under the same key. */
      isUnheard?: boolean;
      /** The answer's, of HTTP. */
      status?: number | undefined;
      /** What the call named and Stripe does not have: it was deleted, or belongs to an account of other keys. */
      gone?: "customer" | "card";
    }
  | { outcome: "unknown"; reason: string };

/** A hosted page as Stripe describes it now, reduced to what settling needs. Words of Stripe stay open enums. */
export interface Checkout {
  kind: "checkout";
  id: string;
  status: string;
  paymentStatus: string;
  /** Its money arrived. */
  isPaid: boolean;
  /** It can no longer be paid. */
  isOver: boolean;
  url: string | null;
  amountMinor: bigint;
  currency: string;
  stripeCustomerId: string | null;
  isLive: boolean;
  /** Our own payment id, from the metadata; null where it is missing. */
  paymentId: string | null;
  expiresAt: Date;
  intent: { id: string; status: string } | null;
  /** The intent behind it; null while there is none. */
  intentId: string | null;
  charge: Charge | null;
  /** The card that the customer wanted to keep, once it has paid. */
  savedCard: Card | null;
}

export interface Charge {
  id: string;
  amountMinor: bigint;
  currency: string;
  fee: Fee | null;
  /** Stripe's own word for how it was paid, as `card` or `sepa_debit`. */
  methodType?: string | null;
}

/** From the balance transaction: what Stripe kept, in the currency it settles in. */
export interface Fee {
  balanceTransactionId: string;
  feeMinor: bigint;
  currency: string;
  /** What the charge became in the settlement currency, before the fee. */
  settledMinor: bigint;
}

/** What Stripe has of a customer, for its own receipts and for people in its dashboard. */
export interface StripeCustomer {
  name: string | null;
  email: string | null;
}

/** Exactly what is sent when a hosted page is made; stored before the call, and sent again unchanged. */
export interface CheckoutRequest {
  stripeCustomerId: string;
  paymentId: string;
  customerId: string;
  currency: string;
  /** Minor units as text: the request is stored as JSON. */
  amountMinor: string;
  description: string;
  locale: string;
  successUrl: string;
  cancelUrl: string;
  /** Keeps the card for charges without the customer, because they ticked that. Absent: no. */
  savesCard?: true;
  /** Unix seconds. */
  expiresAt: number;
}

/** A saved card as Stripe describes it now. */
export interface Card {
  /** Stripe's own, `pm_…`. */
  id: string;
  /** Null once it is detached: it can never be charged again. */
  stripeCustomerId: string | null;
  /** The same for the same card, however often it was saved. */
  fingerprint: string | null;
  brand: string;
  last4: string;
  expMonth: number;
  expYear: number;
}

/** Exactly what is sent when a saved card is charged; stored before the call, and sent again unchanged. */
export interface IntentRequest {
  stripeCustomerId: string;
  stripePaymentMethodId: string;
  paymentId: string;
  customerId: string;
  currency: string;
  /** Minor units as text: the request is stored as JSON. */
  amountMinor: string;
  description: string;
  /** Nobody is there to answer a question of the bank's. */
  isOffSession: boolean;
  /** Where the customer comes back to from their bank. */
  returnUrl: string;
}

/** A charge of a saved card as Stripe describes it now. Words of Stripe stay open enums. */
export interface Intent {
  kind: "intent";
  id: string;
  status: string;
  isPaid: boolean;
  isOver: boolean;
  /** Its own id, as a page has that of the intent behind it. */
  intentId: string;
  amountMinor: bigint;
  currency: string;
  stripeCustomerId: string | null;
  isLive: boolean;
  /** Our own payment id, from the metadata; null where it is missing. */
  paymentId: string | null;
  /** The bank's page (3-D Secure), while the customer is asked there. */
  actionUrl: string | null;
  /** Why the card was declined; null where it was not, or Stripe no longer says: it may forget that on canceling. */
  decline: Decline | null;
  cancellationReason: string | null;
  charge: Charge | null;
}

/** Why a card was declined, in words of Stripe's and of the card's network. */
export interface Decline {
  /** The decline code where there is one, else the error's. */
  code: string;
  /** What Stripe advises, as `do_not_try_again`. */
  advice: string | null;
  /** Two characters of the network's own. */
  networkCode: string | null;
  /** Stripe's own rules against fraud (Radar) blocked it: no bank was asked. */
  isBlocked?: true;
}

/** A hosted page on which a card is saved and nothing is paid. */
export interface CardSetupRequest {
  stripeCustomerId: string;
  customerId: string;
  locale: string;
  successUrl: string;
  cancelUrl: string;
}

/** Exactly what is sent when a charge is refunded; stored before the call, and sent again unchanged. */
export interface RefundRequest {
  stripeChargeId: string;
  refundId: string;
  customerId: string;
  /** Minor units as text: the request is stored as JSON. */
  amountMinor: string;
}

/** A refund as Stripe describes it now. Words of Stripe stay open enums. */
export interface Refund {
  id: string;
  status: string;
  stripeChargeId: string | null;
  amountMinor: bigint;
  currency: string;
  /** Our own ids, from the metadata; null where somebody made it at Stripe itself. */
  refundId: string | null;
  customerId: string | null;
  failureReason: string | null;
  /** Stripe's word for why it is pending, where it says so: `processing`, `insufficient_funds`. */
  pendingReason: string | null;
  /** What it took of the host's money at Stripe; null until it has. */
  movement: BalanceMovement | null;
  /** What came back when it failed. */
  failureMovement: BalanceMovement | null;
}

/** A charge that its cardholder contests, as Stripe describes it now. Words of Stripe stay open enums. */
export interface Dispute {
  id: string;
  status: string;
  stripeChargeId: string | null;
  amountMinor: bigint;
  currency: string;
  isLive: boolean;
  /** Stripe's own word for why, as `fraudulent`. */
  reason: string;
  evidenceDueAt: Date | null;
  /** Funds withdrawn and reinstated, and fees of their own; none while it is only an inquiry. */
  movements: BalanceMovement[];
}

/** What moved on the host's balance at Stripe, in the currency that settles in: what goes out is negative. */
export interface BalanceMovement {
  balanceTransactionId: string;
  settledMinor: bigint;
  feeMinor: bigint;
  currency: string;
}

export interface GatewayEvent {
  id: string;
  type: string;
  createdAt: Date;
  isLive: boolean;
  payload: unknown;
}

/** Stripe's smallest and largest charge in a currency, and the step amounts must be a multiple of. Minor units. */
export interface ChargeLimits {
  minimumMinor: bigint;
  stepMinor: bigint;
  maximumMinor: bigint;
}

/** What Stripe's refusals for size have taught of a currency; null where there was none in that direction. Minor units. */
export interface LearnedLimits {
  currency: string;
  leastMinor: bigint | null;
  mostMinor: bigint | null;
}

/** The part of the gateway that is about saved cards. */
export interface CardGateway {
  /**
   * Charges a saved card. A card that is declined is no refusal of the call: the intent was created, succeeded or not,
   * and says so. Declined means that nothing was created.
   */
  createIntent(request: IntentRequest, key: string): Promise<Outcome<Intent>>;
  readIntent(id: string): Promise<Outcome<Intent>>;
  /** Declined when the intent succeeded or was canceled already: read it to learn which. */
  cancelIntent(id: string, reason: "abandoned" | "requested_by_customer"): Promise<Outcome<Intent>>;
  /** The intents that name a payment whose own id we never learned, newest first: by listing, never by search. */
  findIntents(stripeCustomerId: string, paymentId: string): Promise<Outcome<Intent[]>>;
  createCardSetup(request: CardSetupRequest, key: string): Promise<Outcome<{ url: string }>>;
  /** The cards attached to a customer, newest first. */
  listCards(stripeCustomerId: string): Promise<Outcome<Card[]>>;
  /** Null for what is no card, such as a bank account. */
  readCard(id: string): Promise<Outcome<Card | null>>;
  /** Declined when it is detached already. */
  detachCard(id: string): Promise<Outcome<Card | null>>;
}

/** The part of the gateway that is about money that goes back: refunds, and charges that are disputed. */
export interface MoneyBackGateway {
  /** Declined when the charge has not so much left, or is disputed: then nothing was created. */
  createRefund(request: RefundRequest, key: string): Promise<Outcome<Refund>>;
  readRefund(id: string): Promise<Outcome<Refund>>;
  /** The refund of ours whose Stripe id we never learned: by listing, never by search. Others may name it too: `fits` tells. */
  findRefund(
    stripeChargeId: string,
    refundId: string,
    fits?: (refund: Refund) => boolean,
  ): Promise<Outcome<Refund | null>>;
  readDispute(id: string): Promise<Outcome<Dispute>>;
  /** The refunds that were made since the instant, newest first. */
  listRefunds(since: Date, from?: ListFrom): Promise<Outcome<Page<Pick<Refund, "id" | "status">>>>;
  /** The disputes that were opened since the instant, newest first. */
  listDisputes(since: Date, from?: ListFrom): Promise<Outcome<Page<Dispute>>>;
}

/** One line of Stripe's own list of what moved on the host's balance there. */
export interface ListedMovement extends BalanceMovement {
  at: Date;
  /** What moved it. `other`: a payout, a fee by itself, and whatever Stripe adds. */
  source:
    | { kind: "charge"; charge: ListedCharge }
    | { kind: "refund" | "dispute" | "other"; id: string | null };
}

/** A charge that succeeded, as that list names it, with our own ids from its metadata where it has them. */
export interface ListedCharge {
  id: string;
  intentId: string | null;
  amountMinor: bigint;
  currency: string;
  stripeCustomerId: string | null;
  paymentId: string | null;
  customerId: string | null;
}

/** The part of the gateway that is about what moved at Stripe altogether. */
export interface MovementGateway {
  /** What moved on the host's balance since the instant, newest first. */
  listMovements(since: Date, from?: ListFrom): Promise<Outcome<Page<ListedMovement>>>;
  /** Whose a charge is, by what its maker wrote on it. */
  readChargeOwner(
    chargeId: string,
  ): Promise<Outcome<Pick<ListedCharge, "stripeCustomerId" | "paymentId" | "customerId">>>;
  /** The hosted page that a charge's intent belongs to; null for one that belongs to none. */
  findCheckoutOf(intentId: string): Promise<Outcome<{ id: string } | null>>;
}

/** Where a page of a list begins, and how long it is; the first of a hundred, if not said. */
export interface ListFrom {
  /** The last one of the page before. */
  after?: string | null;
  most?: number;
}

/** A page of a list; `next` is what the next one comes after, null if there is none. */
export interface Page<T> {
  rows: T[];
  next: string | null;
}

/** An account at Stripe in one of its two modes: what was made under one is unknown under another. */
export interface StripeAccount {
  id: string;
  isLive: boolean;
}

/** What the host has set up at Stripe, as far as the key may read it; null for what it may not. */
export interface StripeSetup {
  account: { id: string; settlesIn: string } | null;
  /** The endpoint of this portal; `missing` where the account has none. */
  endpoint: { apiVersion: string | null; events: string[]; isEnabled: boolean } | "missing" | null;
  /** What Stripe's page offers besides cards, of what the portal allows. */
  pageMethods: string[] | null;
}

export interface Gateway extends CardGateway, MoneyBackGateway, MovementGateway {
  readonly isLive: boolean;
  /** Where Stripe's Dashboard shows an object; null for the local Stripe, which has none. */
  dashboardUrl(stripeId: string): string | null;
  /** By the currency that the charge settles in, and by what Stripe has refused for its size. */
  chargeLimits(currency: Currency): ChargeLimits;
  /** All that is known here of Stripe's refusals for size. */
  learnedLimits(): LearnedLimits[];
  /** Takes in what other processes have learned of them. */
  learnLimits(learned: readonly LearnedLimits[]): void;
  /** The account that the keys are of. Declined where a restricted key may not read it. */
  readAccount(): Promise<Outcome<StripeAccount>>;
  /** Reads in which currencies the account settles, the one that others are converted into first; limits follow them. */
  readSettlement(): Promise<Outcome<string[]>>;
  createCustomer(
    input: { customerId: string; name: string; email: string | null },
    key: string,
  ): Promise<Outcome<{ id: string }>>;
  /** Null for one that was deleted, or belongs to an account of other keys: for good, both. */
  readCustomer(id: string): Promise<Outcome<StripeCustomer | null>>;
  updateCustomer(id: string, to: { name: string; email: string | null }): Promise<Outcome<StripeCustomer>>;
  createCheckout(request: CheckoutRequest, key: string): Promise<Outcome<Checkout>>;
  readCheckout(id: string): Promise<Outcome<Checkout>>;
  /** Declined when the session is complete or expired already: read it to learn which. */
  expireCheckout(id: string): Promise<Outcome<Checkout>>;
  /** The sessions that name a payment whose own id we never learned, newest first: by listing, never by search. */
  findCheckouts(stripeCustomerId: string, paymentId: string): Promise<Outcome<Checkout[]>>;
  /** Declined only where Stripe refuses the key itself. `endpointUrl` is where this portal hears events. */
  readSetup(endpointUrl: string): Promise<Outcome<StripeSetup>>;
  readFee(chargeId: string): Promise<Outcome<Fee | null>>;
  /** Events of these types (twenty at most) since the instant whose delivery failed, newest first. */
  undeliveredEvents(
    since: Date,
    types: readonly string[],
    from?: ListFrom,
  ): Promise<Outcome<Page<GatewayEvent>>>;
  /** Verifies a webhook's signature against each secret; null if none fits or it is too old or too new. */
  verifyEvent(body: string, signature: string | null, now: Date): GatewayEvent | null;
}

/** Raises an amount to what Stripe can charge. */
export function chargeable(amountMinor: bigint, { minimumMinor, stepMinor }: ChargeLimits): bigint {
  const atLeast = amountMinor < minimumMinor ? minimumMinor : amountMinor;
  const over = atLeast % stepMinor;
  return over === 0n ? atLeast : atLeast + stepMinor - over;
}
