"use server";

import { z } from "zod";
import * as rule from "@/lib/admin/rule-payment";
import { staffAction } from "@/lib/auth/action";
import { type CustomerId, isUuid, type PaymentId } from "@/lib/kernel/id";

const uuid = z.string().refine(isUuid);
const ref = {
  customerId: uuid.transform((text) => text as CustomerId),
  paymentId: uuid.transform((text) => text as PaymentId),
};

const ProposeInput = z.strictObject({
  ...ref,
  /** Empty: it came to nothing. */
  stripeId: z
    .string()
    .regex(/^(?:(?:cs|pi)_[A-Za-z0-9_]{1,250})?$/)
    .transform((text) => text || null),
  reason: z.string().max(2000),
});
const DecideInput = z.strictObject({ ...ref, rulingId: uuid, decision: z.enum(["confirmed", "withdrawn"]) });

export const proposeRuling = staffAction("payment.rule", ProposeInput, (actor, input) =>
  rule.proposeRuling(actor, input),
);

export const decideRuling = staffAction("payment.rule", DecideInput, (actor, input) =>
  rule.decideRuling(actor, input),
);
