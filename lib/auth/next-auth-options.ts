import type { NextAuthOptions } from "next-auth";
import { decode, type JWT } from "next-auth/jwt";
import CredentialsProvider from "next-auth/providers/credentials";
import { z } from "zod";
import { parseId, type SessionId, type UserId } from "@/lib/kernel/id";
import { writeLog } from "@/lib/kernel/log";
import type { Settings } from "@/lib/kernel/settings";
import { safeCallbackUrl } from "./callback-path";
import { clientAddress } from "./client-address";
import type { Context } from "./context";
import { logFault } from "./fault";
import type { DeviceCookie } from "./known-device";
import { logSecurityEvent } from "./security-log";
import { revokeSession, sessionLongestSeconds } from "./session";
import { type SignInRefusal, signIn } from "./sign-in";

declare module "next-auth" {
  interface User {
    sessionId: SessionId;
  }
}

/** The cookie in which next-auth keeps the encrypted token. Nobody else writes it. */
export function sessionCookieName(settings: Pick<Settings, "mallardUrl">): string {
  return isSecure(settings) ? "__Secure-next-auth.session-token" : "next-auth.session-token";
}

export function isSecure({ mallardUrl }: Pick<Settings, "mallardUrl">): boolean {
  return mallardUrl.startsWith("https://");
}

/** Reads a token of the secret of now, and while that is being changed one of the secret before. next-auth draws the key. */
export function tokenDecoder({
  nextauthSecret,
  nextauthSecretBefore,
}: Pick<Settings, "nextauthSecret" | "nextauthSecretBefore">): typeof decode {
  const secrets = [nextauthSecret, ...(nextauthSecretBefore === null ? [] : [nextauthSecretBefore])];
  return async (params) => {
    for (const secret of secrets) {
      const token = await decode({ ...params, secret }).catch(() => null);
      if (token) return token;
    }
    return null;
  };
}

/** Of the token only who and which session; whether the session is good, its row says. */
export function idsOfToken(token: JWT | null): { userId: UserId; sessionId: SessionId } | null {
  const userId = parseId<UserId>(String(token?.sub ?? ""));
  const sessionId = parseId<SessionId>(String(token?.sid ?? ""));
  return userId && sessionId ? { userId, sessionId } : null;
}

/**
 * next-auth as this portal uses it; `keep` is given what a browser is to be known by at its next sign-in: credentials, an encrypted token that names a row of `sessions`, and its cookies
 * (HttpOnly, SameSite=Lax so that the return from Stripe is signed in, Secure where the portal is on https).
 */
export function nextAuthOptions(
  context: Context,
  keep: (device: DeviceCookie) => void = () => {},
): NextAuthOptions {
  const { settings } = context;
  return {
    secret: settings.nextauthSecret,
    useSecureCookies: isSecure(settings),
    session: { strategy: "jwt", maxAge: sessionLongestSeconds },
    jwt: { decode: tokenDecoder(settings) },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    providers: [credentialsProvider(context, keep)],
    callbacks: {
      redirect: ({ url, baseUrl }) => safeCallbackUrl(url, baseUrl),
      // The user is only there at sign-in. Names and addresses stay out of the cookie.
      jwt: ({ token, user }) => (user ? { sub: user.id, sid: user.sessionId } : token),
    },
    events: {
      signOut: async ({ token }) => {
        const ids = idsOfToken(token);
        if (!ids) return;
        await revokeSession(context, ids.userId, ids.sessionId);
        logSecurityEvent({ event: "sign_out", outcome: "ok", userId: ids.userId });
      },
    },
    // Its own words name what was thrown, in full.
    logger: {
      error: (code) => writeLog("error", "next_auth", { code }),
      warn: (code) => writeLog("warn", "next_auth", { code }),
      debug: () => {},
    },
  };
}

/** What next-auth's own client posts, and nothing more. */
const SignInBody = z.strictObject({
  email: z.string().max(1000),
  password: z.string().max(1000),
  /** Which door it was: that of customers, or that of staff. */
  section: z.enum(["portal", "admin"]).default("portal"),
  csrfToken: z.string().optional(),
  callbackUrl: z.string().optional(),
  json: z.string().optional(),
  redirect: z.string().optional(),
});

function credentialsProvider(context: Context, keep: (device: DeviceCookie) => void) {
  return CredentialsProvider({
    id: "credentials",
    name: "credentials",
    credentials: { email: { type: "email" }, password: { type: "password" } },
    authorize: async (_known, request) => {
      const headers = new Headers(request.headers as Record<string, string>);
      const body = SignInBody.safeParse(request.body);
      if (!body.success) throw new SignInError("wrong_credentials");
      const origin = {
        address: clientAddress(headers),
        userAgent: headers.get("user-agent"),
        cookies: headers.get("cookie"),
      };
      const result = await signIn(context, body.data, origin, body.data.section).catch((error: unknown) => {
        throw new SignInError(`fault:${logFault(error, "sign-in")}`);
      });
      logSecurityEvent({
        event: "sign_in",
        outcome: result.ok ? "ok" : result.refusal.code,
        address: origin.address,
        account: body.data.email,
        ...(result.ok && { userId: result.value.userId }),
      });
      if (!result.ok) throw new SignInError(signInAnswer(result.refusal));
      if (result.value.device) keep(result.value.device);
      return { id: result.value.userId, sessionId: result.value.sessionId };
    },
  });
}

/** Its message is what next-auth's client finds as `error`: a code, and after a colon its one detail. */
class SignInError extends Error {}

function signInAnswer(refusal: SignInRefusal): string {
  return refusal.code === "too_many_attempts" ? `${refusal.code}:${refusal.retryAfterSeconds}` : refusal.code;
}
