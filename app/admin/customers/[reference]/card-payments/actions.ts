"use server";

import { z } from "zod";
import { withAmounts } from "@/app/admin/with-amounts";
import * as losses from "@/lib/admin/agree-loss";
import * as attach from "@/lib/admin/attach-refund";
import * as refund from "@/lib/admin/refund-top-up";
import * as sync from "@/lib/admin/sync-money-back";
import { staffAction } from "@/lib/auth/action";
import { type ChargeId, type CustomerId, type DisputeId, isUuid, type RefundId } from "@/lib/kernel/id";

const uuid = z.string().refine(isUuid);
const customerId = uuid.transform((text) => text as CustomerId);
const refundId = uuid.transform((text) => text as RefundId);

const RefundInput = z.strictObject({
  customerId,
  refundId,
  chargeId: uuid.transform((text) => text as ChargeId),
  currency: z.string().length(3),
  amount: z.string().max(100),
  /** What could be refunded on the page that was sent; believed only as far as it still is so. */
  seenMinor: z
    .string()
    .regex(/^\d{1,18}$/)
    .transform(BigInt),
  reason: z.string().max(2000),
});
const RefundRefInput = z.strictObject({ customerId, refundId });
const DisputeRefInput = z.strictObject({
  customerId,
  disputeId: uuid.transform((text) => text as DisputeId),
});

export const refundTopUp = staffAction("refund.make", RefundInput, async (actor, input) => {
  const answer = await refund.refundTopUp(actor, input);
  return withAmounts(answer);
});

export const attachRefund = staffAction("refund.make", RefundRefInput, async (actor, input) => {
  const answer = await attach.attachRefund(actor, input);
  return answer.ok ? { ok: true as const, value: null } : answer;
});

const LossInput = z.strictObject({
  customerId,
  disputeId: uuid.transform((text) => text as DisputeId),
  reason: z.string().max(2000),
});

export const agreeLoss = staffAction("refund.make", LossInput, async (actor, input) => {
  const answer = await losses.agreeLoss(actor, input);
  return withAmounts(answer);
});

export const syncRefund = staffAction("payment.sync", RefundRefInput, (actor, input) =>
  sync.syncRefund(actor, input),
);

export const syncDispute = staffAction("payment.sync", DisputeRefInput, (actor, input) =>
  sync.syncDispute(actor, input),
);
