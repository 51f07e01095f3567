"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { customerAction } from "@/lib/auth/action";
import { isUuid } from "@/lib/kernel/id";
import * as portal from "@/lib/portal/show-inbox";

const ReadInput = z.strictObject({ noticeIds: z.array(z.string().refine(isUuid)).min(1).max(100) });

export const markNoticesRead = customerAction(ReadInput, async (actor, input) => {
  const answer = await portal.markNoticesRead(actor, input);
  if (answer.ok) revalidatePath("/inbox");
  return answer;
});
