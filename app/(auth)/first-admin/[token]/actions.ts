"use server";

import { getLocale } from "next-intl/server";
import { z } from "zod";
import { publicAction } from "@/lib/auth/action";
import { context } from "@/lib/auth/context";
import { createFirstAdmin } from "@/lib/auth/first-admin";
import { logSecurityEvent } from "@/lib/auth/security-log";
import { ok } from "@/lib/kernel/result";

const FirstAdminInput = z.strictObject({
  token: z.string().max(100),
  name: z.string().trim().min(1).max(200),
  email: z.string().max(254),
  password: z.string().max(1000),
});

export const becomeFirstAdmin = publicAction(FirstAdminInput, async ({ address }, input) => {
  const made = await createFirstAdmin(context(), { ...input, locale: await getLocale() });
  logSecurityEvent({
    event: "first_admin",
    outcome: made.ok ? "ok" : made.refusal.code,
    address,
    account: input.email,
  });
  return made.ok ? ok() : made;
});
