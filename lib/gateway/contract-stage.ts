import { newId } from "@/lib/kernel/id";
import { value } from "./contract-answers";
import type { Checkout, CheckoutRequest, Gateway } from "./port";

/** What a check of the contract may use. */
export interface ContractStage {
  readonly gateway: Gateway;
  /** The same, under a key that Stripe does not know. */
  readonly stranger: Gateway;
  now(): Date;
  /** Attaches a test card, named by its token such as `pm_card_visa`; the id that it has then. */
  attachCard(stripeCustomerId: string, token: string): Promise<string>;
  /**
   * What the bank is to decide of a dispute: in test mode the text of its evidence says that, see docs.stripe.com/testing.
   */
  giveEvidence(disputeId: string, text: "winning_evidence" | "losing_evidence"): Promise<void>;
  /** Lets so much of Stripe's time pass. */
  wait(ms: number): Promise<void>;
  /** Begins every idempotency key: two runs do not meet. */
  readonly run: string;
}

/** A customer at the hosted page; without a browser Stripe itself has none. */
export interface ContractPayer {
  pay(checkout: Checkout, card: "succeeds" | "is declined"): Promise<void>;
}

export interface ContractCheck {
  /** What holds, as a sentence about Stripe. */
  readonly name: string;
  readonly run: (stage: ContractStage) => Promise<void>;
}

export interface PaidContractCheck {
  readonly name: string;
  readonly run: (stage: ContractStage & ContractPayer) => Promise<void>;
}

/**
 * Looks until there is something to see: much of what Stripe says comes a moment later, and a bank takes its time. Gives up
 * after some minutes.
 */
export async function eventually<T>(
  stage: ContractStage,
  what: string,
  look: () => Promise<T | null | undefined | false>,
): Promise<T> {
  let waited = 0;
  for (let next = 250; waited < longest; next = Math.min(next * 2, 8_000)) {
    const seen = await look();
    if (seen) return seen;
    await stage.wait(next);
    waited += next;
  }
  throw new Error(`${what}: not within ${longest / 1000} seconds`);
}

const longest = 180_000;

/** A page of 20 dollars, of a customer of its own. */
export async function requestOf({ gateway, run, now }: ContractStage): Promise<CheckoutRequest> {
  const customerId = newId();
  const customer = { customerId, name: "Contract", email: "contract@example.com" };
  const made = value(await gateway.createCustomer(customer, `${run}/${customerId}/customer`));
  return {
    stripeCustomerId: made.id,
    paymentId: newId(),
    customerId,
    currency: "USD",
    amountMinor: "2000",
    description: "INV-2026-000001",
    locale: "en",
    successUrl: "https://portal.example/return?from=paid",
    cancelUrl: "https://portal.example/return?from=back",
    expiresAt: Math.floor(now().getTime() / 1000) + 45 * 60,
  };
}

export function keyOf({ run }: ContractStage, { paymentId }: CheckoutRequest): string {
  return `${run}/${paymentId}/checkout`;
}
