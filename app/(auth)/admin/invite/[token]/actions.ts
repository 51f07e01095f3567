"use server";

import { getLocale } from "next-intl/server";
import { z } from "zod";
import * as invites from "@/lib/admin/invite-staff";
import { publicAction } from "@/lib/auth/action";
import { context } from "@/lib/auth/context";
import { logSecurityEvent } from "@/lib/auth/security-log";
import { ok } from "@/lib/kernel/result";

const AcceptInput = z.strictObject({
  token: z.string().max(100),
  name: z.string().trim().min(1).max(200),
  password: z.string().max(1000),
});

export const acceptInvite = publicAction(AcceptInput, async ({ address }, input) => {
  const made = await invites.acceptInvite({
    ...input,
    locale: await getLocale(),
    hostName: context().settings.hostName,
  });
  logSecurityEvent({ event: "staff_invite", outcome: made.ok ? "ok" : made.refusal.code, address });
  return made.ok ? ok() : made;
});
