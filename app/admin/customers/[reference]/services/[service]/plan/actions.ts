"use server";

import { z } from "zod";
import * as plans from "@/lib/admin/change-plan";
import { staffAction } from "@/lib/auth/action";
import { type CustomerId, isUuid } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";

const uuid = z.string().refine(isUuid);

const PlanInput = z.strictObject({
  customerId: uuid.transform((text) => text as CustomerId),
  serviceId: uuid,
  planId: uuid,
  way: z.enum(["next_term", "at_once"]),
  /** Charged less credited, as it was shown. */
  agreedMinor: z
    .string()
    .regex(/^-?\d{1,18}$/)
    .transform(BigInt),
});

export const changeCustomersPlan = staffAction(
  "service.change_plan",
  PlanInput,
  async (actor, input): Promise<Result<{ paid: number }, Told>> => {
    const answer = await plans.changePlan(actor, input);
    if (!answer.ok) return refuse(told(answer.refusal));
    return ok({ paid: answer.value.paid });
  },
);

type Refusal = plans.PlanChangeRefusal;
type Told = Exclude<Refusal, { code: "balance_too_low" }> | { code: "balance_too_low" };

/** A form's state carries no bigint: the page itself says by how much. */
function told(refusal: Refusal): Told {
  return refusal.code === "balance_too_low" ? { code: refusal.code } : refusal;
}
