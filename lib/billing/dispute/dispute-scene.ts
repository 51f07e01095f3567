import type { CustomerId, DisputeId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { DisputeHold, OpenHold } from "@/lib/ledger/book";
import type { ChargeRecord } from "../payment/charge-left";

export interface DisputeRecord {
  id: DisputeId;
  customerId: CustomerId;
  state: "open" | "won" | "lost";
  isInquiry: boolean;
  currency: Currency;
  amountMinor: bigint;
  withdrawnAt: Date | null;
  reinstatedAt: Date | null;
  /** Staff say that what is with the bank is lost. */
  lossAgreedAt: Date | null;
  /** Since when Stripe has called it lost without anything being with the bank. */
  lostUnmovedAt: Date | null;
  feeMinor: bigint | null;
  feeCurrency: string | null;
}

/** What is known of a dispute under its locks. */
export interface DisputeScene {
  readonly dispute: DisputeRecord;
  /** Its charge, without what this dispute took of it. */
  readonly charge: ChargeRecord;
  /** What of the balance is held for it: when its funds were withdrawn, and what its charge freed since. */
  readonly holds: readonly OpenHold<DisputeHold>[];
  /** What is held for other disputes of its charge that are open. */
  readonly siblingHolds: readonly OpenHold<DisputeHold>[];
  /** What moved for it and is booked, by Stripe's ids. */
  readonly booked: readonly string[];
  /** What of it is with the bank, as it is booked. Minor units. */
  readonly outMinor: bigint;
  /** Who bears it since it was lost; all zero before. */
  readonly lost: LossShares;
}

/** Who bears a dispute that was lost. Minor units. */
export interface LossShares {
  /** From the customer's balance or as their debt. */
  readonly customerMinor: bigint;
  readonly hostMinor: bigint;
}
