"use server";

import { after } from "next/server";
import { z } from "zod";
import { publicAction } from "@/lib/auth/action";
import { logFault } from "@/lib/auth/fault";
import { ok } from "@/lib/kernel/result";
import { requestPasswordReset } from "@/lib/portal/request-password-reset";

const RequestInput = z.strictObject({ email: z.string().max(254) });

export const requestReset = publicAction(RequestInput, async ({ address }, { email }) => {
  const answer = await requestPasswordReset({ email, address });
  if (!answer.ok) return answer;
  const { deliver } = answer.value;
  // Once the answer is sent: how long a mail takes would tell who has an account.
  after(() => deliver().catch((error: unknown) => void logFault(error, "mail about a forgotten password")));
  return ok();
});
