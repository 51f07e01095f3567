import { type Context, context } from "@/lib/auth/context";
import { openSessions } from "@/lib/auth/session";
import type { SessionId } from "@/lib/kernel/id";
import { type Device, deviceOf } from "./device";
import type { CustomerActor } from "./shapes";

export interface OwnSession {
  readonly id: SessionId;
  readonly isThis: boolean;
  readonly device: Device | null;
  readonly address: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
}

/** With which address a member signs in, and where they are signed in now: this session first, then the last used. */
export async function showSignIn(
  { userId, sessionId }: Pick<CustomerActor, "userId" | "sessionId">,
  here: Pick<Context, "app" | "clock"> = context(),
): Promise<{ email: string; sessions: OwnSession[] }> {
  const [[user], open] = await Promise.all([
    here.app.sql`select email from users where id = ${userId}`,
    openSessions(here, { userId, staffRole: null }),
  ]);
  const sessions = open.map(({ userAgent, ...session }) => ({
    ...session,
    isThis: session.id === sessionId,
    device: deviceOf(userAgent),
  }));
  return {
    email: user?.email ?? "",
    sessions: sessions.sort((a, b) => Number(b.isThis) - Number(a.isThis)),
  };
}
