import type { ListedMovement } from "@/lib/gateway/port";
import type { ChargeId } from "@/lib/kernel/id";
import type { PaymentRef } from "../payment/settle";

/** A charge that Stripe says succeeded, with the movement that it brought. */
export type TakenCharge = Omit<ListedMovement, "source"> & {
  source: Extract<ListedMovement["source"], { kind: "charge" }>;
};

export interface BookedHere extends PaymentRef {
  chargeId: ChargeId;
  amountMinor: bigint;
  currency: string;
  /** Null while Stripe had not said it yet. */
  fee: { minor: bigint; currency: string } | null;
}

/** What is here of a charge at Stripe. */
export interface ChargeHere {
  /** The charge itself, if it is booked. */
  readonly booked: BookedHere | null;
  /** The payment of ours that it names, if there is one. */
  readonly payment: PaymentRef | null;
}

export type ChargeVerdict =
  | { kind: "fits"; payment: PaymentRef }
  /** Booked before Stripe had said its fee, which it says now. */
  | { kind: "lacks_fee"; booked: BookedHere }
  /** Ours, and nobody here has booked it: it is settled as its event would have settled it. */
  | { kind: "unbooked"; payment: PaymentRef }
  /** Booked otherwise than Stripe has it. */
  | { kind: "differs"; payment: PaymentRef; reason: ChargeDifference }
  /** It belongs to no payment of ours. */
  | { kind: "stranger" };

export type ChargeDifference = "amount" | "currency" | "payment" | "fee";

/** Judges a charge of Stripe's list beside what is here of it. Pure. */
export function judgeCharge(said: TakenCharge, { booked, payment }: ChargeHere): ChargeVerdict {
  if (!booked) return payment ? { kind: "unbooked", payment } : { kind: "stranger" };
  const { customerId, paymentId } = booked;
  const reason = differenceOf(said, booked);
  if (reason) return { kind: "differs", payment: { customerId, paymentId }, reason };
  return booked.fee ? { kind: "fits", payment: { customerId, paymentId } } : { kind: "lacks_fee", booked };
}

function differenceOf(said: TakenCharge, booked: BookedHere): ChargeDifference | null {
  const { charge } = said.source;
  const { fee } = booked;
  if (charge.currency !== booked.currency) return "currency";
  if (charge.amountMinor !== booked.amountMinor) return "amount";
  if (charge.paymentId !== booked.paymentId || charge.customerId !== booked.customerId) return "payment";
  const isSameFee = fee === null || (fee.minor === said.feeMinor && fee.currency === said.currency);
  return isSameFee ? null : "fee";
}
