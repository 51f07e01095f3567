"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { customerAction } from "@/lib/auth/action";
import * as portal from "@/lib/portal/show-inbox";

export const markInboxRead = customerAction(z.strictObject({ all: z.literal(true) }), async (actor) => {
  const answer = await portal.markInboxRead(actor);
  if (answer.ok) revalidatePath("/inbox");
  return answer;
});
