"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { customerAction } from "@/lib/auth/action";
import { isUuid } from "@/lib/kernel/id";
import * as portal from "@/lib/portal/switch-auto-renew";

const SwitchInput = z.strictObject({ serviceId: z.string().refine(isUuid), isAutoRenew: z.boolean() });

export const switchAutoRenew = customerAction(SwitchInput, async (actor, input) => {
  const answer = await portal.switchAutoRenew(actor, input);
  if (answer.ok) revalidatePath("/services");
  return answer;
});
