import type { refundStates } from "@/db/schema/refunds";

export type RefundState = (typeof refundStates)[number];
export type FinalRefundState = "succeeded" | "failed";

const finals = ["succeeded", "failed"] as const satisfies readonly FinalRefundState[];

/**
 * Every state before the final ones is open and may become any final one directly. Of these, a refund that succeeded may
 * still fail: a bank may refuse the money days later (domain.md, States).
 */
export const successors = {
  created: ["sent", "pending", "unknown", ...finals],
  sent: ["pending", "unknown", ...finals],
  pending: ["sent", "unknown", ...finals],
  unknown: ["sent", "pending", ...finals],
  succeeded: ["failed"],
  failed: [],
} as const satisfies Record<RefundState, readonly RefundState[]>;

export function isFinal(state: RefundState): state is FinalRefundState {
  return state === "succeeded" || state === "failed";
}

export function mayBecome(from: RefundState, to: RefundState): boolean {
  return (successors[from] as readonly RefundState[]).includes(to);
}
