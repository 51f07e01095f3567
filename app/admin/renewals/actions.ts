"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import * as renewals from "@/lib/admin/run-renewals-now";
import { staffAction } from "@/lib/auth/action";

const RunInput = z.strictObject({ isNow: z.literal(true) });

export const runRenewalsNow = staffAction("renewals.run", RunInput, async (actor) => {
  const answer = await renewals.runRenewalsNow(actor);
  if (answer.ok) revalidatePath("/admin/renewals");
  return answer;
});
