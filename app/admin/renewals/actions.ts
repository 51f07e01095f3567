"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import * as renewals from "@/lib/admin/run-renewals-now";
import { staffAction } from "@/lib/auth/action";

export const runRenewalsNow = staffAction("renewals.run", z.strictObject({}), async (actor) => {
  const answer = await renewals.runRenewalsNow(actor);
  if (answer.ok) revalidatePath("/admin/renewals");
  return answer;
});
