"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { customerAction } from "@/lib/auth/action";
import { isUuid } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import * as portal from "@/lib/portal/change-plan";

const uuid = z.string().refine(isUuid);

const PlanInput = z.strictObject({
  serviceId: uuid,
  planId: uuid,
  way: z.enum(["next_term", "at_once"]),
  /** Charged less credited, as it was shown. */
  agreedMinor: z
    .string()
    .regex(/^-?\d{1,18}$/)
    .transform(BigInt),
});

export const changePlan = customerAction(
  PlanInput,
  async (actor, input): Promise<Result<{ paid: number }, Told>> => {
    const answer = await portal.changePlan(actor, input);
    if (!answer.ok) return refuse(told(answer.refusal));
    // The page shows the plan that it has now, and the service's page too.
    revalidatePath(`/services/${input.serviceId}`, "layout");
    return ok({ paid: answer.value.paid });
  },
);

type Refusal = portal.PlanChangeRefusal;
type Told = Exclude<Refusal, { code: "balance_too_low" }> | { code: "balance_too_low" };

/** A form's state carries no bigint: the page itself says by how much. */
function told(refusal: Refusal): Told {
  return refusal.code === "balance_too_low" ? { code: refusal.code } : refusal;
}
