import type { paymentStates } from "@/db/schema/payments";

export type PaymentState = (typeof paymentStates)[number];
export type FinalPaymentState = "succeeded" | "failed" | "canceled" | "expired";
export type OpenPaymentState = Exclude<PaymentState, FinalPaymentState>;

const finals = ["succeeded", "failed", "canceled", "expired"] as const satisfies readonly FinalPaymentState[];

/** Every state before the final ones is open and may become any final one directly (domain.md, States). */
export const successors = {
  created: ["sent", "requires_action", "processing", "unknown", ...finals],
  sent: ["requires_action", "processing", "unknown", ...finals],
  requires_action: ["sent", "processing", "unknown", ...finals],
  processing: ["requires_action", "unknown", ...finals],
  unknown: ["sent", "requires_action", "processing", ...finals],
  succeeded: [],
  failed: [],
  canceled: [],
  expired: [],
} as const satisfies Record<PaymentState, readonly PaymentState[]>;

export function isFinal(state: PaymentState): state is FinalPaymentState {
  return successors[state].length === 0;
}

export function mayBecome(from: PaymentState, to: PaymentState): boolean {
  return (successors[from] as readonly PaymentState[]).includes(to);
}
