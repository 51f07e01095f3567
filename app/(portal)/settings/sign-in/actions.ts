"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { logAccess } from "@/lib/auth/access-log";
import { userAction } from "@/lib/auth/action";
import * as password from "@/lib/auth/change-password";
import { context } from "@/lib/auth/context";
import { keepDevice } from "@/lib/auth/keep-device";
import { logSecurityEvent } from "@/lib/auth/security-log";
import * as sessions from "@/lib/auth/session";
import { isUuid, type SessionId } from "@/lib/kernel/id";
import { ok, refuse } from "@/lib/kernel/result";

const PasswordInput = z.strictObject({ present: z.string().max(1000), next: z.string().max(1000) });
const OthersInput = z.strictObject({ which: z.literal("others") });
const SessionInput = z.strictObject({ sessionId: z.string().refine(isUuid) });

export const changePassword = userAction(PasswordInput, async (user, input) => {
  const answer = await password.changePassword(context(), user, input);
  const outcome = answer.ok ? "ok" : answer.refusal.code;
  logSecurityEvent({ event: "password_change", outcome, userId: user.userId, account: user.email });
  revalidatePath("/settings/sign-in");
  if (!answer.ok) return answer;
  await keepDevice(answer.value.device);
  return ok();
});

export const endSession = userAction(SessionInput, async ({ userId }, { sessionId }) => {
  const isEnded = await sessions.revokeSession(context(), userId, sessionId as SessionId);
  revalidatePath("/settings/sign-in");
  const answer = isEnded ? ok() : refuse({ code: "session_not_found" });
  return logAccess("sessions_end", { userId }, { subject: userId, change: "one" }, answer);
});

export const endOtherSessions = userAction(OthersInput, async (user) => {
  await sessions.revokeOtherSessions(context(), user);
  revalidatePath("/settings/sign-in");
  const { userId } = user;
  return logAccess("sessions_end", { userId }, { subject: userId, change: "all others" }, ok());
});
