"use server";

import { redirect } from "next/navigation";
import { getLocale } from "next-intl/server";
import { z } from "zod";
import { publicAction, userAction } from "@/lib/auth/action";
import { context } from "@/lib/auth/context";
import { logSecurityEvent } from "@/lib/auth/security-log";
import * as invitation from "@/lib/portal/accept-invitation";

const NewInput = z.strictObject({
  token: z.string().max(200),
  name: z.string().max(200),
  password: z.string().max(1000),
});
const AcceptInput = z.strictObject({ token: z.string().max(200) });

export const joinAsNew = publicAction(NewInput, async ({ address }, input) => {
  const answer = await invitation.joinAsNew({
    ...input,
    locale: await getLocale(),
    hostName: context().settings.hostName,
  });
  logSecurityEvent({ event: "invitation", outcome: answer.ok ? "ok" : answer.refusal.code, address });
  return answer;
});

export const acceptInvitation = userAction(AcceptInput, async (user, input) => {
  const answer = await invitation.joinAsSignedIn(user, input);
  const outcome = answer.ok ? "ok" : answer.refusal.code;
  logSecurityEvent({ event: "invitation", outcome, userId: user.userId, account: user.email });
  if (!answer.ok) return answer;
  redirect("/");
});
