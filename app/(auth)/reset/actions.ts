"use server";

import { z } from "zod";
import { publicAction } from "@/lib/auth/action";
import { context } from "@/lib/auth/context";
import { requestPasswordReset } from "@/lib/auth/password-reset";
import { logSecurityEvent } from "@/lib/auth/security-log";

const RequestInput = z.strictObject({ email: z.string().max(254) });

export const requestReset = publicAction(RequestInput, async ({ address }, { email }) => {
  const answer = await requestPasswordReset(context(), { email, address });
  const outcome = answer.ok ? "ok" : answer.refusal.code;
  logSecurityEvent({ event: "password_reset_asked", outcome, address, account: email });
  return answer;
});
