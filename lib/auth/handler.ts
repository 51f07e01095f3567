import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { clientAddress } from "./client-address";
import { context } from "./context";
import { type DeviceCookie, deviceCookieSeconds } from "./known-device";
import { isSecure, nextAuthOptions } from "./next-auth-options";
import { isSameOrigin } from "./origin";
import { logSecurityEvent } from "./security-log";

interface RouteContext {
  params: Promise<{ nextauth: string[] }>;
}

// What next-auth's client needs to sign in and out. The rest of its pages and endpoints is not part of this portal.
const served: Record<string, readonly string[]> = {
  GET: ["providers", "csrf", "signin", "signout", "error"],
  POST: ["callback/credentials", "signout"],
};

/** All of /api/auth: next-auth, for requests of our own pages. */
export async function handleAuth(request: NextRequest, route: RouteContext): Promise<Response> {
  const { settings } = context();
  const path = (await route.params).nextauth.join("/");
  if (!served[request.method]?.includes(path)) return new Response(null, { status: 404 });
  if (request.method === "POST" && !isSameOrigin(request.headers, settings)) {
    logSecurityEvent({
      event: "request",
      outcome: "foreign_origin",
      address: clientAddress(request.headers),
    });
    return Response.json({ code: "foreign_origin", address: settings.mallardUrl }, { status: 403 });
  }
  // The one form that the portal's pages send. next-auth would fail over a body of another kind that cannot be read.
  const type = request.headers.get("content-type") ?? "";
  if (request.method === "POST" && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    return Response.json({ code: "invalid_input" }, { status: 415 });
  }
  // next-auth takes its own address from here, and from a forwarded host only if it finds none.
  process.env.NEXTAUTH_URL = settings.mallardUrl;
  const devices: DeviceCookie[] = [];
  const options = nextAuthOptions(context(), (device) => devices.push(device));
  const response: Response = await NextAuth(request, route, options);
  const secure = isSecure(settings) ? "; Secure" : "";
  for (const { name, value } of devices) {
    const line = `${name}=${value}; Path=/; Max-Age=${deviceCookieSeconds}; HttpOnly; SameSite=Lax${secure}`;
    response.headers.append("set-cookie", line);
  }
  response.headers.set("cache-control", "private, no-store");
  return response;
}
