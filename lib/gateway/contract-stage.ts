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
  /** Begins every idempotency key: two runs do not meet. */
  readonly run: string;
}

/** A customer at the hosted page; without a browser Stripe itself has none. */
export interface ContractPayer {
  pay(checkout: Checkout, card: "succeeds" | "is declined"): Promise<void>;
}

/** The bank behind a card, which answers when it is asked to; only the local Stripe has one. */
export interface ContractBank {
  dispute(stripeChargeId: string, kind: "chargeback" | "inquiry"): Promise<string>;
  closeDispute(id: string, outcome: "won" | "lost"): Promise<void>;
  settleRefund(id: string, outcome: "succeeds" | "fails"): Promise<void>;
}

export interface ContractCheck {
  /** What holds, as a sentence about Stripe. */
  readonly name: string;
  readonly run: (stage: ContractStage) => Promise<void>;
}

export interface PaidContractCheck {
  readonly name: string;
  readonly run: (stage: ContractStage & ContractPayer & ContractBank) => Promise<void>;
}

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
