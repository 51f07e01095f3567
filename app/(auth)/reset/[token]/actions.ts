"use server";

import { z } from "zod";
import { publicAction } from "@/lib/auth/action";
import { context } from "@/lib/auth/context";
import { resetPassword } from "@/lib/auth/password-reset";
import { logSecurityEvent } from "@/lib/auth/security-log";

const PasswordInput = z.strictObject({ token: z.string().max(100), password: z.string().max(1000) });

export const choosePassword = publicAction(PasswordInput, async ({ address }, input) => {
  const changed = await resetPassword(context(), { ...input, address });
  logSecurityEvent({ event: "password_reset", outcome: changed.ok ? "ok" : changed.refusal.code, address });
  return changed;
});
